"""Keypoints as the flat vectors that a network learns, and back: 134 x (x, y, score), interleaved.

MMGT (arXiv 2505.23120) turns a value v of a 512-pixel picture into 2 (v + 200) / 1000 - 1, scores included, so that
all scores lie within 0.002 of each other and a visible point differs from a hidden one by less than any network's
error. That is the score scale "as_published"; "own" leaves the coordinates as they are and maps the score to
2 s - 1.
"""

from typing import Literal

import numpy as np

from gesta.keypoints.layout import LEGS
from gesta.records import KEYPOINT_COUNT, Keypoints
from gesta.units import VIDEO_FPS

ScoreScale = Literal["as_published", "own"]
"""How scores are scaled; see this file's first lines."""

VALUES_PER_POINT = 3
VECTOR_SIZE = KEYPOINT_COUNT * VALUES_PER_POINT
"""Numbers in the vector of one frame: 402."""
VECTOR_SIDE = 512
"""The sides, in pixels, of the square picture whose points a vector holds."""
_OFFSET, _SPAN = 200.0, 1000.0


def columns(points: slice) -> slice:
    """The columns of a vector that hold consecutive points, for example `columns(GROUPS["face"])`."""
    return slice(points.start * VALUES_PER_POINT, points.stop * VALUES_PER_POINT)


def to_vectors(keypoints: Keypoints, score_scale: ScoreScale) -> np.ndarray:
    """The points of a 512-pixel square as vectors.

    Args:
        keypoints: of a picture of 512 x 512 pixels; others come there by `gesta.keypoints.canvas`.
        score_scale: "as_published" or "own".

    Returns:
        (F, 402) float32; points inside the picture have coordinates from -0.6 to 0.424.

    Raises:
        ValueError: the points are of a picture of another size.
    """
    if keypoints.size != (VECTOR_SIDE, VECTOR_SIDE):
        raise ValueError(f"vectors hold points of 512 x 512 pixels, not {keypoints.size[0]} x {keypoints.size[1]}")
    values = np.empty((keypoints.frame_count, KEYPOINT_COUNT, VALUES_PER_POINT), dtype=np.float32)
    values[..., :2] = _scaled(keypoints.points)
    values[..., 2] = _scaled(keypoints.scores) if score_scale == "as_published" else 2.0 * keypoints.scores - 1.0
    return values.reshape(-1, VECTOR_SIZE)


def from_vectors(vectors: np.ndarray, score_scale: ScoreScale, fps: float = VIDEO_FPS) -> Keypoints:
    """The points in vectors that `to_vectors` or a network made.

    Args:
        vectors: (F, 402).
        score_scale: the one the vectors were made with.
        fps: frames a second.

    Returns:
        Keypoints of a picture of 512 x 512 pixels, scores cut to 0..1.

    Raises:
        ValueError: the vectors have another shape or hold values that are not finite.
    """
    if vectors.ndim != 2 or vectors.shape[1] != VECTOR_SIZE:
        raise ValueError(f"vectors have shape {vectors.shape}, but (F, {VECTOR_SIZE}) is needed")
    values = np.asarray(vectors, dtype=np.float32).reshape(len(vectors), KEYPOINT_COUNT, VALUES_PER_POINT)
    scores = _unscaled(values[..., 2]) if score_scale == "as_published" else (values[..., 2] + 1.0) / 2.0
    return Keypoints(_unscaled(values[..., :2]), np.clip(scores, 0.0, 1.0), (VECTOR_SIDE, VECTOR_SIDE), fps)


def without_legs(keypoints: Keypoints) -> Keypoints:
    """Keypoints whose knees and ankles are absent: at (0, 0) with score 0, as MMGT draws them."""
    points, scores = keypoints.points.copy(), keypoints.scores.copy()
    points[:, LEGS] = 0.0
    scores[:, LEGS] = 0.0
    return keypoints.replaced(points=points, scores=scores)


def zeroed_legs(vectors: np.ndarray) -> np.ndarray:
    """(..., 402) vectors with zeros for knees and ankles: what MMGT's released code feeds as the initial pose.

    A zero in a vector is not an absent point, but one at 300 pixels: that is what the released network was given.
    """
    values = np.array(vectors).reshape(*vectors.shape[:-1], KEYPOINT_COUNT, VALUES_PER_POINT)
    values[..., LEGS, :] = 0.0
    return values.reshape(vectors.shape)


def _scaled(values: np.ndarray) -> np.ndarray:
    return 2.0 * (values + _OFFSET) / _SPAN - 1.0


def _unscaled(values: np.ndarray) -> np.ndarray:
    return (values + 1.0) / 2.0 * _SPAN - _OFFSET
