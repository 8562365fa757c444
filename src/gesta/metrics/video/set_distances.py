"""Fréchet distances of sets of films: of single pictures (FID) and of moving ones (FVD).

FID (Heusel et al. 2017): the latents of InceptionV3 for every fifth picture, 5 a second. FVD (Unterthiner et al.
2018): the logits of I3D for every stretch of 16 pictures, brought to 224 x 224. Both are squared distances of two
Gaussians (`gesta.metrics.frechet`), refused where a covariance would be a guess (1.25 latents for each dimension: 2,560
pictures, 500 stretches) or where the sides differ in number. Their numbers depend on all of that, so compare only
what was measured alike.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from gesta.metrics.frechet import RunningGaussian, distance_of_sides
from gesta.metrics.video.networks.i3d import FRAMES, I3D, SIDE_PX
from gesta.metrics.video.networks.inception import Inception
from gesta.metrics.video.networks.weights import I3D as I3D_FILE
from gesta.metrics.video.networks.weights import INCEPTION, device_of, loaded

EVERY = 5
"""Pictures a second are 25; neighbours are nearly the same."""
Latents = Callable[[np.ndarray], np.ndarray]
"""Takes (n, H, W, 3) uint8 pictures of one film and gives (N, D) latents."""


class SetDistance:
    """Takes pictures of both sides; memory does not grow with them.

    Args:
        latents: what is compared.
        taken: how many consecutive pictures of a film one latent needs.
        step: how many pictures further the next one begins.
    """

    def __init__(self, latents: Latents, taken: int, step: int) -> None:
        self._latents, self._taken, self._step = latents, taken, step
        self._sums = (RunningGaussian(), RunningGaussian())
        self._waiting: tuple[list[np.ndarray], list[np.ndarray]] = ([], [])

    def take(self, generated: np.ndarray, real: np.ndarray) -> None:
        """Take pictures of both films of a clip at the same moments: two (n, H, W, 3) uint8."""
        for sums, waiting, side in zip(self._sums, self._waiting, (generated, real), strict=True):
            waiting.extend(side)
            # The last pictures stay until it is known whether the film goes on.
            while len(waiting) >= max(self._taken, self._step):
                sums.add(self._latents(np.stack(waiting[: self._taken])))
                del waiting[: self._step]

    def end_clip(self) -> None:
        """No further picture of the clip comes; what is too short for a latent is left out."""
        for sums, waiting in zip(self._sums, self._waiting, strict=True):
            if len(waiting) >= self._taken:
                sums.add(self._latents(np.stack(waiting[: self._taken])))
            waiting.clear()

    def found(self) -> float:
        """The squared distance of all films taken.

        Raises:
            InputError: a side has too few latents, or they have different numbers.
        """
        generated, real = self._sums
        return distance_of_sides(real, generated, "films")


def inception_distance(folder: Path, device: str = "cpu") -> SetDistance:
    """FID with the weights in a folder, on a device.

    Raises:
        InputError: the file is missing or does not fit.
    """
    return SetDistance(_latents(loaded(Inception(), INCEPTION, folder, device), _picture_input), 1, EVERY)


def video_distance(folder: Path, device: str = "cpu") -> SetDistance:
    """FVD with the weights in a folder, on a device.

    Raises:
        InputError: the file is missing or does not fit.
    """
    return SetDistance(_latents(loaded(I3D(), I3D_FILE, folder, device), film_input), FRAMES, FRAMES)


def _latents(network: nn.Module, prepared: Callable[[np.ndarray], Tensor]) -> Latents:
    """What a network says of pictures that are prepared for it."""

    def latents(pictures: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            return np.asarray(network(prepared(pictures).to(device_of(network))).cpu().numpy())

    return latents


def _picture_input(pictures: np.ndarray) -> Tensor:
    """(n, H, W, 3) uint8 as Inception takes them: (n, 3, H, W), 0 to 1."""
    return _planes(pictures) / 255.0


def film_input(pictures: np.ndarray) -> Tensor:
    """(n, H, W, 3) uint8 as I3D takes them: (1, 3, n, 224, 224), -1 to 1."""
    side = (SIDE_PX, SIDE_PX)
    small = torch.nn.functional.interpolate(_planes(pictures), side, mode="bilinear", align_corners=False)
    return (small / 127.5 - 1.0).transpose(0, 1)[None]


def _planes(pictures: np.ndarray) -> Tensor:
    """(n, H, W, 3) uint8 as (n, 3, H, W) float32, 0 to 255."""
    return torch.from_numpy(np.ascontiguousarray(pictures)).permute(0, 3, 1, 2).float()
