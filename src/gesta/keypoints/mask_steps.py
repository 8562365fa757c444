"""From boxes to blurred masks at several sizes: as published, in bytes and whole pixels, or smoothly.

Published (MMGT, arXiv 2505.23120, released code; sizes and rounding as OpenCV and Pillow do them): boxes cut to pixels,
two pixels looked at for each step of 8, bytes after every step. A box that moves slowly then moves its mask in jerks.
The smooth steps are the same without any of that: what share of a cell a box covers, and no rounding.
"""

import math
from collections.abc import Collection
from functools import lru_cache
from typing import Literal

import numpy as np

from gesta.keypoints.layout import HANDS
from gesta.keypoints.masks import FILLED, exact_boxes, region_boxes, sampled_masks
from gesta.records import Keypoints

MaskSteps = Literal["as_published", "smooth"]
"""See this file's first lines."""

PICTURE_SIDE = 512
"""The published pictures' longer side; points of smaller ones are brought to it, since pixels are cut there."""
PUBLISHED_GRID = 64
_PUBLISHED_STEP = PICTURE_SIDE // PUBLISHED_GRID
_BLUR_STEPS = 256
_LEAST_SPAN = 0.01
"""Frames whose values differ by less, of 255, are the same everywhere but for the error of sums."""


def grid_masks(keypoints: Keypoints, names: Collection[str], grid: int, steps: MaskSteps) -> dict[str, np.ndarray]:
    """Masks that are not blurred, on a grid over the picture.

    Args:
        keypoints: F frames.
        names: of "lip", "hands", "face" (face and hands) and "open" (all but face and hands, and the lips).
        grid: points on each side.
        steps: whether in whole pixels and bytes.

    Returns:
        By name: (F, grid, grid) float, 0 to 255.
    """
    if steps == "smooth":
        return {name: mask.astype(np.float32) for name, mask in _wanted(_covered(keypoints, grid), names).items()}
    if (scale := PICTURE_SIDE / max(keypoints.size)) > 1.0:
        width, height = (round(side * scale) for side in keypoints.size)
        keypoints = keypoints.replaced(points=keypoints.points * np.float32(scale), size=(width, height))
    width, height = keypoints.size
    (columns, across), (rows, down) = _looked_at(width, grid), _looked_at(height, grid)
    masks = _wanted(sampled_masks(region_boxes(keypoints), columns, rows), names)
    wide = {name: _between(_between(mask, across, axis=2), down, axis=1) for name, mask in masks.items()}
    return {name: _rounded(_means(_rounded(mask), grid)) for name, mask in wide.items()}


def blurred_levels(masks: np.ndarray, published_kernel: int, sides: list[int], steps: MaskSteps) -> list[np.ndarray]:
    """Masks blurred, stretched to full range and shrunk.

    Args:
        masks: (F, g, g), 0 to 255.
        published_kernel: how many points the blur goes over on the published grid.
        sides: the first is g.
        steps: how to round.

    Returns:
        For each side: (F, side * side), 0 to 1. Where a frame is the same everywhere it stays as it is.
    """
    grid, whole = sides[0], _rounded if steps == "as_published" else np.asarray
    blur = _blur_matrix(grid, _kernel_size(published_kernel, grid), steps)
    blurred = whole(blur @ masks.astype(np.float32) @ blur.T)
    low, high = blurred.min(axis=(1, 2), keepdims=True), blurred.max(axis=(1, 2), keepdims=True)
    differs = high - low > _LEAST_SPAN
    stretched = (blurred - low) * (np.float32(FILLED) / np.where(differs, high - low, np.float32(1.0)))
    values = np.where(differs, np.rint(stretched) if steps == "as_published" else stretched, blurred)
    pyramid = [values]
    for side in sides[1:]:
        shrink = _shrink_matrix(grid, side)
        pyramid.append(whole(shrink @ whole(values @ shrink.T)))
    return [level.reshape(len(masks), -1) / np.float32(FILLED) for level in pyramid]


def _covered(keypoints: Keypoints, grid: int) -> dict[str, np.ndarray]:
    """What share of each cell of the grid is inside the boxes, times 255."""
    edges = [np.arange(grid + 1) * (side / grid) for side in keypoints.size]
    covered = {}
    for name, box in exact_boxes(keypoints).items():
        shares = []
        for axis, edge in enumerate(edges):
            low, high = box[:, axis, None], box[:, axis + 2, None]
            inside = np.minimum(high, edge[1:]) - np.maximum(low, edge[:-1])
            shares.append(np.clip(inside, 0.0, None) / edge[1])
        across, down = shares
        covered[name] = down[:, :, None] * across[:, None, :]
    hands = _either(*(covered[hand] for hand in HANDS))
    masks = {"lip": covered["lip"], "hands": hands, "face": _either(covered["face"], hands)}
    return {name: FILLED * share for name, share in masks.items()}


def _wanted(masks: dict[str, np.ndarray], names: Collection[str]) -> dict[str, np.ndarray]:
    """The masks of these names, with "open" made of the others."""
    opened = {"open": np.maximum(FILLED - masks["face"], masks["lip"])} if "open" in names else {}
    return {name: (masks | opened)[name] for name in names}


def _either(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The share that one of two boxes covers, if they lie there independently."""
    return first + second - first * second


def _looked_at(side: int, grid: int) -> tuple[np.ndarray, np.ndarray]:
    """The pixels that bilinear shrinking looks at, in pairs, and the weights of the second of each.

    There is a pair for each point of the grid, or several where the grid's steps are wider than the published ones.
    """
    pairs = grid * max(1, math.ceil(side / grid / _PUBLISHED_STEP))
    places = (np.arange(pairs) + 0.5) * (side / pairs) - 0.5
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
    half = (published / PUBLISHED_GRID * grid - 1.0) / 2.0
    return 2 * max(1, round(half)) + 1


@lru_cache(maxsize=32)
def _blur_matrix(grid: int, kernel_size: int, steps: MaskSteps) -> np.ndarray:
    """(g, g) float32 that blurs a row, mirrored at its ends without repeating them."""
    half = kernel_size // 2
    reached = np.arange(grid)[:, None] + np.arange(-half, half + 1)
    mirrored = (grid - 1) - np.abs((reached % (2 * (grid - 1))) - (grid - 1))
    matrix = np.zeros((grid, grid))
    np.add.at(matrix, (np.arange(grid)[:, None], mirrored), _blur_weights(kernel_size, steps))
    return matrix.astype(np.float32)


def _blur_weights(kernel_size: int, steps: MaskSteps) -> np.ndarray:
    """(k,) a Gaussian whose width follows from k: exact, or in the whole 256ths that OpenCV blurs bytes with.

    What rounding leaves over goes on to the next weight towards the middle, which takes the rest. A mouth's mask is so
    faint after the blur that exact weights, stretched to full range, differ from these by a tenth.
    """
    half = kernel_size // 2
    sigma = 0.3 * ((kernel_size - 1) / 2.0 - 1.0) + 0.8
    exact = np.exp(-(np.arange(-half, half + 1) ** 2) / (2.0 * sigma**2))
    exact /= exact.sum()
    if steps == "smooth":
        return exact
    side = np.diff(np.rint(np.cumsum(exact[:half]) * _BLUR_STEPS), prepend=0.0)
    return np.concatenate([side, [_BLUR_STEPS - 2.0 * side.sum()], side[::-1]]) / _BLUR_STEPS


@lru_cache(maxsize=32)
def _shrink_matrix(grid: int, side: int) -> np.ndarray:
    """(s, g) float32 that shrinks a row with a triangle filter as wide as two of its points."""
    scale = grid / side
    centres = (np.arange(side) + 0.5) * scale
    distances = np.abs(np.arange(grid) + 0.5 - centres[:, None]) / scale
    weights = np.clip(1.0 - distances, 0.0, None)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
