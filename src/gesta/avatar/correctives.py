"""Corrective shapes: what mends the surface in poses where joints alone would make it collapse.

A shape acts where the bone of its joint points near a given direction, in the frame of the joint's parent: fully at
that direction, less and less within a cone round it, not at all outside.
"""

from collections.abc import Sequence

import numpy as np

from gesta.avatar.info import CorrectiveInfo
from gesta.motion.skeleton import skeleton


def bone_direction(joint: str) -> np.ndarray:
    """(3,) unit vector from a joint to its first child at rest; up for a joint that has none."""
    bones = skeleton()
    children = bones.children(joint)
    along = bones.offsets[bones.index(children[0])] if children else np.array((0.0, 1.0, 0.0))
    return along / np.linalg.norm(along)


def corrective_weights(rules: Sequence[CorrectiveInfo], rotations: np.ndarray) -> np.ndarray:
    """How much each of C correctives acts: (T, C) float32, 0 to 1.

    Args:
        rules: when they act.
        rotations: (T, 55, 3, 3) local rotations.
    """
    bones = skeleton()
    weights = np.empty((len(rotations), len(rules)), np.float32)
    for index, rule in enumerate(rules):
        points = rotations[:, bones.index(rule.joint)] @ bone_direction(rule.joint).astype(rotations.dtype)
        away = np.arccos(np.clip(points @ np.array(rule.direction, rotations.dtype), -1.0, 1.0))
        near = np.clip(1.0 - away / np.radians(rule.reach_deg), 0.0, 1.0)
        weights[:, index] = near * near * (3.0 - 2.0 * near)
    return weights
