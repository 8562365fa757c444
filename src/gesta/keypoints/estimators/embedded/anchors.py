"""What the single-shot detectors of persons and palms say, turned into boxes with points.

Each cell of grids at strides 8, 16 and so on answers some times: with its box's centre, width and height and points,
all in pixels from the cell's middle, and a logit. Boxes that overlap are averaged, the surer counting more. Source:
BlazeFace (arXiv 1907.05047) and MediaPipe's graphs pose_detection and palm_detection.
"""

from dataclasses import dataclass

import numpy as np

from gesta.keypoints.estimators.boxes import overlap
from gesta.keypoints.estimators.embedded.networks import sigmoid

SAME = 0.3
"""Overlap from which two boxes are one thing."""


@dataclass(frozen=True)
class Detections:
    """Things found, surest first, in pixels.

    Attributes:
        boxes: (N, 4) left, top, right, bottom.
        points: (N, P, 2).
        scores: (N,) 0 to 1.
    """

    boxes: np.ndarray
    points: np.ndarray
    scores: np.ndarray

    def __len__(self) -> int:
        return len(self.scores)


def middles(side: int, answers: dict[int, int]) -> np.ndarray:
    """The middle of every answer's cell, in pixels of the square picture: (N, 2).

    Args:
        side: of the picture, pixels.
        answers: for each stride, finest first, how often each of its cells answers.
    """
    found = []
    for stride, times in answers.items():
        count = side // stride
        rows, columns = np.divmod(np.arange(count * count).repeat(times), count)
        found.append((np.stack([columns, rows], axis=1) + 0.5) * stride)
    return np.concatenate(found)


def detections(values: np.ndarray, logits: np.ndarray, cells: np.ndarray, least: float) -> Detections:
    """Read a detector's answers.

    Args:
        values: (N, 4 + 2 P) pixels from the cells' middles: box centre, width, height, points.
        logits: (N, 1).
        cells: (N, 2) from `middles`.
        least: what is less sure is left out.
    """
    scores = sigmoid(logits[:, 0])
    sure = (scores >= least) & np.isfinite(values).all(axis=1)
    order = np.flatnonzero(sure)[np.argsort(-scores[sure], kind="stable")]
    values, scores, cells = values[order], scores[order], cells[order]
    centres, halves = values[:, :2] + cells, values[:, 2:4] / 2.0
    boxes = np.concatenate([centres - halves, centres + halves], axis=1)
    points = values[:, 4:].reshape(len(values), (values.shape[1] - 4) // 2, 2) + cells[:, None]
    return _averaged(Detections(boxes, points, scores))


def _averaged(found: Detections) -> Detections:
    """Those that overlap the surest one become one with it, and so on with the rest."""
    waiting = np.arange(len(found))
    boxes, points, scores = [], [], []
    while len(waiting):
        same = overlap(found.boxes[waiting[0]], found.boxes[waiting]) > SAME
        same[0] = True
        group = waiting[same]
        shares = found.scores[group] / found.scores[group].sum()
        boxes.append(np.tensordot(shares, found.boxes[group], 1))
        points.append(np.tensordot(shares, found.points[group], 1))
        scores.append(found.scores[group[0]])
        waiting = waiting[~same]
    if not boxes:
        return found
    return Detections(np.array(boxes), np.array(points), np.array(scores))
