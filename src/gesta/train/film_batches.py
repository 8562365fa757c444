"""Batches for the trainings on pictures and on films: what the network is shown of a window, and what it is to draw."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from gesta.data.film_crop import WHOLE, drawn_part, part_of_pictures, part_of_points
from gesta.data.film_set import FilmSet
from gesta.data.film_windows import FilmWindow, FilmWindows
from gesta.data.speech_features import VideoFeatureStore
from gesta.errors import InputError
from gesta.mmgt.audio_tokens import audio_windows
from gesta.mmgt.pose_inputs import drawn_poses, region_masks
from gesta.mmgt.video_config import VideoConfig
from gesta.train.film_settings import WindowSettings

PICTURES, REFERENCE, POSES, HEARD, MASK = "pictures", "reference", "poses", "heard", "mask"
"""Names of what is in a batch; masks are called mask.REGION.LEVEL."""


class FilmBatches:
    """The windows of a data set of films as tensors.

    Args:
        films: prepared, with pictures at least as large as the network's.
        config: of the network.
        settings: of the training.
        length: frames F of a window.
        seed: of the training.
        features: what the speech sounds like; none where nothing is heard.
    """

    def __init__(
        self,
        films: FilmSet,
        config: VideoConfig,
        settings: WindowSettings,
        *,
        length: int,
        seed: int,
        features: VideoFeatureStore | None = None,
    ) -> None:
        if films.info.side < config.picture.side:
            raise InputError(
                f"The pictures in '{films.folder}' have {films.info.side} pixels a side, but the video network draws "
                f"{config.picture.side}: prepare them with --side {config.picture.side}, or set video.picture.side."
            )
        if any(clip.film is None for clip in films.clips):
            raise InputError(
                f"The data set '{films.folder}' holds points without pictures; networks that draw need films: gesta "
                "prepare videos."
            )
        self._films, self._config, self._settings, self._features = films, config, settings, features
        shared = {"length": length, "gap": settings.gap, "seed": seed}
        self._windows = {
            "train": FilmWindows(films, "train", stride=settings.stride, variants=settings.variants, **shared)
        }
        if any(clip.split == "validation" for clip in films.clips):
            self._windows["validation"] = FilmWindows(
                films, "validation", stride=max(length, settings.stride), **shared
            )

    def size(self, split: str) -> int:
        """Number of windows in a split."""
        return len(self._windows.get(split, ()))

    def batch(self, split: str, indices: np.ndarray) -> Mapping[str, Tensor]:
        """Some windows.

        Returns:
            pictures (B, F, H, W, 3) and reference (B, H, W, 3), uint8; poses (B, F, H, W, 3) uint8, drawn; the masks
            of each region at each level (B, F, h w) and, where something is heard, heard (B, F, S, L, C), float32.
        """
        windows = [self._shown(self._windows[split].window(int(index)), split == "train") for index in indices]
        return {name: torch.from_numpy(_stacked([window[name] for window in windows])) for name in windows[0]}

    def _shown(self, window: FilmWindow, cropped: bool) -> dict[str, np.ndarray]:
        config, crop = self._config, self._settings.crop
        side, frames = config.picture.side, window.frames
        part = drawn_part(crop.scale, crop.ratio, window.chance) if cropped and not crop.whole else WHOLE
        seen = self._films.pictures(window.clip, [*frames, window.reference])
        pictures = part_of_pictures(seen, part, side)
        held = self._films.points(window.clip, int(frames[0]), int(frames[-1]) + 1)
        places = frames - frames[0]
        points = part_of_points(held.replaced(points=held.points[places], scores=held.scores[places]), part)
        masks = region_masks(points, config)
        shown = {
            PICTURES: pictures[:-1],
            REFERENCE: pictures[-1],
            POSES: drawn_poses(points, config),
        }
        shown |= {f"{MASK}.{region}.{at}": level for region, levels in masks.items() for at, level in enumerate(levels)}
        if self._features is not None:
            layers = self._features.layers(window.clip)
            around = audio_windows(layers, int(frames[0]), int(frames[-1]) + 1, config.sizes.audio_span)
            shown[HEARD] = around[places]
        return shown


def _stacked(arrays: Sequence[np.ndarray]) -> np.ndarray:
    return np.ascontiguousarray(np.stack(arrays))


def masks_of(batch: Mapping[str, Tensor]) -> dict[str, tuple[Tensor, ...]]:
    """The masks of a batch by region, the finest level first."""
    masks: dict[str, tuple[Tensor, ...]] = {}
    # A batch keeps the order in which its masks were made, the finest first.
    for name, values in batch.items():
        kind, *place = name.split(".")
        if kind == MASK:
            masks[place[0]] = (*masks.get(place[0], ()), values)
    return masks
