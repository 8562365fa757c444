"""Joint rotations as rows of numbers that can be filtered: unit quaternions without changes of sign."""

import numpy as np

from gesta.motion.rotations import matrix_from_quaternion, quaternion_from_matrix

DEGREES_PER_UNIT = float(np.degrees(2.0))
"""Turn in degrees for each unit of a small difference of two quaternions."""


def continuous(rotations: np.ndarray) -> np.ndarray:
    """(T, J, 3, 3) rotations as (T, J, 4) quaternions, of which none has turned its sign since the frame before."""
    unit = quaternion_from_matrix(np.asarray(rotations, dtype=np.float64))
    turned = np.where(np.sum(unit[1:] * unit[:-1], axis=-1, keepdims=True) < 0.0, -1.0, 1.0)
    unit[1:] *= np.cumprod(turned, axis=0)
    return unit


def rebuilt(rotations: np.ndarray, quaternions: np.ndarray, changed: np.ndarray) -> np.ndarray:
    """(T, J, 3, 3) rotations with those that `changed` (T, J) names taken from (T, J, 4) quaternions of any length."""
    if not changed.any():
        return rotations
    result = np.array(rotations)
    result[changed] = matrix_from_quaternion(quaternions[changed])
    return result
