"""Arms in a picture to arms in space: two-dimensional points to wrists and elbows, by the lengths of bones.

Weak perspective: everything is as large as at the shoulders, and a bone that looks shorter than it is points towards
the camera or away from it by as much as its length leaves (Taylor 2000, Computer Vision and Image Understanding
80:349). Which of the two is chosen by what arms do: hands are before the body, elbows hang. The person has to face
the camera.
"""

import itertools
from dataclasses import dataclass

import numpy as np

from gesta.keypoints.layout import GROUPS, VISIBLE, body_index
from gesta.motion.skeleton import skeleton
from gesta.records import Keypoints

SIDES = ("left", "right")
ARM = (("shoulder", "elbow"), ("elbow", "wrist"))
LONGEST_SEEN_PERCENT = 95.0
"""A bone is taken to lie in the picture's plane about that rarely."""
ELBOW_FORWARD_M, ELBOW_SPREAD_M = 0.02, 0.08
"""Where elbows hang before the shoulder, and how far they leave that place."""
WRIST_FORWARD_M, WRIST_SPREAD_M = 0.23, 0.12
BEFORE_BODY_M = 0.1
"""A wrist inward of its shoulder is at least so far before it."""
IN_BODY_COST = 20.0
INDEX_KNUCKLE, LITTLE_KNUCKLE = 5, 17
"""Places of these in the 21 points of a hand, the wrist being 0."""


@dataclass(frozen=True)
class LiftedArms:
    """Arms over F frames, the left one first.

    Attributes:
        elbows, wrists: (F, 2, 3) from the shoulder: outward, up, forward, metres.
        palms: (F, 2) how far the palm faces the camera: 1 all, -1 its back does.
        seen: (F, 2) whether shoulder, elbow, wrist and hand are there.
        pixels_per_metre: of the picture, at the shoulders.
    """

    elbows: np.ndarray
    wrists: np.ndarray
    palms: np.ndarray
    seen: np.ndarray
    pixels_per_metre: float


def lift_arms(keypoints: Keypoints) -> LiftedArms:
    """Where the elbows and wrists of a person who faces the camera are in space, on the built-in skeleton."""
    scale = _pixels_per_metre(keypoints)
    arms = [_arm(keypoints, side, scale) for side in SIDES]
    elbows, wrists, palms, seen = (np.stack(parts, axis=1) for parts in zip(*arms, strict=True))
    return LiftedArms(elbows, wrists, palms, seen, scale)


def outward_and_up(points: np.ndarray, side: str) -> np.ndarray:
    """Ways in a picture, (..., 2) to the right and down, as ways outward and up for that side of the person.

    The person faces the camera, so their left is to the right in the picture.
    """
    return points * np.array((1.0 if side == "left" else -1.0, -1.0))


def _bone_m(side: str, joint: str) -> float:
    return float(np.linalg.norm(skeleton().offsets[skeleton().index(f"{side}_{joint}")]))


def _pixels_per_metre(keypoints: Keypoints) -> float:
    """The scale at which no bone is longer than it is."""
    rest = skeleton().rest_positions()
    ends = [("left_shoulder", "right_shoulder")]
    ends += [(f"{side}_{upper}", f"{side}_{lower}") for side in SIDES for upper, lower in ARM]
    scales = []
    for first, second in ends:
        apart = np.linalg.norm(_point(keypoints, first) - _point(keypoints, second), axis=-1)
        there = _there(keypoints, first) & _there(keypoints, second)
        length = float(np.linalg.norm(rest[skeleton().index(first)] - rest[skeleton().index(second)]))
        if there.any():
            scales.append(float(np.percentile(apart[there], LONGEST_SEEN_PERCENT)) / length)
    return max(scales, default=1.0)


def _point(keypoints: Keypoints, name: str) -> np.ndarray:
    return keypoints.points[:, body_index(name)].astype(np.float64)


def _there(keypoints: Keypoints, name: str) -> np.ndarray:
    return np.asarray(keypoints.scores[:, body_index(name)] >= VISIBLE)


def _arm(keypoints: Keypoints, side: str, scale: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Elbow (F, 3), wrist (F, 3), palm (F,) and seen (F,) of one arm."""
    shoulder, elbow, wrist = (_point(keypoints, f"{side}_{joint}") for joint in ("shoulder", "elbow", "wrist"))
    upper, fore = (outward_and_up(way, side) / scale for way in (elbow - shoulder, wrist - elbow))
    upper_depth = _depth(upper, _bone_m(side, "elbow"))
    fore_depth = _depth(fore, _bone_m(side, "wrist"))
    choices = []
    for one, other in itertools.product((1.0, -1.0), repeat=2):
        first = np.concatenate((upper, (one * upper_depth)[:, None]), axis=-1)
        choices.append((first, first + np.concatenate((fore, (other * fore_depth)[:, None]), axis=-1)))
    best = np.argmin([_cost(*choice) for choice in choices], axis=0)
    frames = np.arange(len(best))
    elbows, wrists = (np.stack(places)[best, frames] for places in zip(*choices, strict=True))
    hand = GROUPS[f"{side}_hand"]
    there = [_there(keypoints, f"{side}_{joint}") for joint in ("shoulder", "elbow", "wrist")]
    seen = np.all(there, axis=0) & (keypoints.scores[:, hand].min(axis=1) >= VISIBLE)
    return elbows, wrists, _palm(keypoints, side), seen


def _depth(flat: np.ndarray, length_m: float) -> np.ndarray:
    """How far a bone whose picture is (F, 2) metres goes in depth: (F,) metres, 0 or more."""
    return np.sqrt(np.maximum(length_m**2 - np.sum(flat**2, axis=-1), 0.0))


def _cost(elbow: np.ndarray, wrist: np.ndarray) -> np.ndarray:
    """How unlike people an arm is held: (F,)."""
    hangs = ((elbow[:, 2] - ELBOW_FORWARD_M) / ELBOW_SPREAD_M) ** 2
    before = ((wrist[:, 2] - WRIST_FORWARD_M) / WRIST_SPREAD_M) ** 2
    in_body = (wrist[:, 0] < 0.0) & (wrist[:, 2] < BEFORE_BODY_M)
    return np.asarray(hangs + before + IN_BODY_COST * in_body)


def _palm(keypoints: Keypoints, side: str) -> np.ndarray:
    """How far the palm faces the camera, by which way round its knuckles are seen: (F,), -1 to 1."""
    hand = keypoints.points[:, GROUPS[f"{side}_hand"]].astype(np.float64)
    index, little = hand[:, INDEX_KNUCKLE] - hand[:, 0], hand[:, LITTLE_KNUCKLE] - hand[:, 0]
    area = index[:, 0] * little[:, 1] - index[:, 1] * little[:, 0]
    most = max(float(np.percentile(np.abs(area), LONGEST_SEEN_PERCENT)), 1e-9)
    return np.clip(area / most, -1.0, 1.0) * (1.0 if side == "left" else -1.0)
