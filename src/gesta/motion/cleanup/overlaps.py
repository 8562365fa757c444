"""How deep hands are in the rest of the body, and which way is out, by the body's capsules."""

from dataclasses import dataclass

import numpy as np

from gesta.motion.cleanup.segments import closest
from gesta.motion.cleanup.two_bones import unit
from gesta.motion.kinematics import Pose
from gesta.motion.skeleton import skeleton
from gesta.records import Capsules

SIDES = ("left", "right")
TRUNK = ("pelvis", "spine1", "spine2", "spine3")
CHEST = "spine3"
OBSTACLES = (*TRUNK, "neck", "head", *(f"{side}_{part}" for side in SIDES for part in ("hip", "knee")))
"""Joints whose capsules no hand may enter; the other arm's are added."""
FAR_HALF = 0.5
"""A forearm's capsule counts as part of the hand when its middle is beyond this share of the forearm: what is nearer to
the elbow lies at the body without being in it."""
NEAR_M = 0.3
"""Hands whose middles are farther apart do not touch."""
ROUNDS = 4
"""How often two hands are looked at again after they have gone apart: other fingers may be in the way then."""
OUTWARD_SHARE = 0.6
"""How much the way out of the trunk turns to the front where a hand is so deep that the nearest way out says little."""


@dataclass(frozen=True)
class Placed:
    """Capsules over T frames, in the world.

    Attributes:
        starts, ends: (T, N, 3) metres.
        front: (T, 3) unit direction the chest faces.
    """

    starts: np.ndarray
    ends: np.ndarray
    front: np.ndarray

    def frames(self, chosen: np.ndarray) -> "Placed":
        """Some of the frames, by their numbers (n,)."""
        return Placed(self.starts[chosen], self.ends[chosen], self.front[chosen])

    def moved(self, chosen: np.ndarray, way: np.ndarray) -> "Placed":
        """The same with the capsules `chosen` (n,) moved by (T, 3) metres."""
        starts, ends = self.starts.copy(), self.ends.copy()
        starts[:, chosen] += way[:, None]
        ends[:, chosen] += way[:, None]
        return Placed(starts, ends, self.front)


class HandOverlaps:
    """Which capsules are a hand's and which stand in its way.

    Args:
        capsules: of the body.
    """

    def __init__(self, capsules: Capsules) -> None:
        bones = skeleton()
        self.radii = np.asarray(capsules.radii, dtype=np.float64)
        self.joints = np.array(bones.indices(capsules.joints))
        rest = bones.rest_positions()[self.joints]
        self.offsets = np.stack([capsules.starts - rest, capsules.ends - rest], axis=1).astype(np.float64)
        names = np.array(capsules.joints)
        arms = {side: {joint for joint in bones.names if _below(joint, f"{side}_shoulder")} for side in SIDES}
        self.hands = {side: self._hand(side, names) for side in SIDES}
        self.obstacles = {}
        for side, other in zip(SIDES, SIDES[::-1], strict=True):
            blocking = np.isin(names, [*OBSTACLES, *arms[other]])
            blocking[self.hands[other]] = False
            self.obstacles[side] = np.flatnonzero(blocking)
        self.trunk = np.isin(names, TRUNK)

    @classmethod
    def known(cls, capsules: Capsules | None) -> "HandOverlaps | None":
        """The overlaps of a body; None where its capsules are not known, or none are its hands' or in their way."""
        found = cls(capsules) if capsules is not None else None
        if found is None or not all(len(part[side]) for part in (found.hands, found.obstacles) for side in SIDES):
            return None
        return found

    def _hand(self, side: str, names: np.ndarray) -> np.ndarray:
        """Indices of the capsules of a hand and of the forearm's far half."""
        bones = skeleton()
        hand = {joint for joint in bones.names if _below(joint, f"{side}_wrist")}
        forearm = float(np.linalg.norm(bones.offsets[bones.index(f"{side}_wrist")]))
        middle = np.linalg.norm(self.offsets.mean(axis=1), axis=-1)
        far = (names == f"{side}_elbow") & (middle > FAR_HALF * forearm)
        return np.flatnonzero(np.isin(names, list(hand)) | far)

    def place(self, pose: Pose) -> Placed:
        """The capsules of a body in a pose."""
        turned = np.einsum("tnij,nkj->tnki", pose.rotations[:, self.joints], self.offsets)
        ends = pose.positions[:, self.joints, None] + turned
        return Placed(ends[:, :, 0], ends[:, :, 1], pose.rotations[:, skeleton().index(CHEST), :, 2])

    def of(self, side: str, placed: Placed, allowed_m: float) -> tuple[np.ndarray, np.ndarray]:
        """The ways out of everything that a hand is in, but for the other hand.

        Args:
            side: "left" or "right".
            placed: the capsules.
            allowed_m: how deep it may be.

        Returns:
            (T, B, 3) unit directions, one for each obstacle, and (T, B) metres to go that way, 0 where none.
        """
        hand, obstacles = self.hands[side], self.obstacles[side]
        frames = len(placed.starts)
        ways, depths = np.zeros((frames, len(obstacles), 3)), np.zeros((frames, len(obstacles)))
        near = self._near(hand, obstacles, placed)
        for column, obstacle in enumerate(obstacles):
            chosen = np.flatnonzero(near[:, column])
            if len(chosen):
                found = self._way_out(hand, int(obstacle), placed, chosen, allowed_m)
                ways[chosen, column], depths[chosen, column] = found
        return ways, depths

    def apart(self, placed: Placed, allowed_m: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """How the two hands lie to each other.

        Args:
            placed: the capsules.
            allowed_m: how deep they may be in each other.

        Returns:
            (T, 3) unit direction from the middle of the right hand to that of the left one, (T,) metres that they must
            go apart along it, 0 where none, and (T,) metres between their skins, infinite where they are far away.
        """
        left, right = (self.hands[side] for side in SIDES)
        middles = [0.5 * (placed.starts[:, hand] + placed.ends[:, hand]).mean(axis=1) for hand in (left, right)]
        way = unit(middles[0] - middles[1])
        metres, gap = np.zeros(len(way)), np.full(len(way), np.inf)
        near = np.flatnonzero(np.linalg.norm(middles[0] - middles[1], axis=-1) < NEAR_M)
        if len(near) == 0:
            return way, metres, gap
        for round_ in range(ROUNDS):
            between, width = self._between(placed.moved(left, way * metres[:, None]), near)
            distance = np.linalg.norm(between, axis=-1)
            if round_ == 0:
                gap[near] = (distance - width).min(axis=(1, 2))
            along = np.einsum("tlri,ti->tlr", between, way[near])
            lacking = _lacking(distance, along, width - allowed_m).max(axis=(1, 2))
            metres[near] += lacking
            near = near[lacking > 0.0]
            if len(near) == 0:
                break
        return way, metres, gap

    def _between(self, placed: Placed, frames: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Ways (n, L, R, 3) from the right hand's capsules to the left one's in some frames, and (L, R) radii added."""
        left, right = (self.hands[side] for side in SIDES)
        starts, ends = placed.starts[frames], placed.ends[frames]
        mine, theirs = closest(starts[:, left, None], ends[:, left, None], starts[:, None, right], ends[:, None, right])
        return mine - theirs, self.radii[left][:, None] + self.radii[right]

    def _near(self, hand: np.ndarray, obstacles: np.ndarray, placed: Placed) -> np.ndarray:
        """(T, B) bool: whether the ball around a hand meets the ball around each obstacle."""
        ends = np.concatenate([placed.starts[:, hand], placed.ends[:, hand]], axis=1)
        centre = ends.mean(axis=1)
        size = np.linalg.norm(ends - centre[:, None], axis=-1).max(axis=1) + self.radii[hand].max()
        middle = 0.5 * (placed.starts[:, obstacles] + placed.ends[:, obstacles])
        half = 0.5 * np.linalg.norm(placed.ends[0, obstacles] - placed.starts[0, obstacles], axis=-1)
        apart = np.linalg.norm(middle - centre[:, None], axis=-1)
        return apart < size[:, None] + half + self.radii[obstacles]

    def _way_out(
        self, hand: np.ndarray, obstacle: int, placed: Placed, chosen: np.ndarray, allowed_m: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Direction (M, 3) and metres (M,) in the chosen frames, of the hand's capsule that is deepest in there."""
        starts, ends = placed.starts[chosen], placed.ends[chosen]
        mine, theirs = closest(starts[:, hand], ends[:, hand], starts[:, obstacle, None], ends[:, obstacle, None])
        apart = mine - theirs
        width = self.radii[hand] + self.radii[obstacle]
        distance = np.linalg.norm(apart, axis=-1)
        deepest = (width - distance).argmax(axis=1)
        rows = np.arange(len(chosen))
        apart, width, distance = apart[rows, deepest], width[deepest], distance[rows, deepest]
        lost = np.maximum(1.0 - distance / width, 0.0)[:, None]
        if self.trunk[obstacle]:
            hint = placed.front[chosen]
        else:
            middle = 0.5 * (starts[:, obstacle] + ends[:, obstacle])
            hint = unit(0.5 * (starts[:, hand] + ends[:, hand]).mean(axis=1) - middle)
        way = unit(apart / width[:, None] + OUTWARD_SHARE * lost * hint)
        return way, _lacking(distance, np.sum(apart * way, axis=-1), width - allowed_m)


def _lacking(distance: np.ndarray, along: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Metres (...) to go in a direction until two points are as far apart as wanted; 0 where they are.

    Args:
        distance: (...) between them now.
        along: (...) component of the way between them in that direction.
        wanted: (...) metres.
    """
    inside = np.maximum(along**2 + wanted**2 - distance**2, 0.0)
    return np.where(distance < wanted, np.maximum(np.sqrt(inside) - along, 0.0), 0.0)


def _below(joint: str, ancestor: str) -> bool:
    """Whether a joint hangs on another one or is it."""
    bones = skeleton()
    index, wanted = bones.index(joint), bones.index(ancestor)
    while index > wanted:
        index = bones.parents[index]
    return index == wanted
