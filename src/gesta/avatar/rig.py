"""The joints that carry the surface: the skeleton's 55, and helpers that spread twists along the arms.

A helper is a child of a joint of the skeleton, and turns by a share of the twist of another one: without it the skin
of a forearm would wring at the wrist.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gesta.avatar.info import HelperInfo
from gesta.motion.kinematics import Pose, forward
from gesta.motion.skeleton import Skeleton, skeleton


def twist_angle(rotations: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """How far rotations turn about an axis, when what tilts the axis is taken off: (...) radians in -pi to pi.

    The twist of the swing-twist decomposition: with the unit quaternion (w, v), twice atan2(v . axis, w).

    Args:
        rotations: (..., 3, 3).
        axis: (3,) unit vector.
    """
    twice_sine = np.stack(
        [
            rotations[..., 2, 1] - rotations[..., 1, 2],
            rotations[..., 0, 2] - rotations[..., 2, 0],
            rotations[..., 1, 0] - rotations[..., 0, 1],
        ],
        axis=-1,
    )
    # Both are the quaternion's parts times 4 w, which is never below zero.
    along = twice_sine @ np.asarray(axis, rotations.dtype)
    upright = np.maximum(1.0 + np.trace(rotations, axis1=-2, axis2=-1), 0.0)
    return 2.0 * np.arctan2(along, upright)


def axis_rotations(angles: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """Matrices (..., 3, 3) that turn by angles (...) in radians about a unit vector (3,): Rodrigues' formula."""
    x, y, z = np.asarray(axis, angles.dtype)
    cross = np.array(((0.0, -z, y), (z, 0.0, -x), (-y, x, 0.0)), angles.dtype)
    sine, turned = np.sin(angles)[..., None, None], (1.0 - np.cos(angles))[..., None, None]
    return np.eye(3, dtype=angles.dtype) + sine * cross + turned * (cross @ cross)


@dataclass(frozen=True)
class Rig:
    """The skeleton's joints and then the helpers: J + H joints.

    Attributes:
        helpers: what turns the helpers.
    """

    helpers: Sequence[HelperInfo] = ()

    @cached_property
    def bones(self) -> Skeleton:
        """All joints as one skeleton."""
        bones = skeleton()
        rest = bones.rest_positions()
        above = [bones.index(helper.parent) for helper in self.helpers]
        offsets = [np.array(helper.position) - rest[parent] for helper, parent in zip(self.helpers, above, strict=True)]
        names = bones.names + tuple(helper.name for helper in self.helpers)
        return Skeleton(names, (*bones.parents, *above), np.array([*bones.offsets, *offsets]), bones.soles)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the J + H joints."""
        return self.bones.names

    @property
    def parents(self) -> tuple[int, ...]:
        """Indices of the parents of the J + H joints, -1 for the root."""
        return self.bones.parents

    @cached_property
    def rest_positions(self) -> np.ndarray:
        """(J + H, 3) float32 metres."""
        return self.bones.rest_positions().astype(np.float32)

    def local(self, rotations: np.ndarray) -> np.ndarray:
        """Local rotations of all joints: (T, J, 3, 3) of the skeleton's to (T, J + H, 3, 3)."""
        bones = skeleton()
        turns = np.empty((len(rotations), len(self.names), 3, 3), rotations.dtype)
        turns[:, : len(bones.names)] = rotations
        for index, helper in enumerate(self.helpers, start=len(bones.names)):
            axis = np.array(helper.axis)
            angle = twist_angle(rotations[:, bones.index(helper.source)], axis)
            turns[:, index] = axis_rotations(helper.share * angle, axis)
        return turns

    def pose(self, rotations: np.ndarray, translation: np.ndarray) -> Pose:
        """Where all J + H joints are: rotations (T, J, 3, 3) local, translation (T, 3) metres."""
        return forward(self.local(rotations), translation, self.bones)
