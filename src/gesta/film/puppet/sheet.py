"""A sheet of triangles over a layer of a picture: a grid wherever the layer has something.

V vertices, N triangles.
"""

from dataclasses import dataclass

import numpy as np

BEYOND_CELLS = 3
"""A layer that the picture's border cuts off goes on behind it for so many cells, so that nothing ends inside."""
SEEN_ALPHA = 0.004


@dataclass(frozen=True)
class Sheet:
    """A grid over a layer.

    Attributes:
        places: (V, 2) float64 pixels.
        faces: (N, 3) int32.
        edges: (E, 2) int64, pairs of neighbours, each once.
    """

    places: np.ndarray
    faces: np.ndarray
    edges: np.ndarray


def sheet_over(alpha: np.ndarray, cell: int) -> Sheet | None:
    """The sheet over a layer's alpha (H, W), with cells of so many pixels; None where the layer is empty."""
    height, width = alpha.shape
    rows, columns = -(-height // cell) + 2 * BEYOND_CELLS, -(-width // cell) + 2 * BEYOND_CELLS
    margin = BEYOND_CELLS * cell
    padded = np.pad(
        alpha, ((margin, rows * cell - height - margin), (margin, columns * cell - width - margin)), mode="edge"
    )
    filled = (padded > SEEN_ALPHA).reshape(rows, cell, columns, cell).any(axis=(1, 3))
    wide = np.pad(filled, 1)
    # One cell more all round: cubic look-ups reach two pixels beyond the last one that counts.
    filled = wide[1:-1, 1:-1] | wide[:-2, 1:-1] | wide[2:, 1:-1] | wide[1:-1, :-2] | wide[1:-1, 2:]
    if not filled.any():
        return None
    row, column = np.nonzero(filled)
    corner = row * (columns + 1) + column
    right, below, across = corner + 1, corner + columns + 1, corner + columns + 2
    # Diagonals alternate, so that no direction is stiffer than another.
    even = ((row + column) % 2 == 0)[:, None, None]
    falling = np.stack([np.stack([corner, below, across], 1), np.stack([corner, across, right], 1)], 1)
    rising = np.stack([np.stack([corner, below, right], 1), np.stack([right, below, across], 1)], 1)
    faces = np.where(even, falling, rising).reshape(-1, 3)
    used, faces = np.unique(faces, return_inverse=True)
    faces = faces.reshape(-1, 3)
    places = np.stack([used % (columns + 1), used // (columns + 1)], axis=1) * float(cell) - margin
    pairs = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    return Sheet(places, faces.astype(np.int32), np.unique(pairs, axis=0))
