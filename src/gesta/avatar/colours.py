"""Colours as files and people write them, and as light adds up."""

import numpy as np
from numpy.typing import ArrayLike


def linear_from_srgb(colour: ArrayLike) -> np.ndarray:
    """Screen colours (..., 3), 0 to 255, as linear light, 0 to 1: (..., 3) float32, by IEC 61966-2-1."""
    value = np.asarray(colour, np.float64) / 255.0
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4).astype(np.float32)
