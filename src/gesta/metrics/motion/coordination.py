"""How the two hands go together."""

from dataclasses import dataclass

import numpy as np

from gesta.metrics.motion.speed import point_speed
from gesta.metrics.motion.summary import correlation

BUSY_SPEED_M_S = 0.3
"""A wrist faster than this is busy."""
MIRROR = np.array([-1.0, 1.0, 1.0])
"""What the left hand's velocity becomes when the body is mirrored in its middle plane."""


@dataclass(frozen=True)
class Coordination:
    """Two hands.

    Attributes:
        speed_r: correlation of the wrists' speeds at no delay; None where a wrist does not move.
        mirrored_velocity_r: correlation of the velocities in the pelvis' frame along its x (mirrored), y and z axes.
        both_share: share of time both wrists are over BUSY_SPEED_M_S against the pelvis.
        left_only_share: share of time the left one alone is.
        right_only_share: share of time the right one alone is.
    """

    speed_r: float | None
    mirrored_velocity_r: tuple[float | None, float | None, float | None]
    both_share: float
    left_only_share: float
    right_only_share: float


def coordination(wrist_speeds: np.ndarray, wrists_in_pelvis: np.ndarray) -> Coordination | None:
    """How two hands go together.

    Args:
        wrist_speeds: (2, T - 1) smoothed speeds of the left and the right wrist, m/s.
        wrists_in_pelvis: (T, 2, 3) their positions in the pelvis' frame, metres.

    Returns:
        None if there are no speeds.
    """
    if wrist_speeds.shape[1] == 0:
        return None
    # Against the pelvis, since a step makes both hands fast in the world.
    left, right = (point_speed(wrists_in_pelvis[:, side]) > BUSY_SPEED_M_S for side in range(2))
    velocity = np.diff(wrists_in_pelvis, axis=0)
    mirrored = velocity[:, 0] * MIRROR
    x, y, z = (correlation(mirrored[:, axis], velocity[:, 1, axis]) for axis in range(3))
    return Coordination(
        speed_r=correlation(wrist_speeds[0], wrist_speeds[1]),
        mirrored_velocity_r=(x, y, z),
        both_share=float(np.mean(left & right)),
        left_only_share=float(np.mean(left & ~right)),
        right_only_share=float(np.mean(right & ~left)),
    )
