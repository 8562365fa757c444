"""Hands out of the body and out of each other, and hands that rest together brought to touch.

Where a hand is in the belly, a thigh, the head, the other arm or the other hand, it is moved the short way out; the
elbow keeps the side it is on and the hand the way it is turned. The movement comes and goes over some frames. Hands
that rest a little apart from each other are brought together half way each.
"""

import numpy as np
from scipy import ndimage

from gesta.motion.cleanup.easing import eased, smoothed
from gesta.motion.cleanup.limiting import limited
from gesta.motion.cleanup.overlaps import SIDES, HandOverlaps, Placed
from gesta.motion.cleanup.two_bones import LIMBS, Limb
from gesta.motion.kinematics import Pose, forward
from gesta.motion.skeleton import skeleton
from gesta.records import Motion
from gesta.units import MOTION_FPS

ALLOWED_M = 0.003
"""Skin gives so much."""
PASSES = ((9, 3), (6, 3), (4, 2))
"""Reach and hold (see `easing.eased`) of the way out, which is smooth, and of those that mend what it has left, which
are quick."""
LOOKS = 3
"""How often a hand that had to move is looked at again."""
ROUNDS = 12
"""How often the deepest of several obstacles is left before a way out of all is taken as found."""
TOUCH_M, REST_M_S = 0.025, 0.08
"""Hands that are nearer to each other and both slower than this are meant to touch."""
TOUCH_FRAMES = 6
"""They must be so for twice as many frames, and come together over as many."""
FARTHEST_M, GIVE_UP_FRAMES = 0.2, 10
"""Hands that would have to go farther are left as they are, and so, more and more, in this many frames around."""
REACH = 2 * TOUCH_FRAMES + 1 + sum(reach for reach, _ in PASSES) + GIVE_UP_FRAMES
SMALLEST_M = 1e-4
"""Frames in which hands have less far to go stay as they are."""


class HandsOut:
    """Moves hands out of the body.

    Args:
        overlaps: tells how deep hands are in the body.
    """

    def __init__(self, overlaps: HandOverlaps) -> None:
        self.overlaps = overlaps

    def change(self, motion: Motion) -> Motion:
        """The motion with its hands where hands can be; each frame depends on those within REACH."""
        pose = _pose(motion)
        rest = self.overlaps.place(pose)
        ways = self._together(pose, rest)
        result = _reached(motion, pose, ways)
        for reach, hold in PASSES:
            # A forearm does not go along as a whole, so the arms are solved before the next look.
            now = rest if result is motion else self.overlaps.place(_pose(result))
            out = self._out(now)
            if not any(way.any() for way in out.values()):
                break
            ways = {side: ways[side] + _softly(out[side], reach, hold) for side in SIDES}
            result = _reached(motion, pose, ways)
        lost = np.max([np.linalg.norm(way, axis=-1) > FARTHEST_M for way in ways.values()], axis=0)
        if not lost.any():
            return result
        # Between a lap and the other hand there may be no way out; looking for one would throw the hands about.
        kept = 1.0 - eased(lost.astype(np.float64), GIVE_UP_FRAMES)
        return _reached(motion, pose, {side: kept[:, None] * way for side, way in ways.items()})

    def _displaced(self, placed: Placed, ways: dict[str, np.ndarray]) -> Placed:
        """The capsules with the hands moved by (T, 3) metres each."""
        for side in SIDES:
            placed = placed.moved(self.overlaps.hands[side], ways[side])
        return placed

    def _out(self, placed: Placed) -> dict[str, np.ndarray]:
        """(T, 3) metres for each hand that bring it out of everything, frame by frame."""
        frames = len(placed.starts)
        ways = {side: np.zeros((frames, 3)) for side in SIDES}
        deep = np.arange(frames)
        # Out of one thing a hand may get into another, so those that had to move are looked at again.
        for _ in range(LOOKS):
            there = self._displaced(placed.frames(deep), {side: ways[side][deep] for side in SIDES})
            apart, apart_m, _ = self.overlaps.apart(there, ALLOWED_M)
            moved = np.zeros(len(deep), bool)
            # Two hands that are in each other share the way.
            for side, sign in zip(SIDES, (1.0, -1.0), strict=True):
                directions, metres = self.overlaps.of(side, there, ALLOWED_M)
                directions = np.concatenate([directions, sign * apart[:, None]], axis=1)
                metres = np.concatenate([metres, 0.5 * apart_m[:, None]], axis=1)
                rows = metres.any(axis=1)
                ways[side][deep[rows]] += _out_of_all(directions[rows], metres[rows])
                moved |= rows
            deep = deep[moved]
            if len(deep) == 0:
                break
        return ways

    def _together(self, pose: Pose, placed: Placed) -> dict[str, np.ndarray]:
        """(T, 3) metres for each hand that bring hands that rest beside each other into touch."""
        away, _, gap = self.overlaps.apart(placed, 0.0)
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


def _softly(way: np.ndarray, reach: int, hold: int) -> np.ndarray:
    """Ways (T, 3) that come and go over `reach` frames; the less, the less the frames around agree on the direction.

    A hand that is out on one side now and on the other in the next frame would be thrown about.
    """
    metres = np.linalg.norm(way, axis=-1)
    agreed = smoothed(way, reach) / np.maximum(smoothed(metres, reach), SMALLEST_M)[:, None]
    return eased(metres, reach, hold)[:, None] * agreed


def _out_of_all(directions: np.ndarray, metres: np.ndarray) -> np.ndarray:
    """(T, 3) metres to go so that (T, B) metres along (T, B, 3) directions are gone, as near as ROUNDS find."""
    way = np.zeros((len(metres), 3))
    rows = np.arange(len(metres))
    for _ in range(ROUNDS):
        lacking = metres - np.einsum("tbi,ti->tb", directions, way)
        worst = lacking.argmax(axis=1)
        way += np.maximum(lacking[rows, worst], 0.0)[:, None] * directions[rows, worst]
    return way


def _reached(motion: Motion, pose: Pose, ways: dict[str, np.ndarray]) -> Motion:
    """The motion with its wrists moved by (T, 3) metres each."""
    rotations = None
    for side, way in ways.items():
        moved = np.flatnonzero(np.linalg.norm(way, axis=-1) > SMALLEST_M)
        if len(moved) == 0:
            continue
        rotations = np.array(motion.rotations) if rotations is None else rotations
        name = f"{side}_arm"
        arm = Limb.of(name, Pose(pose.rotations[moved], pose.positions[moved]))
        joints = np.array(skeleton().indices(LIMBS[name][0]))
        rotations[np.ix_(moved, joints)] = arm.reaching(arm.end + way[moved])
        # A wrist that would have to bend too far gives.
        rotations[moved] = limited(rotations[moved], joints=joints)
    return motion if rotations is None else motion.replaced(rotations=rotations)
