"""The stage `mouth`: the learned mouth, on windows of a data set of faces (`gesta prepare face`)."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from gesta.audio.encoders.spectral import SpectralEncoder
from gesta.audio.spectrum import BAND_COUNT
from gesta.data.clips import Dataset, padded
from gesta.data.face import CAPTURED, POSES, TRUTH
from gesta.data.face_captured import MOUTH_SHAPES
from gesta.data.manifest import ClipRecord
from gesta.data.speech_features import HIGH, LOW, FeatureStore
from gesta.errors import InputError
from gesta.mouth.config import MouthConfig, MouthSizes
from gesta.mouth.folder import save_mouth
from gesta.mouth.objective import LossWeights, mouth_losses
from gesta.mouth.trainable import TrainableMouth
from gesta.procedural.mouth_pose import POSE_NAMES
from gesta.train.mouth_settings import MouthStageSettings
from gesta.train.recipe import Recipe
from gesta.train.stage import LOSS, Report, Split

LIPS = ("closed", "teeth")
"""Poses that are a yes or a no."""
GAINS = {"jaw": 1.2}
"""A squared error hedges: the jaw's 95th percentile was 0.31 in a recording left out, and 0.47 in the captured face."""
WARM_UP_FRAMES = 8
"""The first frames of a window, which lack what was heard before them, do not count."""


def mouth_config(sizes: MouthSizes) -> MouthConfig:
    """The mouth that is trained: all poses, and the captured rig's own shapes."""
    return MouthConfig(sizes=sizes, poses=POSE_NAMES, shapes=MOUTH_SHAPES, logits=LIPS, gains=GAINS)


class MouthNetwork(nn.Module):
    """The mouth with its losses and with what is done to the sound while it learns."""

    def __init__(self, config: MouthConfig, settings: MouthStageSettings) -> None:
        super().__init__()
        self.mouth = TrainableMouth(config, settings.dropout)
        self.settings, self.weights = settings, LossWeights(**settings.weights)
        # Only the shape of the spectrum is coloured by rooms and microphones; its changes are not.
        coloured = torch.zeros(config.inputs)
        coloured[config.low_size : config.low_size + BAND_COUNT] = 1.0
        self.register_buffer("coloured", coloured, persistent=False)

    def forward(self, batch: Mapping[str, Tensor], progress: float) -> dict[str, Tensor]:  # noqa: ARG002
        """Losses of a batch, as `MouthStage.batch` makes it; progress changes nothing here."""
        heard, most = batch["heard"], self.mouth.config.sizes.ahead
        ahead = most
        if self.training:
            settings = self.settings
            colour = torch.randn(len(heard), 1, heard.shape[2], device=heard.device) * self.coloured
            heard = heard + settings.tilt * colour + settings.noise * torch.randn_like(heard)
            # Half of the steps hear all that is ahead, the others less: live streams may hear nothing.
            ahead = most if torch.rand(()) < 0.5 else int(torch.randint(most + 1, ()))
        told = self.mouth(heard, ahead)[:, WARM_UP_FRAMES:]
        return mouth_losses(self.mouth.config, told, batch["truth"][:, WARM_UP_FRAMES:], self.weights)


class MouthWindows:
    """Windows of some clips: what is heard, and what is known of the mouth.

    Args:
        dataset: of faces.
        clips: which of its clips.
        features: what is heard in them; filled.
        settings: length, stride and repeats.
    """

    def __init__(
        self, dataset: Dataset, clips: Sequence[ClipRecord], features: FeatureStore, settings: MouthStageSettings
    ) -> None:
        self.dataset, self.features, self.length = dataset, features, settings.window
        self._places = [
            (clip, start)
            for clip in clips
            for start in range(0, max(clip.frames - settings.window, 0) + 1, settings.stride)
            for _ in range(settings.captured_repeats if clip.speaker == CAPTURED else 1)
        ]
        self._columns = [TRUTH.index(name) for name in (*POSES, *MOUTH_SHAPES)]

    def __len__(self) -> int:
        return len(self._places)

    def batch(self, indices: np.ndarray) -> dict[str, Tensor]:
        """heard (B, T, C) and truth (B, T, O): poses, then shapes, NaN where they are not known."""
        heard, truth = [], []
        for index in indices:
            clip, start = self._places[int(index)]
            levels = [padded(self.features.features(clip, level), start, self.length)[0] for level in (LOW, HIGH)]
            heard.append(np.concatenate(levels, axis=1))
            known, real = padded(self.dataset.truth_rows(clip), start, self.length)
            truth.append(np.where(real[:, None], known[:, self._columns], np.nan))
        return {
            "heard": torch.from_numpy(np.stack(heard)),
            "truth": torch.from_numpy(np.stack(truth).astype(np.float32)),
        }


class MouthStage:
    """See `gesta.train.stage.Stage`."""

    name = "mouth"
    network: nn.Module

    def __init__(self, dataset: Dataset, settings: MouthStageSettings, features: FeatureStore) -> None:
        """
        Args:
            dataset: of faces.
            settings: of this stage.
            features: by the spectral encoder; filled.

        Raises:
            InputError: it is a data set of something else.
        """
        if dataset.info.columns != TRUTH:
            raise InputError(f"'{dataset.folder}' is no data set of faces; make one with: gesta prepare face.")
        self._dataset, self._config = dataset, mouth_config(settings.sizes)
        self.network = MouthNetwork(self._config, settings)
        self._windows = {
            split: MouthWindows(dataset, [clip for clip in dataset.clips if clip.split == split], features, settings)
            for split in ("train", "validation")
        }

    def train_size(self) -> int:
        """Number of training windows."""
        return len(self._windows["train"])

    def validation_size(self) -> int:
        """Number of validation windows."""
        return len(self._windows["validation"])

    def batch(self, split: Split, indices: np.ndarray) -> Mapping[str, Tensor]:
        """Windows of a split, see `MouthWindows.batch`."""
        return self._windows[split].batch(indices)

    def validate(self, network: nn.Module, batch: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
        """The losses with everything ahead heard."""
        return network(batch, 1.0)

    def after_step(self, network: nn.Module, progress: float) -> None:
        """Nothing: all is learned within a step."""

    def export(self, network: nn.Module, folder: Path, provenance: Mapping[str, Any]) -> None:
        """Write the mouth with its card."""
        assert isinstance(network, MouthNetwork)
        tensors = {name: value.detach().cpu().numpy() for name, value in network.mouth.named_parameters()}
        info = self._dataset.info
        card = [
            "# A learned mouth",
            "",
            f"- data: {info.clips} clips, {info.frames / info.frames_per_second / 3600:.2f} h, from '{info.source}'",
            f"- licence of the data: {info.licence}",
            f"- steps: {provenance.get('steps')}, {LOSS} on what validates: {provenance.get('best_loss')}",
        ]
        save_mouth(folder, self._config, tensors, "\n".join(card) + "\n")


def mouth_stage(recipe: Recipe, report: Report) -> MouthStage:
    """The stage that a recipe describes; its data set is prepared.

    Raises:
        InputError: the data set cannot be used.
    """
    dataset = Dataset.open(recipe.data.dataset)
    features = FeatureStore(dataset, SpectralEncoder())
    features.fill(progress=report)
    return MouthStage(dataset, recipe.mouth, features)
