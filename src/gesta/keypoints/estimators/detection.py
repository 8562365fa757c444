"""What a YOLOX network says about persons, turned into boxes.

Facts: YOLOX (arXiv 2107.08430) and DWPose's onnxdet.py. The output has one row for each cell of three grids, at
strides 8, 16 and 32, row by row: centre x and y in cells from the cell's corner, logarithms of width and height in
cells, how sure it is of a thing at all, then how sure of each class, person being the first. Scores are products.
"""

import numpy as np

from gesta.keypoints.estimators.boxes import without_repeats

STRIDES = (8, 16, 32)
"""Pixels between the cells of each grid."""
BOX, THING, PERSON = slice(0, 4), 4, 5
"""Columns of the output."""
LARGEST_LOGARITHM = 10.0
"""Sizes of more cells than e to this are nothing but a broken network."""
MOST_OVERLAP = 0.45
"""Of two boxes that overlap more, the less sure one goes (as published)."""


def cell_count(side: int) -> int:
    """Rows of the output for a square picture of `side` pixels."""
    return sum((side // stride) ** 2 for stride in STRIDES)


def persons(output: np.ndarray, side: int, factor: float, least_score: float) -> tuple[np.ndarray, np.ndarray]:
    """Boxes of persons and how sure they are, surest first.

    Args:
        output: (cells, 5 + classes) of the network.
        side: of the square picture it saw, in pixels.
        factor: from the picture's pixels to the square's.
        least_score: what is less sure is left out.

    Returns:
        (N, 4) left, top, right, bottom in pixels of the picture, and (N,).
    """
    scores = output[:, THING] * output[:, PERSON]
    usable = (scores > least_score) & np.isfinite(output[:, BOX]).all(axis=1)
    corners, strides = (table[usable] for table in _cells(side))
    cells = output[usable, BOX].astype(np.float64)
    centres = (cells[:, :2] + corners) * strides
    halves = np.exp(np.minimum(cells[:, 2:], LARGEST_LOGARITHM)) * strides / 2.0
    boxes = np.concatenate([centres - halves, centres + halves], axis=1) / factor
    kept = without_repeats(boxes, scores[usable], MOST_OVERLAP)
    return boxes[kept], scores[usable][kept]


def _cells(side: int) -> tuple[np.ndarray, np.ndarray]:
    """The corner of each cell, x and y, in cells: (cells, 2); its stride: (cells, 1)."""
    corners, strides = [], []
    for stride in STRIDES:
        count = side // stride
        rows, columns = np.divmod(np.arange(count * count), count)
        corners.append(np.stack([columns, rows], axis=1))
        strides.append(np.full((count * count, 1), float(stride)))
    return np.concatenate(corners), np.concatenate(strides)
