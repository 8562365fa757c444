"""A body set on its feet: sole points are given their places, and legs and pelvis follow."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from gesta.motion.cleanup.easing import eased
from gesta.motion.cleanup.limiting import limited
from gesta.motion.cleanup.two_bones import LIMBS, Limb, shortest_turn
from gesta.motion.kinematics import Pose, forward
from gesta.motion.skeleton import skeleton
from gesta.records import Motion

SIDES = ("left", "right")
ANKLE_ROUNDS = 3
"""How often a leg is solved again after its ankle gave."""
SMALLEST_M = 1e-4
"""Frames in which nothing has farther to go than this stay as they are."""
STRETCH = 0.998
"""The pelvis comes down before a standing leg is straighter than this."""
REACH = 6
"""Frames before and after a leg would be too short over which the pelvis comes down and up again."""
LEAST_FREEDOM = 0.002
"""A held point counts so much more than one that is free as this is less than 1."""


@dataclass(frozen=True)
class Soles:
    """Where sole points are to be: T frames, four points.

    Attributes:
        shift: (T, 3) metres that the whole body is moved.
        field: (T, 4, 3) metres that each point is moved on top of that.
        weight: (T, 4) how firmly it is held there, 0 to 1.
    """

    shift: np.ndarray
    field: np.ndarray
    weight: np.ndarray

    @classmethod
    def none(cls, frames: int) -> Self:
        """Nothing is moved."""
        count = len(skeleton().soles)
        return cls(np.zeros((frames, 3)), np.zeros((frames, count, 3)), np.zeros((frames, count)))

    def longer(self, frames: int) -> Self:
        """The same with frames added in which nothing is moved."""
        more = self.none(frames - len(self.shift))
        return type(self)(*(np.concatenate([getattr(self, f.name), getattr(more, f.name)]) for f in fields(self)))

    def frames(self, chosen: slice) -> Self:
        """Some of the frames."""
        return type(self)(self.shift[chosen], self.field[chosen], self.weight[chosen])


def stand(motion: Motion, points: np.ndarray, soles: Soles) -> Motion:
    """The motion with its sole points where they are to be.

    Args:
        motion: T frames.
        points: (T, 4, 3) metres, where its sole points are.
        soles: how far they go.

    Returns:
        The motion with pelvis and legs moved, and contacts that say which points are held; each frame depends on
        those within REACH.
    """
    held = (soles.weight >= 1.0).astype(np.float32)
    pose = forward(motion.rotations.astype(np.float64), motion.translation.astype(np.float64))
    targets = points + soles.shift[:, None] + soles.field
    lowest = targets[..., 1].min(axis=1)
    # What is not held must not sink into the floor either.
    targets[..., 1] = np.where(targets[..., 1] < -SMALLEST_M, 0.0, targets[..., 1])
    feet = [_foot(number, pose, points, targets, soles.weight) for number in range(len(SIDES))]
    legs = [Limb.of(f"{side}_leg", pose) for side in SIDES]
    shift = soles.shift.copy()
    shift[:, 1] -= _lowering(legs, feet, soles)
    farthest = [np.abs(array).max(axis=tuple(range(1, array.ndim))) for array in (shift, soles.field)]
    moved: np.ndarray = np.flatnonzero(np.max([*farthest, -lowest], axis=0) > SMALLEST_M)
    if len(moved) == 0:
        return motion.replaced(contacts=held)
    rotations, translation = np.array(motion.rotations), np.array(motion.translation)
    translation[moved] += shift[moved].astype(np.float32)
    for leg, foot in zip(legs, feet, strict=True):
        _set_leg(rotations, moved, leg, foot, leg.start + shift)
    return motion.replaced(rotations=rotations, translation=translation, contacts=held)


@dataclass(frozen=True)
class Foot:
    """Where one foot is to be.

    Attributes:
        ankle: (T, 3) metres.
        turned: (T, 3, 3) global rotation.
        pivot: (T, 3) metres, its sole point that is held best.
        from_ankle: (T, 3) metres from the ankle to that point, in the foot's frame.
    """

    ankle: np.ndarray
    turned: np.ndarray
    pivot: np.ndarray
    from_ankle: np.ndarray


def _foot(number: int, pose: Pose, points: np.ndarray, targets: np.ndarray, weight: np.ndarray) -> Foot:
    """The left (0) or right (1) foot with its sole points (T, 4, 3) brought from where they are to where they go."""
    heel, toe = 2 * number, 2 * number + 1
    soles = skeleton().soles
    turn = shortest_turn(points[:, toe] - points[:, heel], targets[:, toe] - targets[:, heel])
    turned = turn @ pose.rotations[:, skeleton().index(soles[heel].joint)]
    from_points = [targets[:, point] - turned @ soles[point].offset for point in (heel, toe)]
    # The foot goes where its held point goes. Two held points agree with each other, so between them nothing jumps.
    freedom = 1.0 - weight + LEAST_FREEDOM
    share = freedom[:, [toe, heel]] / freedom[:, [heel, toe]].sum(axis=1, keepdims=True)
    better = np.where(weight[:, heel] > weight[:, toe], heel, toe)
    offsets = np.stack([sole.offset for sole in soles])
    ankle = share[:, :1] * from_points[0] + share[:, 1:] * from_points[1]
    return Foot(ankle, turned, targets[np.arange(len(targets)), better], offsets[better])


def _set_leg(rotations: np.ndarray, moved: np.ndarray, leg: Limb, foot: Foot, hip: np.ndarray) -> None:
    """Put a leg on its foot, in place, in the frames `moved`; an ankle that would bend too far turns the foot about its
    held point."""
    joints = np.array(skeleton().indices(LIMBS[leg.name][0]))
    ankle, turned = foot.ankle.copy(), foot.turned.copy()
    for _ in range(ANKLE_ROUNDS):
        local = leg.reaching(ankle, hip, turned)
        rotations[np.ix_(moved, joints)] = local[moved]
        now = rotations[moved]
        within = limited(now, joints=joints)
        if within is now:
            return
        rotations[moved] = within
        solved = rotations[:, joints].astype(np.float64)
        turned[moved] = (leg.parent @ solved[:, 0] @ solved[:, 1] @ solved[:, 2])[moved]
        ankle[moved] = (foot.pivot - np.einsum("tij,tj->ti", turned, foot.from_ankle))[moved]


def _lowering(legs: Sequence[Limb], feet: Sequence[Foot], soles: Soles) -> np.ndarray:
    """(T,) metres that the pelvis comes down so that no standing leg is too short."""
    needs = []
    for number, (leg, foot) in enumerate(zip(legs, feet, strict=True)):
        longest = STRETCH * leg.longest
        way = leg.start + soles.shift - foot.ankle
        over = way[:, 1] - np.sqrt(np.maximum(longest**2 - way[:, 0] ** 2 - way[:, 2] ** 2, 1e-6))
        needs.append(over * soles.weight[:, [2 * number, 2 * number + 1]].max(axis=1))
    return eased(np.maximum(np.max(needs, axis=0), 0.0), REACH)
