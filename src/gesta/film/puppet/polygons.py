"""Which pixels lie in a polygon."""

import numpy as np


def inside(corners: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Which points lie in a polygon (N, 2), as bool of their shape: crossings of its edges to one side are counted."""
    found = np.zeros(x.shape, bool)
    for first, second in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        crosses = (first[1] > y) != (second[1] > y)
        rise = second[1] - first[1]
        at = first[0] + (y - first[1]) * (second[0] - first[0]) / (rise if rise != 0.0 else 1.0)
        found ^= crosses & (x < at)
    return found
