"""A motion's pose for the person in the picture: how the motion leaves its own rest is put on the picture's pose.

Trunk, head, hands and fingers turn by their deviation from the motion's resting pose, eased towards limits. Wrists go
as far as the motion's wrists go from their resting place, seen from the chest: elbows follow by inverse kinematics and
stay on the side where the picture has them, so an arm that the picture shows raised gestures about where it is.

T frames.
"""

from collections.abc import Sequence

import numpy as np

from gesta.film.puppet.body import PicturedBody
from gesta.film.puppet.limits import (
    FINGER_DEG,
    FINGER_SHARE,
    HEAD_DEG,
    TURNS_DEG,
    eased_steps,
    eased_turns,
)
from gesta.motion.cleanup.two_bones import LIMBS, Limb, unit
from gesta.motion.kinematics import Pose, forward
from gesta.motion.rotations import (
    axis_angle_from_matrix,
    matrix_from_axis_angle,
    matrix_from_quaternion,
    quaternion_from_matrix,
)
from gesta.motion.skeleton import skeleton

CHEST = "spine3"
SIDES = ("left", "right")
SIDEWAYS_M = 0.22
"""A forearm that looks so long is seen from the side."""


class Rest:
    """The resting pose of a motion, about which it moves.

    Args:
        rotations: (T, 55, 3, 3) local rotations of its beginning.
    """

    def __init__(self, rotations: np.ndarray) -> None:
        quaternions = quaternion_from_matrix(np.asarray(rotations, np.float64))
        # The same turn has two quaternions: take those on the side of the first frame's.
        flipped = np.sum(quaternions * quaternions[:1], axis=-1, keepdims=True) < 0.0
        middle = np.median(np.where(flipped, -quaternions, quaternions), axis=0)
        self.local = matrix_from_quaternion(middle)
        self.wrists = np.median(wrists_from_chest(rotations), axis=0)


def wrists_from_chest(rotations: np.ndarray) -> np.ndarray:
    """Where the wrists of our body are, seen from its chest: (T, 55, 3, 3) local rotations to (T, 2, 3) metres."""
    pose = forward(np.asarray(rotations, np.float64), np.zeros((len(rotations), 3)))
    return _from_chest(pose)


def _from_chest(pose: Pose) -> np.ndarray:
    bones = skeleton()
    chest, wrists = bones.index(CHEST), bones.indices(f"{side}_wrist" for side in SIDES)
    away = pose.positions[:, wrists] - pose.positions[:, chest, None]
    found: np.ndarray = np.einsum("tba,twb->twa", pose.rotations[:, chest], away)
    return found


class Transfer:
    """Poses for one picture.

    Args:
        body: the person.
        moving: the sides whose hands are seen; the other arms stay where they are.
    """

    def __init__(self, body: PicturedBody, moving: Sequence[str] = SIDES) -> None:
        self._body = body
        self._local = np.asarray(body.local, np.float64)
        self._moving = tuple(moving)
        bones = skeleton()
        self._turning = []
        for joint, name in enumerate(bones.names):
            side, _, rest = name.partition("_")
            if side not in SIDES:
                rest = name
            elif side not in self._moving:
                continue
            if rest in TURNS_DEG:
                self._turning.append((joint, np.array(TURNS_DEG[rest])))
        self._fingers = [
            joint
            for joint, name in enumerate(bones.names)
            if name[-1].isdigit() and name.partition("_")[0] in self._moving
        ]
        self.wrists = _from_chest(body.pose(body.local[None].astype(np.float64)))[0]

    def __call__(self, rotations: np.ndarray, rest: Rest) -> np.ndarray:
        """The person's poses (T, 55, 3, 3) float32 for a motion's (T, 55, 3, 3)."""
        rotations = np.asarray(rotations, np.float64)
        away = np.swapaxes(rest.local, -1, -2) @ rotations
        pose = np.tile(self._local, (len(rotations), 1, 1, 1))
        for joint, most in self._turning:
            pose[:, joint] = pose[:, joint] @ eased_turns(away[:, joint], most)
        if self._fingers:
            bent = matrix_from_axis_angle(FINGER_SHARE * axis_angle_from_matrix(away[:, self._fingers]))
            pose[:, self._fingers] = pose[:, self._fingers] @ eased_turns(bent, FINGER_DEG)
        self._hold_head(pose)
        self.reach(pose, eased_steps(self.asked(rotations, rest)))
        return pose.astype(np.float32)

    def _hold_head(self, pose: np.ndarray) -> None:
        """Ease how far the head is turned in all, in place."""
        head = skeleton().index("head")
        before, now = self._body.pose(self._local[None]).rotations[0, head], self._body.pose(pose).rotations[:, head]
        turn = now @ before.T
        # now = parent @ local, so the local turn takes what the parent leaves of the wanted one.
        parent = now @ np.swapaxes(pose[:, head], -1, -2)
        pose[:, head] = np.swapaxes(parent, -1, -2) @ eased_turns(turn, np.array(HEAD_DEG)) @ before

    def asked(self, rotations: np.ndarray, rest: Rest) -> np.ndarray:
        """How far the motion's wrists are from their rest, seen from the chest: (T, 2, 3) metres."""
        found: np.ndarray = wrists_from_chest(rotations) - rest.wrists
        return found

    def kept(self, poses: np.ndarray) -> np.ndarray:
        """How far the person's wrists are from where the picture has them: (T, 2, 3) metres."""
        found: np.ndarray = _from_chest(self._body.pose(np.asarray(poses, np.float64))) - self.wrists
        return found

    def reach(self, pose: np.ndarray, steps: np.ndarray) -> None:
        """Bring the wrists by steps (T, 2, 3) from where the picture has them, metres seen from the chest; in place."""
        bones = skeleton()
        for side in self._moving:
            number = SIDES.index(side)
            now = self._body.pose(pose)
            chest = bones.index(CHEST)
            wanted = self.wrists[number] + steps[:, number]
            end = now.positions[:, chest] + np.einsum("tab,tb->ta", now.rotations[:, chest], wanted)
            limb = Limb.of(f"{side}_arm", now)
            joints = bones.indices(LIMBS[f"{side}_arm"][0])
            first = limb.reaching(end)
            pose[:, joints[:2]] = first[:, :2]
            bent = Limb.of(f"{side}_arm", self._body.pose(pose))
            reached = bent.swung(_swing(bent, _elbow(limb, end))).reaching(end)
            # The hand goes with the forearm and keeps its own turn of the wrist.
            pose[:, joints[:2]] = reached[:, :2]


def _elbow(limb: Limb, end: np.ndarray) -> np.ndarray:
    """Where an elbow should be, (T, 3), when the wrist is at `end`.

    A forearm that is seen from the side swings about an elbow that stays. One that points at the camera hides itself
    behind its hand: it must go with the hand, for what would come out is not in the picture.
    """
    forearm = limb.end - limb.middle
    share = np.clip(np.hypot(forearm[:, 0], forearm[:, 1]) / SIDEWAYS_M, 0.0, 1.0)[:, None]
    return share * limb.middle + (1.0 - share) * (end - forearm)


def _swing(limb: Limb, elbow: np.ndarray) -> np.ndarray:
    """By which angle (T,) about the line from shoulder to wrist an elbow comes nearest to where it was, (T, 3)."""
    axis = unit(limb.end - limb.start)
    now, before = (_across(axis, place - limb.start) for place in (limb.middle, elbow))
    return np.arctan2(np.einsum("ti,ti->t", axis, np.cross(now, before)), np.einsum("ti,ti->t", now, before))


def _across(axis: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    return vectors - np.einsum("ti,ti->t", axis, vectors)[:, None] * axis
