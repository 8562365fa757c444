"""How open each place is to the light from all around, judged by what the picture shows beside it.

Inverse distance grows evenly across a plane in the picture. So where two places on opposite sides are on the average
nearer than the middle, the surface is hollow there, or something lies against it; on any flat or bulging surface they
are not. Fingers, lips and folds part from each other this way without a second look at the mesh.

It is worked out for one pixel in four, each with places of its own out of sixteen sets, and then averaged over sixteen
neighbours that belong to the same surface.
"""

import numpy as np

from gesta.kernels import Scalar, inlined_kernel, shading_kernel
from gesta.render.blocks import CREASES, HOLLOWS, NEARNESS, OPEN, SAMPLE_X, SAMPLE_Y

CELL_PX = 2
"""Pixels in a side of a cell of the map."""
REACH_M = 0.018
LEAST_REACH_PX, MOST_REACH_PX = 2.0, 40.0
TILT = 0.02
"""Hollowness, in reaches, that is not yet one: the mesh's own edges have as much."""
DEPTH = 0.30
"""Hollowness, in reaches, that closes a place wholly."""
FAR = 3.0
"""What is nearer by more reaches than this darkens less and less: it is not beside but in front."""
SAME_RATIO = 0.012
"""Cells whose distances differ by less than this share belong to the same surface."""
LEAST_WEIGHT = 0.05
"""Share of the four cells around a pixel that must be of its surface, before one looks further."""
SIDE = 4
"""Cells in a side of the window that is averaged, and of the pattern of places."""
PAIRS = 4


def _places() -> np.ndarray:
    """(SIDE * SIDE, PAIRS, 2) float32: for each set, how far to the right and down a pair's places lie, in reaches."""
    order = np.array([0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5])[:, None] / (SIDE * SIDE)
    pair = np.arange(PAIRS)
    angle = np.pi * (pair + order) / PAIRS
    away = np.sqrt(0.04 + 0.96 * ((order + pair / PAIRS) % 1.0))
    return np.stack([away * np.cos(angle), away * np.sin(angle)], axis=-1).astype(np.float32)


PLACES = _places()


@inlined_kernel
def _rise(there: Scalar, nearness: Scalar, unit: Scalar) -> Scalar:
    """How much nearer a place is than the middle, in reaches, within limits."""
    far = np.float32(FAR)
    rise = (there - nearness) * unit
    if rise > far:
        rise = far * far / rise
    return max(rise, -far)


@inlined_kernel
def _hollowness(row: int, column: int, focal_px: Scalar, cells: np.ndarray) -> Scalar:
    """Share of the light from all around that does not get to a cell's first sample, 0 to 1."""
    nearness, total = cells[row, column], np.float32(0.0)
    reach = focal_px * np.float32(REACH_M) * nearness
    reach = min(max(reach, np.float32(LEAST_REACH_PX)), np.float32(MOST_REACH_PX))
    unit, steps = focal_px / (nearness * reach), reach * np.float32(1.0 / CELL_PX)
    places = (row % SIDE) * SIDE + column % SIDE
    for pair in range(PAIRS):
        across, down = int(np.rint(steps * PLACES[places, pair, 0])), int(np.rint(steps * PLACES[places, pair, 1]))
        if row < abs(down) or row + abs(down) >= cells.shape[0]:
            continue
        if column < abs(across) or column + abs(across) >= cells.shape[1]:
            continue
        one = _rise(cells[row - down, column - across], nearness, unit)
        other = _rise(cells[row + down, column + across], nearness, unit)
        total += max(np.float32(0.0), np.float32(0.5) * (one + other) - np.float32(TILT))
    return min(np.float32(1.0), total * np.float32(1.0 / (DEPTH * PAIRS)))


@shading_kernel
def find_hollows(
    spans: np.ndarray, inverse: np.ndarray, focal_px: Scalar, rough: np.ndarray, sums: np.ndarray, cells: np.ndarray,
    hollows: np.ndarray,
) -> None:  # fmt: skip
    """Map how much of the light from all around is kept away from what the picture shows.

    Args:
        spans, inverse: what is visible, from `draw_visibility`.
        focal_px: focal length, pixels, float32.
        rough: (H // CELL_PX, W // CELL_PX) float32, scratch.
        sums: (2, W // CELL_PX) float32, scratch.
        cells: as `rough`, written: inverse distance of each cell, which is that of its first sample.
        hollows: as `rough`, written where something is: share of the light that is kept away, 0 to 1.
    """
    for row in range(rough.shape[0]):
        at_row = row * CELL_PX
        cells[row] = 0.0
        for column in range(spans[at_row, 0] // CELL_PX, min((spans[at_row, 1] + 1) // CELL_PX, rough.shape[1])):
            cells[row, column] = inverse[at_row, column * CELL_PX, 0]
    for row in range(rough.shape[0]):
        at_row = row * CELL_PX
        for column in range(spans[at_row, 0] // CELL_PX, min((spans[at_row, 1] + 1) // CELL_PX, rough.shape[1])):
            if cells[row, column] > 0.0:
                rough[row, column] = _hollowness(row, column, focal_px, cells)
    _average(spans, rough, sums, cells, hollows)


@shading_kernel
def _average(spans: np.ndarray, rough: np.ndarray, sums: np.ndarray, cells: np.ndarray, hollows: np.ndarray) -> None:
    """Fill `hollows` with the means of `rough` over the cells around that belong to the same surface."""
    ratio = np.float32(SAME_RATIO)
    for row in range(rough.shape[0]):
        at_row = row * CELL_PX
        first, end = spans[at_row, 0] // CELL_PX, min((spans[at_row, 1] + 1) // CELL_PX, rough.shape[1])
        for column in range(first, end):
            sums[0, column], sums[1, column] = np.float32(0.0), np.float32(1e-6)
        for near_row in range(max(0, row - SIDE // 2), min(row + SIDE // 2, rough.shape[0])):
            for step in range(-SIDE // 2, SIDE // 2):
                for column in range(max(first, -step), min(end, rough.shape[1] - step)):
                    nearness = cells[row, column]
                    same = np.float32(abs(cells[near_row, column + step] - nearness) < ratio * nearness)
                    sums[0, column] += same * rough[near_row, column + step]
                    sums[1, column] += same
        for column in range(first, end):
            hollows[row, column] = sums[0, column] / sums[1, column]


@shading_kernel
def close_hollows(count: int, cells: np.ndarray, hollows: np.ndarray, scratch: np.ndarray) -> None:
    """Take from the OPEN share of each sample what `find_hollows` found around it, between the cells of its surface.

    Args:
        count: how many samples there are.
        cells, hollows: from `find_hollows`.
        scratch: (SCRATCH,) float32 of `gesta.render.blocks` with SAMPLE_X, SAMPLE_Y, NEARNESS, CREASES and OPEN.
    """
    one, zero, least = np.float32(1.0), np.float32(0.0), np.float32(LEAST_WEIGHT)
    half, quarter, ratio = np.float32(0.5), np.float32(0.25), np.float32(SAME_RATIO)
    last_row, last_column = hollows.shape[0] - 1, hollows.shape[1] - 1
    for at in range(count):
        row, column = int(scratch[SAMPLE_Y + at]) + 1, int(scratch[SAMPLE_X + at]) + 1
        down = quarter + half * np.float32(row % CELL_PX)
        across = quarter + half * np.float32(column % CELL_PX)
        # Unsigned, so that nothing asks whether an index counts from the end.
        upper, left = np.uintp(min(row // CELL_PX, last_row)), np.uintp(min(column // CELL_PX, last_column))
        lower, right = np.uintp(min(row // CELL_PX + 1, last_row)), np.uintp(min(column // CELL_PX + 1, last_column))
        near = scratch[NEARNESS + at]
        limit = ratio * near
        a = (one - down) * (one - across) * np.float32(abs(cells[upper, left] - near) < limit)
        b = (one - down) * across * np.float32(abs(cells[upper, right] - near) < limit)
        c = down * (one - across) * np.float32(abs(cells[lower, left] - near) < limit)
        d = down * across * np.float32(abs(cells[lower, right] - near) < limit)
        total = a * hollows[upper, left] + b * hollows[upper, right] + c * hollows[lower, left]
        weight = a + b + c + d
        kept_away = (total + d * hollows[lower, right]) / (weight + np.float32(1e-6))
        scratch[HOLLOWS + at] = kept_away if weight >= least else -one
    for at in range(count):
        if scratch[HOLLOWS + at] < zero:
            scratch[HOLLOWS + at] = _hollow_further(
                int(scratch[SAMPLE_Y + at]), int(scratch[SAMPLE_X + at]), scratch[NEARNESS + at], cells, hollows
            )
    for at in range(count):
        scratch[OPEN + at] *= one - scratch[CREASES + at] * scratch[HOLLOWS + at]


@inlined_kernel
def _hollow_further(row: int, column: int, nearness: Scalar, cells: np.ndarray, hollows: np.ndarray) -> Scalar:
    """The same for a sliver beside another surface: what is known of its own is a little further away."""
    first_row, first_column = (row + 1) // CELL_PX, (column + 1) // CELL_PX
    total, weight = np.float32(0.0), np.float32(1e-6)
    for at_row in range(max(0, first_row - 1), min(first_row + 3, hollows.shape[0])):
        for at_column in range(max(0, first_column - 1), min(first_column + 3, hollows.shape[1])):
            if abs(cells[at_row, at_column] - nearness) < np.float32(SAME_RATIO) * nearness:
                total += hollows[at_row, at_column]
                weight += np.float32(1.0)
    return total / weight
