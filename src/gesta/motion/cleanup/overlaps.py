"""How deep arms are in the rest of the body and in each other, and how far which way is out, by the body's capsules."""

from dataclasses import dataclass

import numpy as np

from gesta.motion.cleanup.touching import exits, gaps
from gesta.motion.cleanup.two_bones import unit
from gesta.motion.kinematics import Pose
from gesta.motion.skeleton import skeleton
from gesta.records import Capsules

SIDES = ("left", "right")
TRUNK = ("pelvis", "spine1", "spine2", "spine3")
UPRIGHT = "pelvis"
OBSTACLES = (*TRUNK, "neck", "head", *(f"{side}_{part}" for side in SIDES for part in ("hip", "knee")))
"""Joints whose capsules no hand may enter; the other arm's are added."""
FAR_HALF = 0.5
"""A bone's capsule counts as the far half's when its middle is beyond this share of the bone. A forearm's far half goes
with the hand, its near half and the upper arm's far half with the elbow: the rest of an arm lies at the chest."""
FARTHEST_M = 0.35
"""Nothing has farther to go than this to be out; what is farther apart is not looked at."""
ROUNDS = 6
"""How often a way out is made longer by what it still lacks."""


@dataclass(frozen=True)
class Placed:
    """Capsules over T frames, in the world.

    Attributes:
        starts, ends: (T, N, 3) metres.
        upright: (T, 3, 3) columns are the pelvis' left, up and front.
    """

    starts: np.ndarray
    ends: np.ndarray
    upright: np.ndarray

    def frames(self, chosen: np.ndarray) -> "Placed":
        """Some of the frames, by their numbers (n,)."""
        return Placed(self.starts[chosen], self.ends[chosen], self.upright[chosen])

    def moved(self, chosen: np.ndarray, way: np.ndarray) -> "Placed":
        """The same with the capsules `chosen` (n,) moved by (T, 3) metres."""
        starts, ends = self.starts.copy(), self.ends.copy()
        starts[:, chosen] += way[:, None]
        ends[:, chosen] += way[:, None]
        return Placed(starts, ends, self.upright)


@dataclass(frozen=True)
class Overlapping:
    """Two groups of capsules: indices of what is to go out, and of what it is to go out of."""

    mine: np.ndarray
    theirs: np.ndarray


class ArmOverlaps:
    """Which capsules are an arm's and which stand in its way.

    Args:
        capsules: of the body.

    Attributes:
        hands, elbows: by side, hand or elbow and all that it must not be in but the other hand.
        both: the left hand and the right one.
    """

    def __init__(self, capsules: Capsules) -> None:
        bones = skeleton()
        self.radii = np.asarray(capsules.radii, dtype=np.float64)
        self.joints = np.array(bones.indices(capsules.joints))
        rest = bones.rest_positions()[self.joints]
        self.offsets = np.stack([capsules.starts - rest, capsules.ends - rest], axis=1).astype(np.float64)
        names = np.array(capsules.joints)
        arms = {side: {joint for joint in bones.names if _below(joint, f"{side}_shoulder")} for side in SIDES}
        hands = {side: self._hand(side, names) for side in SIDES}
        self.both = Overlapping(hands["left"], hands["right"])
        self.hands, self.elbows = {}, {}
        for side, other in zip(SIDES, SIDES[::-1], strict=True):
            blocking = np.isin(names, [*OBSTACLES, *arms[other]])
            blocking[hands[other]] = False
            self.hands[side] = Overlapping(hands[side], np.flatnonzero(blocking))
            self.elbows[side] = Overlapping(self._elbow(side, names), np.flatnonzero(np.isin(names, TRUNK)))

    @classmethod
    def known(cls, capsules: Capsules | None) -> "ArmOverlaps | None":
        """The overlaps of a body; None where its capsules are not known, or none are its hands' or in their way."""
        found = cls(capsules) if capsules is not None else None
        if found is None or not all(len(group.mine) and len(group.theirs) for group in found.hands.values()):
            return None
        return found

    def place(self, pose: Pose) -> Placed:
        """The capsules of a body in a pose."""
        turned = np.einsum("tnij,nkj->tnki", pose.rotations[:, self.joints], self.offsets)
        ends = pose.positions[:, self.joints, None] + turned
        starts, stops = (np.ascontiguousarray(ends[:, :, end]) for end in range(2))
        return Placed(starts, stops, pose.rotations[:, skeleton().index(UPRIGHT)])

    def gaps(self, groups: Overlapping, placed: Placed, farthest_m: float = 0.0) -> np.ndarray:
        """(T,) metres between the skins of two groups, below 0 where they are in each other; infinite if farther apart
        than said."""
        return gaps(placed.starts, placed.ends, self.radii, groups.mine, groups.theirs, farthest_m)

    def exits(self, groups: Overlapping, placed: Placed, directions: np.ndarray, allowed_m: float) -> np.ndarray:
        """(T, D) metres that the first group must go in each direction (T, D, 3) to be in the other no deeper than
        allowed."""
        there = (placed.starts, placed.ends, self.radii, groups.mine, groups.theirs)
        return exits(*there, np.ascontiguousarray(directions), allowed_m, FARTHEST_M, ROUNDS)

    def apart(self, placed: Placed) -> np.ndarray:
        """(T, 3) unit directions from the middle of the right hand to that of the left one."""
        middles = [
            (placed.starts[:, hand] + placed.ends[:, hand]).mean(axis=1) for hand in (self.both.mine, self.both.theirs)
        ]
        return unit(middles[0] - middles[1])

    def depths(self, placed: Placed) -> np.ndarray:
        """(T,) metres that a hand is in anything, the other hand included; 0 where none is."""
        every = [self.gaps(groups, placed) for groups in (self.both, *self.hands.values())]
        return np.maximum(-np.min(every, axis=0), 0.0)

    def _hand(self, side: str, names: np.ndarray) -> np.ndarray:
        """Indices of the capsules of a hand and of the forearm's far half."""
        hand = {joint for joint in skeleton().names if _below(joint, f"{side}_wrist")}
        return np.flatnonzero(np.isin(names, list(hand)) | self._far_half(f"{side}_elbow", f"{side}_wrist", names))

    def _elbow(self, side: str, names: np.ndarray) -> np.ndarray:
        """Indices of the capsules of the forearm's near half and of the upper arm's far half."""
        elbow = f"{side}_elbow"
        near = (names == elbow) & ~self._far_half(elbow, f"{side}_wrist", names)
        return np.flatnonzero(near | self._far_half(f"{side}_shoulder", elbow, names))

    def _far_half(self, joint: str, end: str, names: np.ndarray) -> np.ndarray:
        """(N,) whether each capsule is one of the far half of the bone from a joint to the next one."""
        bones = skeleton()
        length = float(np.linalg.norm(bones.offsets[bones.index(end)]))
        middle = np.linalg.norm(self.offsets.mean(axis=1), axis=-1)
        return (names == joint) & (middle > FAR_HALF * length)


def _below(joint: str, ancestor: str) -> bool:
    """Whether a joint hangs on another one or is it."""
    bones = skeleton()
    index, wanted = bones.index(joint), bones.index(ancestor)
    while index > wanted:
        index = bones.parents[index]
    return index == wanted
