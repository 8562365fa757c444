"""The points of a clip as rows of its file: x, y and score of each, on a canvas of 512 x 512."""

from contextlib import closing
from pathlib import Path

import numpy as np

from gesta.data.rows import GrowingRows
from gesta.keypoints.canvas import canvas_for
from gesta.keypoints.vectors import VALUES_PER_POINT, VECTOR_SIDE, VECTOR_SIZE
from gesta.records import KEYPOINT_COUNT, Keypoints
from gesta.units import VIDEO_FPS
from gesta.writing import replacing


def on_canvas(keypoints: Keypoints) -> Keypoints:
    """Points in pixels of a clip's pictures as they lie on the canvas."""
    return canvas_for(keypoints.size, VECTOR_SIDE).to_canvas(keypoints)


def write_points(path: Path, keypoints: Keypoints) -> None:
    """Write points on the canvas, a row for each frame.

    Raises:
        OutputError: the file cannot be written.
    """
    with replacing(path) as beside, closing(GrowingRows(beside, VECTOR_SIZE)) as file:
        file.append([point_rows(keypoints)])


def point_rows(keypoints: Keypoints) -> np.ndarray:
    """Keypoints as the rows of a points file: (F, 402) float32, x, y and score of each point."""
    return np.concatenate([keypoints.points, keypoints.scores[..., None]], axis=2).reshape(-1, VECTOR_SIZE)


def rows_points(rows: np.ndarray, size: tuple[int, int] = (VECTOR_SIDE, VECTOR_SIDE)) -> Keypoints:
    """The keypoints in rows of a points file; on a canvas of 512 x 512 if no other size is given."""
    values = np.asarray(rows).reshape(-1, KEYPOINT_COUNT, VALUES_PER_POINT)
    return Keypoints(values[..., :2], values[..., 2], size, VIDEO_FPS)
