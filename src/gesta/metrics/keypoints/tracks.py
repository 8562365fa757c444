"""Points through time without gaps, in metres of our own body, at the frame rate that measures of motion take.

F frames at 25 a second, T frames at 30, P points.
"""

from collections.abc import Sequence

import numpy as np
from scipy.interpolate import CubicSpline

from gesta.keypoints.layout import VISIBLE
from gesta.records import Keypoints
from gesta.units import MOTION_FPS


def filled(keypoints: Keypoints, points: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Some points where they are seen, and on straight lines between in gaps; before and after they stand.

    Returns:
        (F, P, 2) float64 pixels, and (P,) the share of frames in which each was seen; one never seen is at (0, 0).
    """
    seen = keypoints.scores[:, list(points)] >= VISIBLE
    places = keypoints.points[:, list(points)].astype(np.float64)
    frames = np.arange(len(places))
    for column in range(len(points)):
        known = np.flatnonzero(seen[:, column])
        for axis in range(2):
            there = places[known, column, axis]
            places[:, column, axis] = np.interp(frames, known, there) if len(known) else 0.0
    return places, seen.mean(axis=0)


def at_motion_rate(places: np.ndarray, fps: float) -> np.ndarray:
    """(F, P, 2) places at `fps` as (T, P, 2) at 30 a second, on a cubic curve through them.

    Straight lines would brake at every frame of the film, and braking is what is looked for.
    """
    count = max(1, round(len(places) * MOTION_FPS / fps))
    if len(places) < 2:
        return np.repeat(places, count, axis=0)
    times = np.minimum(np.arange(count) / MOTION_FPS, (len(places) - 1) / fps)
    return np.asarray(CubicSpline(np.arange(len(places)) / fps, places, axis=0)(times))
