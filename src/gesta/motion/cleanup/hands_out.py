"""Hands out of the body and out of each other, elbows out of the trunk, and hands that rest together brought to touch.

Where a hand is in the belly, a thigh, the head, the other arm or the other hand, it is moved out by a short way that
the frames around agree on, as far along it as is needed; the hand stays turned as it was. An elbow in the trunk swings
outward about the line from shoulder to wrist. Both come and go over some frames. Hands that rest a little apart from
each other are brought together half way each.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import ndimage

from gesta.motion.cleanup.easing import eased, smoothed
from gesta.motion.cleanup.limiting import limited
from gesta.motion.cleanup.overlaps import SIDES, ArmOverlaps, Overlapping, Placed
from gesta.motion.cleanup.two_bones import LIMBS, Limb, unit
from gesta.motion.kinematics import Pose, forward
from gesta.motion.skeleton import skeleton
from gesta.records import Motion
from gesta.units import MOTION_FPS


class Softness(NamedTuple):
    """How a way out comes and goes, in frames.

    Attributes:
        reach, hold: see `easing.eased`.
        agreeing: the way out of a frame is one that is short in so many frames on either side, and turns no quicker.
    """

    reach: int
    hold: int
    agreeing: int


ALLOWED_M, ELBOW_ALLOWED_M = 0.003, 0.02
"""Skin gives so much at a hand; at an elbow that lies against the side."""
PASSES = (Softness(14, 6, 10), Softness(8, 4, 6), Softness(5, 2, 3), Softness(4, 2, 3))
"""The first way out is smooth; those that mend what it has left are quick."""
MIRRORS = {"left": np.array([1.0, 1.0, 1.0]), "right": np.array([-1.0, 1.0, 1.0])}
WAYS = np.array(
    [
        *([0, 1, 0], [0, 0, 1], [1, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0], [1, 1, 1]),
        *([-1, 0, 1], [-1, 1, 0], [-1, 1, 1], [0, -1, 1], [1, -1, 0]),
    ]
)
"""Ways out for the left hand that are tried: outward, up and forward of the pelvis. Never back, never straight down."""
PARTINGS = np.array(
    [
        *([1, 0, 0], [1, 1, 0], [1, -1, 0], [1, 0, 1], [1, 0, -1]),
        *([1, 2, 0], [1, -2, 0], [1, 0, 2], [1, 0, -2]),
    ]
)
"""Ways of the left hand out of the right one that are tried. No two are opposite, so one turns into another softly."""
DECIDED, DECIDED_M = 0.15, 0.004
"""A way out that is longer than the shortest one by this share of it, and this much, counts a third."""
FREE_SWING, MOST_SWING = np.radians(25.0), np.radians(45.0)
"""An elbow swings freely so far, and with growing reluctance up to the limit."""
LEAST_ARC_M = 0.05
"""An arm so straight that its elbow is this near to the line from shoulder to wrist does not swing."""
TOUCH_M, REST_M_S = 0.025, 0.08
"""Hands that are nearer to each other and both slower than this are meant to touch."""
TOUCH_FRAMES = 6
"""They must be so for twice as many frames, and come together over as many."""
REACH = 2 * TOUCH_FRAMES + 1 + sum(soft.reach + 2 * soft.agreeing for soft in PASSES)
SMALLEST_M = 1e-4
"""Frames in which hands have less far to go stay as they are."""


@dataclass(frozen=True)
class Change:
    """What an arm does differently: T frames.

    Attributes:
        way: (T, 3) metres that the wrist is moved.
        swing: (T,) radians that the elbow swings about the line from shoulder to wrist.
    """

    way: np.ndarray
    swing: np.ndarray

    def and_also(self, way: np.ndarray, swing: np.ndarray, soft: Softness) -> "Change":
        """The same with more: a way that is soft, and a swing that is to become so."""
        if not swing.any():
            return Change(self.way + way, self.swing)
        whole = self.swing + eased(swing, soft.reach, soft.hold)
        beyond = np.maximum(whole - FREE_SWING, 0.0)
        most = MOST_SWING - FREE_SWING
        return Change(self.way + way, np.minimum(whole, FREE_SWING) + most * np.tanh(beyond / most))


class HandsOut:
    """Moves hands and elbows out of the body.

    Args:
        overlaps: tells how deep they are in the body.
    """

    def __init__(self, overlaps: ArmOverlaps) -> None:
        self.overlaps = overlaps

    def change(self, motion: Motion) -> Motion:
        """The motion with its arms where arms can be; each frame depends on those within REACH."""
        pose = _pose(motion)
        rest = self.overlaps.place(pose)
        changes = {side: Change(way, np.zeros(len(way))) for side, way in self._together(pose, rest).items()}
        result = _changed(motion, pose, changes)
        for soft in PASSES:
            # A forearm does not go along as a whole, so the arms are solved before the next look.
            now = pose if result is motion else _pose(result)
            placed = rest if result is motion else self.overlaps.place(now)
            swings, ways = self._swings(now, placed), self._ways(placed, soft)
            if not any(change.any() for change in (*swings.values(), *ways.values())):
                break
            changes = {side: changes[side].and_also(ways[side], swings[side], soft) for side in SIDES}
            result = _changed(motion, pose, changes)
        return result

    def _ways(self, placed: Placed, soft: Softness) -> dict[str, np.ndarray]:
        """(T, 3) metres for each hand that bring it out of everything."""
        part = self._parted(placed, soft)
        ways = {"left": part, "right": -part}
        for side in SIDES:
            groups = self.overlaps.hands[side]
            there = placed.moved(groups.mine, ways[side]) if part.any() else placed
            ways[side] = ways[side] + self._out(groups, there, WAYS * MIRRORS[side], soft)
        return ways

    def _parted(self, placed: Placed, soft: Softness) -> np.ndarray:
        """(T, 3) metres that the left hand goes, and the right one against it, so that they are out of each other."""
        return 0.5 * self._out(self.overlaps.both, placed, PARTINGS, soft)

    def _out(self, groups: Overlapping, placed: Placed, ways: np.ndarray, soft: Softness) -> np.ndarray:
        """(T, 3) metres that bring a group of capsules out of another, by (K, 3) ways that are tried, of the pelvis."""
        deep = self.overlaps.gaps(groups, placed) < -ALLOWED_M
        if not deep.any():
            return np.zeros((len(deep), 3))
        tried = np.einsum("tij,kj->tki", placed.upright, unit(ways))
        metres = np.zeros(tried.shape[:2])
        metres[deep] = self.overlaps.exits(groups, placed.frames(deep), tried[deep], ALLOWED_M)
        chosen = unit(np.einsum("tk,tki->ti", _preference(metres, soft.agreeing), tried))
        direction = unit(smoothed(chosen, soft.agreeing))
        needed = np.zeros(len(deep))
        needed[deep] = self.overlaps.exits(groups, placed.frames(deep), direction[deep, None], ALLOWED_M)[:, 0]
        return eased(needed, soft.reach, soft.hold)[:, None] * direction

    def _swings(self, pose: Pose, placed: Placed) -> dict[str, np.ndarray]:
        """(T,) radians for each elbow that bring it out of the trunk."""
        swings = {}
        for side in SIDES:
            groups, swing = self.overlaps.elbows[side], np.zeros(len(placed.starts))
            deep = np.flatnonzero(self.overlaps.gaps(groups, placed) < -ELBOW_ALLOWED_M)
            if len(deep):
                arm = Limb.of(f"{side}_arm", Pose(pose.rotations[deep], pose.positions[deep]))
                outward, arc = _outward(arm, MIRRORS[side][0])
                metres = self.overlaps.exits(groups, placed.frames(deep), outward[:, None], ELBOW_ALLOWED_M)[:, 0]
                angle = np.minimum(metres / np.maximum(arc, LEAST_ARC_M), MOST_SWING)
                swing[deep] = np.where(arc > LEAST_ARC_M, angle, angle * arc / LEAST_ARC_M)
            swings[side] = swing
        return swings

    def _together(self, pose: Pose, placed: Placed) -> dict[str, np.ndarray]:
        """(T, 3) metres for each hand that bring hands that rest beside each other into touch."""
        away, gap = self.overlaps.apart(placed), self.overlaps.gaps(self.overlaps.both, placed, TOUCH_M)
        ways = {side: np.zeros_like(away) for side in SIDES}
        wrists = pose.positions[:, skeleton().indices(f"{side}_wrist" for side in SIDES)]
        steps = np.linalg.norm(np.diff(wrists, axis=0, prepend=wrists[:1]), axis=-1) * MOTION_FPS
        meant = (gap > 0.0) & (gap < TOUCH_M) & (steps < REST_M_S).all(axis=1)
        lasting = ndimage.minimum_filter1d(meant.astype(np.float64), 2 * TOUCH_FRAMES + 1, mode="nearest")
        if not lasting.any():
            return ways
        share = smoothed(lasting, TOUCH_FRAMES)
        half = 0.5 * share[:, None] * smoothed(np.where(meant, gap, 0.0)[:, None] * away, TOUCH_FRAMES)
        return {"left": -half, "right": half}


def _pose(motion: Motion) -> Pose:
    return forward(motion.rotations.astype(np.float64), motion.translation.astype(np.float64))


def _preference(metres: np.ndarray, agreeing: int) -> np.ndarray:
    """(T, K) weights of K ways that are (T, K) metres long: large for those that are short in the frames around."""
    around = smoothed(metres, agreeing)
    shortest = around.min(axis=1, keepdims=True)
    return np.exp((shortest - around) / (DECIDED * shortest + DECIDED_M))


def _outward(arm: Limb, sign: float) -> tuple[np.ndarray, np.ndarray]:
    """(T, 3) unit direction an elbow goes when it swings outward, and (T,) metres it is from what it swings about."""
    axis = unit(arm.end - arm.start)
    from_line = arm.middle - arm.start
    from_line = from_line - np.sum(from_line * axis, axis=-1, keepdims=True) * axis
    return sign * unit(np.cross(axis, from_line)), np.linalg.norm(from_line, axis=-1)


def _changed(motion: Motion, pose: Pose, changes: dict[str, Change]) -> Motion:
    """The motion with its arms changed."""
    rotations = None
    for side, change in changes.items():
        far = np.linalg.norm(change.way, axis=-1) + LEAST_ARC_M * change.swing
        moved = np.flatnonzero(far > SMALLEST_M)
        if len(moved) == 0:
            continue
        rotations = np.array(motion.rotations) if rotations is None else rotations
        name = f"{side}_arm"
        arm = Limb.of(name, Pose(pose.rotations[moved], pose.positions[moved])).swung(
            MIRRORS[side][0] * change.swing[moved]
        )
        joints = np.array(skeleton().indices(LIMBS[name][0]))
        rotations[np.ix_(moved, joints)] = arm.reaching(arm.end + change.way[moved])
        # A wrist that would have to bend too far gives.
        rotations[moved] = limited(rotations[moved], joints=joints)
    return motion if rotations is None else motion.replaced(rotations=rotations)
