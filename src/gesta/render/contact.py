"""A soft darkening of the floor under whatever is close above it."""

import numpy as np

from gesta.kernels import Scalar, inlined_kernel, kernel

CONTACT_CELLS = 80
CONTACT_CELL_M = 0.02
CONTACT_NEAR_M = 0.035
"""Height above the floor at which the narrow contact shadow has fallen to a third."""
CONTACT_WIDE_M = 0.30
CONTACT_NEAR_STRENGTH = 0.62
CONTACT_WIDE_STRENGTH = 0.30
NEAR_BLURS = 3
WIDE_BLURS = 26


@kernel
def _blur(cells: np.ndarray, scratch: np.ndarray) -> None:
    """One small blur of a square map in both directions; its border stays as it is."""
    size = cells.shape[0]
    for row in range(size):
        for column in range(1, size - 1):
            scratch[row, column] = 0.25 * (cells[row, column - 1] + cells[row, column + 1]) + 0.5 * cells[row, column]
    for row in range(1, size - 1):
        for column in range(1, size - 1):
            cells[row, column] = (
                0.25 * (scratch[row - 1, column] + scratch[row + 1, column]) + 0.5 * scratch[row, column]
            )


@kernel
def draw_contact(
    vertices: np.ndarray, corner: np.ndarray, near: np.ndarray, wide: np.ndarray, scratch: np.ndarray
) -> None:
    """Map how much the floor is darkened by what is close above it.

    Args:
        vertices: (V, 3) metres.
        corner: (2,) float32, written: lowest x and z of the map, metres.
        near: (CONTACT_CELLS, CONTACT_CELLS) float32 over z, x; written: share of the sky's light that is kept.
        wide, scratch: the same shape, scratch.
    """
    count = vertices.shape[0]
    middle_x, middle_z = 0.0, 0.0
    for index in range(count):
        middle_x += vertices[index, 0] / count
        middle_z += vertices[index, 2] / count
    half = 0.5 * CONTACT_CELLS * CONTACT_CELL_M
    corner[0] = np.floor((middle_x - half) / CONTACT_CELL_M) * CONTACT_CELL_M
    corner[1] = np.floor((middle_z - half) / CONTACT_CELL_M) * CONTACT_CELL_M
    near[:] = 0.0
    wide[:] = 0.0
    scratch[:] = 0.0
    for index in range(count):
        height = max(0.0, vertices[index, 1])
        column = int((vertices[index, 0] - corner[0]) / CONTACT_CELL_M)
        row = int((vertices[index, 2] - corner[1]) / CONTACT_CELL_M)
        if height < 4.0 * CONTACT_WIDE_M and 2 <= column < CONTACT_CELLS - 2 and 2 <= row < CONTACT_CELLS - 2:
            near[row, column] = max(near[row, column], np.float32(np.exp(-height / CONTACT_NEAR_M)))
            wide[row, column] = max(wide[row, column], np.float32(np.exp(-height / CONTACT_WIDE_M)))
    for _ in range(NEAR_BLURS):
        _blur(near, scratch)
    for _ in range(WIDE_BLURS):
        _blur(wide, scratch)
    for row in range(CONTACT_CELLS):
        for column in range(CONTACT_CELLS):
            kept = 1.0 - CONTACT_NEAR_STRENGTH * min(1.0, near[row, column])
            near[row, column] = kept * (1.0 - CONTACT_WIDE_STRENGTH * min(1.0, 2.0 * wide[row, column]))


@inlined_kernel
def sky_share(x: Scalar, z: Scalar, corner: np.ndarray, kept: np.ndarray) -> Scalar:
    """Share of the sky's light that arrives at a point of the floor, from `draw_contact`'s map."""
    one, half, cells = np.float32(1.0), np.float32(0.5), np.float32(1.0 / CONTACT_CELL_M)
    across = (x - corner[0]) * cells - half
    along = (z - corner[1]) * cells - half
    column, row = int(np.floor(across)), int(np.floor(along))
    share = one
    if 0 <= column <= CONTACT_CELLS - 2 and 0 <= row <= CONTACT_CELLS - 2:
        part_x, part_y = across - np.float32(column), along - np.float32(row)
        upper = kept[row, column] * (one - part_x) + kept[row, column + 1] * part_x
        lower = kept[row + 1, column] * (one - part_x) + kept[row + 1, column + 1] * part_x
        share = upper * (one - part_y) + lower * part_y
    return share
