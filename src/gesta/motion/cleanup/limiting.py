"""Joints back within what people's joints can do (`gesta.motion.limits`), softly in time.

A turn beyond its range is taken back by what it is beyond. The frames before and after give a little as well, so the
joint slows down before it stops; frames far from any excess stay as they are.
"""

import numpy as np

from gesta.motion.cleanup.easing import eased
from gesta.motion.limits import limits, swing_and_twist
from gesta.motion.rotations import matrix_from_axis_angle
from gesta.records import Motion

REACH = 4
MARGIN_DEG = 0.05
"""A joint comes back this far within its range, so that rounding does not put it out again."""


def within_limits(motion: Motion) -> Motion:
    """The motion with every joint within its limits."""
    rotations = limited(motion.rotations, REACH)
    return motion if rotations is motion.rotations else motion.replaced(rotations=rotations)


def limited(rotations: np.ndarray, reach: int = 0, joints: np.ndarray | None = None) -> np.ndarray:
    """Local rotations (T, 55, 3, 3) within the limits.

    Args:
        rotations: local rotations; the same array comes back if all are within.
        reach: frames before and after an excess that give as well.
        joints: (n,) indices of those that are looked at; all if not given.
    """
    table = limits()
    angles = swing_and_twist(rotations)
    low, high = table.low + MARGIN_DEG, table.high - MARGIN_DEG
    beyond = (angles < table.low) | (angles > table.high)
    if joints is not None:
        beyond &= np.isin(table.joints, joints)[:, None]
    rows = np.flatnonzero(beyond.any(axis=(0, 2)))
    if len(rows) == 0:
        return rotations
    angles = angles[:, rows]
    under, over = np.maximum(low[rows] - angles, 0.0), np.maximum(angles - high[rows], 0.0)
    # Angles that are merely near a limit give nothing, or good motion would change.
    under[~beyond[:, rows]], over[~beyond[:, rows]] = 0.0, 0.0
    if reach:
        under, over = eased(under, reach), eased(over, reach)
    frames, columns = np.nonzero((under > 0.0).any(axis=2) | (over > 0.0).any(axis=2))
    kept = np.clip(angles + under - over, low[rows], high[rows])[frames, columns]
    result = np.array(rotations)
    result[frames, table.joints[rows[columns]]] = _rotation(kept, rows[columns])
    return result


def _rotation(angles: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The inverse of `limits.swing_and_twist` for rows of its table: (N, 3) degrees to (N, 3, 3)."""
    table = limits()
    twist = np.zeros_like(angles)
    at = np.arange(len(rows))
    twist[at, table.twist[rows]] = angles[at, table.twist[rows]]
    to_skeleton = table.frames[rows]
    swing_vector, twist_vector = (np.einsum("nij,ni->nj", to_skeleton, part) for part in (angles - twist, twist))
    return matrix_from_axis_angle(np.radians(swing_vector)) @ matrix_from_axis_angle(np.radians(twist_vector))
