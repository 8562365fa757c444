"""How high the hands are held: 0 at the hips, 1 at the shoulders."""

import numpy as np

LEVELS = (5, 50, 95)
"""Percentiles of height that are reported."""
MINIMUM_TRUNK_M = 0.05
"""Frames in which the shoulders are closer in height to the hips than this (lying down) have no such height."""


def relative_height(wrist: np.ndarray, hips: np.ndarray, shoulders: np.ndarray) -> np.ndarray:
    """Height of a wrist between hips and shoulders, along y.

    Args:
        wrist: (T, 3) metres.
        hips: (T, 2, 3) both hips.
        shoulders: (T, 2, 3) both shoulders.

    Returns:
        (N,) with 0 at the hips' mean height and 1 at the shoulders', N <= T: frames without a trunk are left out.
    """
    bottom, top = hips[..., 1].mean(axis=1), shoulders[..., 1].mean(axis=1)
    trunk = top - bottom
    upright = np.abs(trunk) >= MINIMUM_TRUNK_M
    return (wrist[upright, 1] - bottom[upright]) / trunk[upright]
