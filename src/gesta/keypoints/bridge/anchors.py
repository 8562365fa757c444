"""Where the 134 points of a person sit on our body: which joints carry each, and how the face moves it.

Shoulders, elbows, wrists, hips, knees, ankles and the joints of fingers are the skeleton's; the neck is half way
between the shoulders, as in OpenPose; face, ears, fingertips and soles are vertices of the skin. Every point is carried
as the skin is: by up to four joints, each with a share.

P points, K joints that carry one, S face shapes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from gesta.avatar.figure import figure
from gesta.avatar.looks import look
from gesta.avatar.posing import Figure
from gesta.keypoints.layout import BODY_NAMES, FACE_COUNT, FOOT_NAMES, GROUPS, HANDS
from gesta.motion.face import ARKIT_NAMES
from gesta.motion.skeleton import skeleton
from gesta.records import KEYPOINT_COUNT

CARRIERS = 4
FINGERS = ("thumb", "index", "middle", "ring", "pinky")
JAW_ENDS = {"right": 0, "left": 16}
"""Points of the face where the jaw's edge ends, one under each ear."""
EAR_BEHIND_JAW_M = 0.016
"""The opening of an ear lies so far behind the end of the jaw's edge."""
NOSE_TIP, EYES = 30, {"right": slice(36, 42), "left": slice(42, 48)}
"""Places in the face's 68 points."""
SHOE_HALF_M = 0.035
"""How far the points of the big and the small toe lie to the sides of the sole's middle."""


@dataclass(frozen=True)
class Anchors:
    """Points at rest, in the T-pose, and what carries them.

    Attributes:
        places: (P, K, 3) float32 metres, as each joint that carries them knows them.
        joints: (P, K) int64, indices of the skeleton's joints.
        shares: (P, K) float32, rows sum to 1.
        shapes: (S, P, 3) float32 metres by which each ARKit unit moves them.
    """

    places: np.ndarray
    joints: np.ndarray
    shares: np.ndarray
    shapes: np.ndarray


@cache
def anchors() -> Anchors:
    """Those of all 134 points on the built-in body."""
    return anchors_of(figure(look()))


def anchors_of(worn: Figure) -> Anchors:
    """Those of all 134 points on a body of the skeleton's size, whoever it is."""
    rest = skeleton().rest_positions().astype(np.float32)
    points = _Points(worn)
    face = worn.landmarks["face"]
    points.on_skin(GROUPS["face"], [[vertex] for vertex in face])
    for number, name in enumerate(BODY_NAMES, start=GROUPS["body"].start):
        side, _, what = name.partition("_")
        if name == "nose":
            points.on_skin(slice(number, number + 1), [[face[NOSE_TIP]]])
        elif what == "eye":
            points.on_skin(slice(number, number + 1), [face[EYES[side]]])
        elif what == "ear":
            points.on_skin(slice(number, number + 1), [[_ear(worn, int(face[JAW_ENDS[side]]))]])
        else:
            names = ("left_shoulder", "right_shoulder") if name == "neck" else (name,)
            points.at_joints(number, skeleton().indices(names), rest)
    _feet(points, rest)
    for hand in HANDS:
        _hand(points, hand, rest)
    return Anchors(points.places, points.joints, points.shares, points.shapes())


class _Points:
    """Anchors that are being put together."""

    def __init__(self, worn: Figure) -> None:
        self.worn = worn
        self.places = np.zeros((KEYPOINT_COUNT, CARRIERS, 3), np.float32)
        self.joints = np.zeros((KEYPOINT_COUNT, CARRIERS), np.int64)
        self.shares = np.zeros((KEYPOINT_COUNT, CARRIERS), np.float32)
        self._skin: dict[int, np.ndarray] = {}

    def on_skin(self, where: slice, vertices: Sequence[Sequence[int] | np.ndarray]) -> None:
        """Points that follow the skin, each the mean of some vertices."""
        bones = len(skeleton().names)
        for point, some in zip(range(where.start, where.stop), vertices, strict=True):
            chosen = np.asarray(some, np.int64)
            self.places[point] = self.worn.vertices[chosen].mean(axis=0)
            shares = np.zeros(bones, np.float64)
            for vertex in chosen:
                for joint, share in zip(self.worn.joints[vertex], self.worn.weights[vertex], strict=True):
                    shares[_in_skeleton(self.worn, int(joint))] += share / len(chosen)
            best = np.argsort(-shares, kind="stable")[:CARRIERS]
            self.joints[point], self.shares[point] = best, shares[best] / shares[best].sum()
            self._skin[point] = chosen

    def shapes(self) -> np.ndarray:
        """What each ARKit unit moves them by: (S, P, 3) metres."""
        found = np.zeros((len(ARKIT_NAMES), KEYPOINT_COUNT, 3), np.float32)
        every = np.zeros_like(self.worn.vertices)
        for number, name in enumerate(ARKIT_NAMES):
            moved, offsets = self.worn.shapes.moves(name)
            every[moved] = offsets
            for point, chosen in self._skin.items():
                found[number, point] = every[chosen].mean(axis=0)
            every[moved] = 0.0
        return found

    def at_joints(self, point: int, joints: Sequence[int], rest: np.ndarray) -> None:
        """A point in the middle of some joints, wherever these are: none of them turns it."""
        self.places[point, : len(joints)] = rest[list(joints)]
        self.joints[point, : len(joints)], self.shares[point, : len(joints)] = joints, 1.0 / len(joints)

    def held(self, point: int, joint: int, place: np.ndarray) -> None:
        """A point at a place of its own, fixed to a joint."""
        self.places[point], self.joints[point, 0], self.shares[point, 0] = place, joint, 1.0


def _in_skeleton(worn: Figure, joint: int) -> int:
    """The joint itself, or the one above a helper of the rig."""
    return joint if joint < len(skeleton().names) else worn.rig.parents[joint]


def _ear(worn: Figure, jaw_end: int) -> int:
    """The vertex of the skin where an ear opens."""
    wanted = worn.vertices[jaw_end] - np.array((0.0, 0.0, EAR_BEHIND_JAW_M), np.float32)
    away = np.linalg.norm(worn.vertices - wanted, axis=-1)
    away[worn.kind != worn.kind[jaw_end]] = np.inf
    return int(away.argmin())


def _feet(points: _Points, rest: np.ndarray) -> None:
    """Big toe, small toe and heel of the left foot, then of the right one."""
    soles = {sole.name: sole for sole in skeleton().soles}
    start = GROUPS["feet"].start
    for number, name in enumerate(FOOT_NAMES, start=start):
        side, what = name.split("_", 1)
        sole = soles[f"{side}_{'heel' if what == 'heel' else 'toe'}"]
        joint = skeleton().index(sole.joint)
        outward = {"big_toe": -1.0, "small_toe": 1.0, "heel": 0.0}[what] * (1.0 if side == "left" else -1.0)
        points.held(number, joint, rest[joint] + sole.offset + np.array((outward * SHOE_HALF_M, 0.0, 0.0)))


def _hand(points: _Points, hand: str, rest: np.ndarray) -> None:
    """The wrist, then each finger's three joints and its tip, the thumb first."""
    side, at = hand.split("_", maxsplit=1)[0], GROUPS[hand].start
    points.at_joints(at, [skeleton().index(f"{side}_wrist")], rest)
    for finger, tip in zip(FINGERS, points.worn.landmarks[f"{side}_fingertips"], strict=True):
        for segment in (1, 2, 3):
            at += 1
            points.at_joints(at, [skeleton().index(f"{side}_{finger}{segment}")], rest)
        at += 1
        points.on_skin(slice(at, at + 1), [[tip]])


assert GROUPS["face"].stop - GROUPS["face"].start == FACE_COUNT
