"""Numbers from a file, made into keypoints if they can be."""

from pathlib import Path

import numpy as np

from gesta.errors import InputError
from gesta.records import Keypoints

FORMAT_VERSION = 1
"""Of both kinds of files that gesta writes."""
LARGEST_SIDE_PX = 65_535
LOWEST_FPS, HIGHEST_FPS = 1.0, 240.0
MAXIMUM_DURATION_S = 6 * 3600


def check_extent(path: Path, frames: int, fps: float) -> None:
    """Raise InputError unless a file's frame rate and number of frames are ones that keypoints have."""
    if not LOWEST_FPS <= fps <= HIGHEST_FPS:
        raise InputError(f"Cannot read {path}: its frame rate is {fps:g}, but must be 1 to {HIGHEST_FPS:g}.")
    if not 1 <= frames <= MAXIMUM_DURATION_S * fps:
        raise InputError(f"Cannot read {path}: it has {frames} frames, but must have 1 frame to six hours.")


def checked_keypoints(path: Path, points: np.ndarray, scores: np.ndarray, size: np.ndarray, fps: float) -> Keypoints:
    """Keypoints from the numbers in a file; scores are cut to 0..1.

    Args:
        path: the file, for the sentence of an error.
        points: (F, 134, 2) pixels.
        scores: (F, 134).
        size: (2,) width and height of the picture.
        fps: frames a second.

    Raises:
        InputError: some number is not finite, or no picture has this size.
    """
    check_extent(path, len(points), fps)
    # Comparing finds what is not finite, too.
    if size.shape != (2,) or size.dtype.kind not in "fiu" or not ((size >= 1) & (size <= LARGEST_SIDE_PX)).all():
        raise InputError(f"Cannot read {path}: its 'size' must be a width and a height of 1 to {LARGEST_SIDE_PX}.")
    width, height = (round(float(side)) for side in size)
    try:
        return Keypoints(points, np.clip(scores, 0.0, 1.0), (width, height), fps)
    except ValueError as error:
        raise InputError(f"Cannot read {path}: {error}.") from error
