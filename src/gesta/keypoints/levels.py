"""Region masks as the attention of MM-HAA takes them: blurred, stretched to full range, at four sizes.

For each frame, as MMGT does it (arXiv 2505.23120, released code): the picture of a mask is brought to the grid of the
latents (bilinear), blurred (Gaussian over 31/64 of the grid's side for the face and hands, 21/64 for everything else),
stretched so that its values go from 0 to 255, and brought to the grid's side, half, a quarter and an eighth of it
(triangle filter, bytes throughout). Training and filming both take masks from here.

The published pictures are 512 pixels wide, their grid 64, so that the blurs are over 31 and 21 points; other grids
scale them, and coarser ones take means of the published steps of 8 pixels, since a mouth would fall between wider
ones. Only the pixels that the bilinear step looks at are ever filled in. A frame that is the same everywhere stays as
it is: an empty region gives zeros.

What "full" is differs between MMGT's figure and its programs, and which one the public weights were trained with is not
known, so each has a name:

    outside_lips            1 - lips: the figure's label
    outside_face_and_hands  255 - face and hands + lips, before the blur: two of the data sets
    hands                   the hands alone: the data set that the training program takes
    everything_and_lips     1 + lips, so from 1 to 2: the program that makes films, and validation
    outside_face            1 - face and hands + lips + hands, cut to 0..1: the program that films given points
"""

import math
from collections.abc import Iterator, Mapping
from functools import lru_cache

import numpy as np

from gesta.errors import unknown_name
from gesta.keypoints.masks import FILLED, FULL_VARIANTS, REGIONS, region_boxes, sampled_masks
from gesta.records import Keypoints

RegionMasks = Mapping[str, tuple[np.ndarray, ...]]
"""By region ("full", "face", "lip"): one (F, side * side) float32 array for each level, the finest first."""

FRAMES_PER_BLOCK = 64
_GRID_PUBLISHED = 64
_STEP_PUBLISHED = 8
"""Pixels from one point of the published grid to the next."""
_KERNELS_PUBLISHED = {"face": 31, "lip": 21, "hands": 21, "outside_face_and_hands": 21}
"""Points that each mask is blurred over, on the published grid."""
_BLUR_STEPS = 256


def mask_levels(keypoints: Keypoints, *, full: str, grid: int = _GRID_PUBLISHED, levels: int = 4) -> RegionMasks:
    """The masks of all regions at all levels.

    Args:
        keypoints: F frames on a square canvas; masks of consecutive stretches are those of the whole.
        full: what "full" is, a name in `gesta.keypoints.masks.FULL_VARIANTS`.
        grid: the side of the latents, for example 64 for pictures of 512 pixels.
        levels: how many sizes; each is half of the one before.

    Returns:
        By region, by level: (F, side * side) float32, row by row, 0 to 1 (1 to 2 for "everything_and_lips").

    Raises:
        InputError: `full` is not one of the five.
        ValueError: the grid cannot be halved so often.
    """
    if full not in FULL_VARIANTS:
        raise unknown_name("full mask", full, FULL_VARIANTS)
    if levels < 1 or grid < 2 or grid % 2 ** (levels - 1):
        raise ValueError(f"a grid of {grid} cannot be halved {levels - 1} times")
    sides = [grid >> level for level in range(levels)]
    frames = keypoints.frame_count
    result = {region: tuple(np.empty((frames, side * side), dtype=np.float32) for side in sides) for region in REGIONS}
    for block in _blocks(frames):
        for region, pyramid in _levels_of(keypoints.frames(block.start, block.stop), full, sides).items():
            for level, values in enumerate(pyramid):
                result[region][level][block] = values
    return result


def _blocks(frames: int) -> Iterator[slice]:
    for start in range(0, frames, FRAMES_PER_BLOCK):
        yield slice(start, min(start + FRAMES_PER_BLOCK, frames))


def _levels_of(keypoints: Keypoints, full: str, sides: list[int]) -> dict[str, list[np.ndarray]]:
    """The masks of a few frames, by region and level."""
    grid = sides[0]
    width, height = keypoints.size
    (columns, across), (rows, down) = _looked_at(width, grid), _looked_at(height, grid)
    pictures = sampled_masks(region_boxes(keypoints), columns, rows)
    if full == "outside_face_and_hands":
        pictures[full] = np.maximum(FILLED - pictures["face"], pictures["lip"])

    def pyramid(name: str) -> list[np.ndarray]:
        wide = _between(_between(pictures[name], across, axis=2), down, axis=1)
        small = _rounded(_means(_rounded(wide), grid))
        stretched = _stretched(_blurred(small, _kernel_size(_KERNELS_PUBLISHED[name], grid)))
        return [_resized(stretched, side).reshape(len(small), -1) / FILLED for side in sides]

    face, lip = pyramid("face"), pyramid("lip")
    match full:
        case "outside_lips":
            whole = [1.0 - mouth for mouth in lip]
        case "everything_and_lips":
            whole = [1.0 + mouth for mouth in lip]
        case "outside_face":
            parts = zip(face, lip, pyramid("hands"), strict=True)
            whole = [np.clip(1.0 - head + mouth + hands, 0.0, 1.0) for head, mouth, hands in parts]
        case _:
            whole = pyramid(full)
    return {"full": whole, "face": face, "lip": lip}


def _looked_at(side: int, grid: int) -> tuple[np.ndarray, np.ndarray]:
    """The pixels that bilinear shrinking looks at, in pairs, and the weights of the second of each.

    There is a pair for each point of the grid, or several where the grid's steps are wider than the published ones.
    """
    steps = grid * max(1, math.ceil(side / grid / _STEP_PUBLISHED))
    places = (np.arange(steps) + 0.5) * (side / steps) - 0.5
    first = np.floor(places)
    pixels = np.stack([first, first + 1.0], axis=1).ravel().astype(np.int64)
    return np.clip(pixels, 0, side - 1), (places - first).astype(np.float32)


def _between(values: np.ndarray, weights: np.ndarray, axis: int) -> np.ndarray:
    """Pairs of values along an axis, mixed: the second of each with its weight."""
    pairs = np.moveaxis(values, axis, -1)
    mixed = pairs[..., 0::2] * (1.0 - weights) + pairs[..., 1::2] * weights
    return np.moveaxis(mixed, -1, axis)


def _means(values: np.ndarray, grid: int) -> np.ndarray:
    """(n, h, w) values as means over as many rectangles as the grid has points: (n, g, g)."""
    frames, height, width = values.shape
    if height == width == grid:
        return values
    return values.reshape(frames, grid, height // grid, grid, width // grid).mean(axis=(2, 4))


def _rounded(values: np.ndarray) -> np.ndarray:
    """Whole numbers, halves up, as byte pictures are rounded."""
    return np.floor(values + np.float32(0.5))


def _kernel_size(published: int, grid: int) -> int:
    """How many points a blur goes over: odd, at least 3, the published number on the published grid."""
    half = (published / _GRID_PUBLISHED * grid - 1.0) / 2.0
    return 2 * max(1, round(half)) + 1


def _blurred(values: np.ndarray, kernel_size: int) -> np.ndarray:
    """(n, g, g) values blurred with a Gaussian, mirrored at the edges without repeating them, rounded."""
    matrix = _blur_matrix(values.shape[1], kernel_size)
    return _rounded(matrix @ values @ matrix.T)


@lru_cache(maxsize=16)
def _blur_matrix(grid: int, kernel_size: int) -> np.ndarray:
    """(g, g) float32 that blurs a row with `_blur_weights`."""
    half = kernel_size // 2
    reached = np.arange(grid)[:, None] + np.arange(-half, half + 1)
    period = max(2 * (grid - 1), 1)
    mirrored = (grid - 1) - np.abs((reached % period) - (grid - 1))
    matrix = np.zeros((grid, grid))
    np.add.at(matrix, (np.arange(grid)[:, None], mirrored), _blur_weights(kernel_size))
    return matrix.astype(np.float32)


def _blur_weights(kernel_size: int) -> np.ndarray:
    """(k,) the Gaussian in whole 256ths that OpenCV blurs bytes with.

    Its width follows from k. What rounding leaves over goes on to the next weight towards the middle, which takes the
    rest. A mouth's mask is so faint after the blur that exact weights, stretched to full range, differ by a tenth.
    """
    half = kernel_size // 2
    sigma = 0.3 * ((kernel_size - 1) / 2.0 - 1.0) + 0.8
    exact = np.exp(-(np.arange(-half, half + 1) ** 2) / (2.0 * sigma**2))
    exact *= _BLUR_STEPS / exact.sum()
    side = np.diff(np.rint(np.cumsum(exact[:half])), prepend=0.0)
    return np.concatenate([side, [_BLUR_STEPS - 2.0 * side.sum()], side[::-1]]) / _BLUR_STEPS


def _stretched(values: np.ndarray) -> np.ndarray:
    """(n, g, g) values, each frame's from 0 to 255, rounded; a frame that is the same everywhere stays as it is."""
    low, high = values.min(axis=(1, 2), keepdims=True), values.max(axis=(1, 2), keepdims=True)
    span = np.where(high > low, high - low, np.float32(1.0))
    return np.where(high > low, np.rint((values - low) * (np.float32(FILLED) / span)), values)


def _resized(values: np.ndarray, side: int) -> np.ndarray:
    """(n, g, g) values at a smaller side, first along rows, then along columns, rounded each time as Pillow does."""
    if side == values.shape[1]:
        return values
    matrix = _shrink_matrix(values.shape[1], side)
    return _rounded(matrix @ _rounded(values @ matrix.T))


@lru_cache(maxsize=32)
def _shrink_matrix(grid: int, side: int) -> np.ndarray:
    """(s, g) float32 that shrinks a row with a triangle filter as wide as two of its points."""
    scale = grid / side
    centres = (np.arange(side) + 0.5) * scale
    distances = np.abs(np.arange(grid) + 0.5 - centres[:, None]) / scale
    weights = np.clip(1.0 - distances, 0.0, None)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
