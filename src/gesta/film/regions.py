"""A film of what the video network is shown: the drawn poses, with the regions that listen to the speech tinted."""

from collections.abc import Iterator

import numpy as np

from gesta.film.points import keypoints_in
from gesta.keypoints.canvas import Canvas
from gesta.keypoints.drawing import draw_poses
from gesta.keypoints.masks import region_pictures

TINTS = {"hands": (60, 90, 40), "face": (40, 60, 110), "lip": (120, 40, 40)}
"""What is added where a region is, red first; the lips lie in the face."""
FRAMES_AT_ONCE = 16


def region_frames(rows: np.ndarray, canvas: Canvas) -> Iterator[np.ndarray]:
    """The pictures of that film, as (n, H, W, 3) uint8 stretches.

    Args:
        rows: (F, 402) keypoints on the canvas of 512 pixels, as in `gesta.film.points`.
        canvas: that canvas; the film shows what of it is the picture.
    """
    for start in range(0, len(rows), FRAMES_AT_ONCE):
        for keypoints in keypoints_in(rows[start : start + FRAMES_AT_ONCE]):
            pictures = draw_poses(keypoints, keypoints.size).astype(np.uint16)
            for region, mask in region_pictures(keypoints, tuple(TINTS)).items():
                pictures += (mask > 0)[..., None] * np.array(TINTS[region], np.uint16)
            yield np.ascontiguousarray(canvas.cut(np.minimum(pictures, 255).astype(np.uint8)))
