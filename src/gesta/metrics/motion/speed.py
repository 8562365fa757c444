"""How fast points and joints move, and the peaks of their speed."""

import numpy as np
from scipy import ndimage, signal

from gesta.motion.rotations import angle_between
from gesta.units import MOTION_FPS

SMOOTHING_FRAMES = 1.0
"""Sigma of the Gaussian that smooths every speed, in frames."""
PEAK_SPEED_M_S = 0.5
"""A peak of wrist speed counts when it is higher than this."""
PEAK_DISTANCE_FRAMES = 8
"""Peaks of wrist speed are at least this many frames apart."""
LEVELS = (25, 50, 75, 95, 99)
"""Percentiles of wrist speed that are reported."""
HEAD_LEVELS = (50, 95)
"""Percentiles of head speed that are reported."""

SECONDS_PER_MINUTE = 60.0


def raw_point_speed(positions: np.ndarray) -> np.ndarray:
    """Speed between successive frames of a point: (T, 3) metres to (T - 1,) metres a second."""
    return np.linalg.norm(np.diff(np.asarray(positions, dtype=np.float64), axis=0), axis=-1) * MOTION_FPS


def point_speed(positions: np.ndarray) -> np.ndarray:
    """Smoothed speed V of a point: (T, 3) metres to (T - 1,) metres a second; value i is between frames i and i + 1."""
    return smoothed(raw_point_speed(positions))


def angular_speed(rotations: np.ndarray) -> np.ndarray:
    """Angle between successive rotations: (T, ..., 3, 3) to (T - 1, ...) degrees a second, not smoothed."""
    return np.degrees(angle_between(rotations[:-1], rotations[1:])) * MOTION_FPS


def smoothed(speed: np.ndarray) -> np.ndarray:
    """(T,) speeds through the Gaussian of SMOOTHING_FRAMES; the ends are mirrored."""
    return ndimage.gaussian_filter1d(speed, SMOOTHING_FRAMES) if len(speed) else speed


def peaks_per_minute(speed: np.ndarray) -> float | None:
    """Peaks of a (T - 1,) wrist speed over PEAK_SPEED_M_S for each minute of the T frames; None if it is empty."""
    if len(speed) == 0:
        return None
    peaks, _ = signal.find_peaks(speed, height=PEAK_SPEED_M_S, distance=PEAK_DISTANCE_FRAMES)
    return len(peaks) * SECONDS_PER_MINUTE * MOTION_FPS / (len(speed) + 1)
