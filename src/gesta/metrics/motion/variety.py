"""Variety within a take: how different the movements of a speaker's hands are, and how nearly they are repeated.

The paths of both wrists in the pelvis' frame are cut into windows of 1 s, half overlapping; those count in which a
wrist goes 0.2 m or more. The distance of two windows is the root mean square over time and wrists of the distance
between the places. So that takes with more movement do not seem to repeat themselves more, the same number of windows
is compared in every take, spread evenly over those that count; windows that begin less than 2 s apart are not compared.
"""

from dataclasses import dataclass

import numpy as np

from gesta.units import MOTION_FPS

WINDOW_FRAMES, HOP_FRAMES = MOTION_FPS, MOTION_FPS // 2
LEAST_PATH_M = 0.2
COMPARED = 24
"""Windows compared in each take."""
APART_FRAMES = 2 * MOTION_FPS
"""Windows that begin closer to each other are not compared."""


@dataclass(frozen=True)
class Variety:
    """How different the movements of a take are.

    Attributes:
        apart_m: median distance between two of its windows.
        nearest_m: median distance of a window to the one most like it: how nearly movements are repeated.
    """

    apart_m: float
    nearest_m: float


def variety(wrists: np.ndarray) -> Variety | None:
    """Variety of (T, 2, 3) wrists in the pelvis' frame, metres; None where fewer than COMPARED windows count."""
    starts = np.arange(0, len(wrists) - WINDOW_FRAMES + 1, HOP_FRAMES)
    windows = np.array([wrists[start : start + WINDOW_FRAMES] for start in starts])
    if len(windows) < COMPARED:
        return None
    paths = np.linalg.norm(np.diff(windows, axis=1), axis=-1).sum(axis=1).max(axis=1)
    moving = np.flatnonzero(paths >= LEAST_PATH_M)
    if len(moving) < COMPARED:
        return None
    chosen = moving[np.linspace(0, len(moving) - 1, COMPARED).astype(int)]
    flat = windows[chosen].reshape(COMPARED, -1)
    places = WINDOW_FRAMES * wrists.shape[1]
    distance = np.linalg.norm(flat[:, None] - flat[None], axis=-1) / np.sqrt(places)
    compared = np.abs(starts[chosen][:, None] - starts[chosen][None]) >= APART_FRAMES
    nearest = np.where(compared, distance, np.inf).min(axis=1)
    return Variety(float(np.median(distance[compared])), float(np.median(nearest)))
