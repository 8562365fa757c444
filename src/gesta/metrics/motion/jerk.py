"""Jerk: how abruptly a point's acceleration changes; high values are jitter, very low ones a lifeless glide."""

import numpy as np
from scipy import ndimage

from gesta.units import MOTION_FPS

SMOOTHING_FRAMES = 1.0
"""Sigma of the Gaussian over positions, in frames."""
LEVELS = (50, 95)
"""Percentiles of jerk that are reported."""
DIFFERENCES = 3
"""Jerk is the third derivative."""


def jerk(positions: np.ndarray) -> np.ndarray:
    """Jerk of a point: (T, 3) metres to (T - 3,) m/s^3, from the third difference of smoothed positions."""
    if len(positions) <= DIFFERENCES:
        return np.zeros(0)
    smooth = ndimage.gaussian_filter1d(np.asarray(positions, dtype=np.float64), SMOOTHING_FRAMES, axis=0)
    return np.linalg.norm(np.diff(smooth, DIFFERENCES, axis=0), axis=-1) * MOTION_FPS**DIFFERENCES
