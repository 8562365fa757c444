"""Keypoints at another frame rate."""

import numpy as np

from gesta.keypoints.layout import VISIBLE
from gesta.records import Keypoints


def resampled(keypoints: Keypoints, fps: float) -> Keypoints:
    """Keypoints at another frame rate, for example 24 to 25; as long as before, to the nearest frame.

    Points go in straight lines between frames. A point that is visible in only one of the two frames round a moment
    stays where it was seen, since its other position means nothing. Frames past the last one repeat it.

    Args:
        keypoints: F frames at their own rate.
        fps: frames a second wanted.
    """
    if fps == keypoints.fps:
        return keypoints
    count = max(1, round(keypoints.frame_count * fps / keypoints.fps))
    places = np.minimum(np.arange(count) * (keypoints.fps / fps), keypoints.frame_count - 1)
    before = places.astype(np.int64)
    after = np.minimum(before + 1, keypoints.frame_count - 1)
    share = (places - before).astype(np.float32)[:, None]
    scores = keypoints.scores[before] * (1.0 - share) + keypoints.scores[after] * share
    seen_before, seen_after = keypoints.scores[before] >= VISIBLE, keypoints.scores[after] >= VISIBLE
    towards = np.where(seen_before == seen_after, share, seen_after)[..., None]
    points = keypoints.points[before] * (1.0 - towards) + keypoints.points[after] * towards
    return Keypoints(points, scores, keypoints.size, fps)
