"""Structural similarity (SSIM): whether pictures have one brightness, contrast and structure in every small window.

Wang, Bovik, Sheikh and Simoncelli 2004: windows are a Gaussian of sigma 1.5 on 11 x 11 pixels, constants are
(0.01 * 255)^2 and (0.03 * 255)^2, covariances are those of the window as a whole (not of a sample). It is taken of
each colour by itself, over all windows that lie wholly in the picture, and averaged. scikit-image gives the same with
`gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255`.
"""

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import conv2d

PEAK = 255.0
MIDDLE = 128.0
"""Taken from all pixels, so that their squares keep enough digits in 32 bits."""
SIGMA, REACH = 1.5, 5
"""Pixels: of the Gaussian, and how far it is followed to each side."""
LEAST_SIDE_PX = 2 * REACH + 1
STEADY_MEAN, STEADY_SPREAD = (0.01 * PEAK) ** 2, (0.03 * PEAK) ** 2


def ssim(generated: np.ndarray, real: np.ndarray) -> np.ndarray:
    """The SSIM of each picture: two (n, H, W, 3) uint8, both sides 11 pixels or more, to (n,) at most 1."""
    found = [_similarity(*(_planes(side[at]) for side in (generated, real))) for at in range(len(real))]
    return np.array(found)


def _planes(picture: np.ndarray) -> Tensor:
    """(3, H, W) float32 round 0."""
    return torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1).float() - MIDDLE


def _similarity(first: Tensor, second: Tensor) -> float:
    """The mean similarity of two (3, H, W) pictures round 0."""
    stacked = torch.cat([first, second, first * first, second * second, first * second])
    ours, theirs, our_squares, their_squares, products = _smoothed(stacked).chunk(5)
    spreads = our_squares - ours**2 + their_squares - theirs**2
    together = products - ours * theirs
    ours, theirs = ours + MIDDLE, theirs + MIDDLE
    brightness = (2.0 * ours * theirs + STEADY_MEAN) / (ours**2 + theirs**2 + STEADY_MEAN)
    structure = (2.0 * together + STEADY_SPREAD) / (spreads + STEADY_SPREAD)
    return float((brightness * structure).mean(dtype=torch.float64))


def _smoothed(planes: Tensor) -> Tensor:
    """(N, H, W) weighted by the window, only where it fits: (N, H - 10, W - 10)."""
    away = torch.arange(-REACH, REACH + 1, dtype=planes.dtype)
    weights = torch.exp(-(away**2) / (2.0 * SIGMA**2))
    down = (weights / weights.sum()).reshape(1, 1, -1, 1).expand(len(planes), -1, -1, -1)
    # As many groups as planes: a quarter of the time of a convolution of many pictures.
    return conv2d(conv2d(planes[None], down, groups=len(planes)), down.transpose(2, 3), groups=len(planes))[0]
