"""How much head and spine turn, each against what carries it."""

from dataclasses import dataclass

import numpy as np

from gesta.motion.rotations import euler_from_matrix

EULER_ORDER = "XYZ"
"""Intrinsic: X pitch, Y yaw, Z roll."""


@dataclass(frozen=True)
class Spread:
    """Standard deviations of intrinsic XYZ Euler angles, degrees."""

    pitch: float
    yaw: float
    roll: float


def relative_angles(rotations: np.ndarray, base: np.ndarray) -> np.ndarray:
    """Angles of one joint in another one's frame.

    Args:
        rotations: (T, 3, 3) global rotations.
        base: (T, 3, 3) global rotations of the joint that carries it.

    Returns:
        (T, 3) pitch, yaw, roll in degrees; each is unwrapped, so that a turn past 180 degrees does not jump.
    """
    angles = euler_from_matrix(EULER_ORDER, np.swapaxes(base, -1, -2) @ rotations)
    return np.degrees(np.unwrap(np.asarray(angles, dtype=np.float64), axis=0))


def spread(angles: np.ndarray) -> Spread:
    """Standard deviations of (T, 3) angles."""
    return Spread(*(float(value) for value in angles.std(axis=0)))
