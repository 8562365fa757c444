"""The stage `keypoints`: SMGA, which turns speech into keypoints, on windows of a data set of films."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from gesta.audio.video_features.make import make_video_features
from gesta.bundles.film_config import FilmBundleConfig, KeypointsModel
from gesta.bundles.film_folder import FilmBundle, save_film_bundle
from gesta.data.film_set import FilmSet
from gesta.data.film_windows import FilmWindow, FilmWindows
from gesta.data.films import FilmRecord
from gesta.data.speech_features import VideoFeatureStore
from gesta.mmgt.diffusion import CosineSchedule
from gesta.mmgt.keypoint_objective import KeypointClips, keypoint_losses
from gesta.mmgt.pose_vectors import beginnings, clip_rows, pose_vectors
from gesta.mmgt.smga import Smga
from gesta.mmgt.smga_config import SmgaConfig
from gesta.train.cards import film_card
from gesta.train.film_start import begun_smga
from gesta.train.recipe import Recipe
from gesta.train.stage import Report, Split

ANCHORS = 16
"""Poses of a clip, evenly apart, one of which stands for the pose that its take began with."""


class KeypointsNetwork(nn.Module):
    """SMGA with its losses."""

    def __init__(self, smga: Smga) -> None:
        super().__init__()
        self.smga = smga
        self.schedule = CosineSchedule(smga.config.diffusion)

    def forward(self, batch: Mapping[str, Tensor], progress: float) -> dict[str, Tensor]:  # noqa: ARG002
        """Losses of a batch, as `KeypointsStage.batch` makes it; progress changes nothing here."""
        clips = KeypointClips(batch["poses"], batch["scores"], batch["audio"], batch.get("anchors"))
        return keypoint_losses(self.smga, clips, self.schedule)


class KeypointsStage:
    """See `gesta.train.stage.Stage`."""

    name = "keypoints"
    network: nn.Module

    def __init__(self, recipe: Recipe, films: FilmSet, config: SmgaConfig, features: VideoFeatureStore) -> None:
        """
        Args:
            recipe: says how far apart windows are.
            films: prepared.
            config: of the network, whose audio_size is that of the features.
            features: filled.
        """
        self._recipe, self._films, self._config, self._features = recipe, films, config, features
        self.network = KeypointsNetwork(begun_smga(config, recipe.keypoints_stage.start))
        length = config.sizes.frames
        stride = recipe.keypoints_stage.stride
        self._windows = {"train": FilmWindows(films, "train", length=length, stride=stride)}
        if any(clip.split == "validation" for clip in films.clips):
            self._windows["validation"] = FilmWindows(films, "validation", length=length, stride=length)

    def train_size(self) -> int:
        """Number of training windows."""
        return len(self._windows["train"])

    def validation_size(self) -> int:
        """Number of validation windows."""
        return len(self._windows.get("validation", ()))

    def batch(self, split: Split, indices: np.ndarray) -> Mapping[str, Tensor]:
        """Windows: poses (B, F, 402), scores (B, F, 134) and audio (B, F, A), and where used anchors (B, R, 402)."""
        clips = [self._clip(self._windows[split].window(int(index))) for index in indices]
        return {name: torch.from_numpy(np.stack([clip[name] for clip in clips])) for name in clips[0]}

    def _clip(self, window: FilmWindow) -> dict[str, np.ndarray]:
        """One window; frames behind the end of a short clip repeat its last one, and their points do not count."""
        clip, start, last = window.clip, int(window.frames[0]), window.clip.frames - 1
        rows = clip_rows(start, self._config)
        shown = np.arange(rows.poses.start, rows.poses.stop)
        held = self._films.points(clip, start, int(window.frames[-1]) + 1)
        places = np.minimum(shown - start, held.frame_count - 1)
        points = held.replaced(points=held.points[places], scores=held.scores[places])
        heard = np.minimum(np.arange(rows.audio.start, rows.audio.stop), last)
        layers = self._features.layers(clip)[heard]
        anchors = {"anchors": self._anchors(clip)} if self._config.anchor == "take" else {}
        return {
            **anchors,
            "poses": pose_vectors(points, self._config),
            "scores": np.where((shown <= last)[:, None], points.scores, 0.0).astype(np.float32),
            "audio": layers.reshape(len(layers), -1),
        }

    def _anchors(self, clip: FilmRecord) -> np.ndarray:
        """Poses (R, 402) of a clip from its beginning to its end, as a take would begin with them."""
        frames = np.linspace(0, clip.frames - 1, ANCHORS).astype(int)
        return beginnings(self._films.points_at(clip, frames), self._config)

    def validate(self, network: nn.Module, batch: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
        """The losses."""
        return network(batch, 1.0)

    def after_step(self, network: nn.Module, progress: float) -> None:
        """Nothing: all is learned within a step."""

    def export(self, network: nn.Module, folder: Path, provenance: Mapping[str, Any]) -> None:
        """Write a bundle that makes keypoints."""
        assert isinstance(network, KeypointsNetwork)
        info = self._films.info
        config = FilmBundleConfig(
            name=self._recipe.name,
            kinds=("keypoints",),
            keypoints=KeypointsModel(network=self._config, features=self._recipe.keypoints_features),
            licence=info.licence,
            provenance=dict(provenance),
        )
        card = film_card("MMGT's stage 1 (SMGA): speech to keypoints", config, info, provenance)
        save_film_bundle(folder, FilmBundle(config, smga=network.smga), card)


def keypoints_stage(recipe: Recipe, report: Report) -> KeypointsStage:
    """The stage that a recipe describes; its data set is prepared.

    Raises:
        InputError: the data set cannot be used, or what hears its speech is not there.
    """
    films = FilmSet.open(recipe.data.dataset)
    features = VideoFeatureStore(films, make_video_features(recipe.keypoints_features))
    features.fill(progress=report)
    heard = {"audio_size": features.shape[0] * features.shape[1]}
    return KeypointsStage(recipe, films, SmgaConfig(**(recipe.keypoints.model_dump() | heard)), features)
