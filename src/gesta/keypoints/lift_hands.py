"""Hands in a picture to hands in space: where palms face and how far fingers are curled, from the 21 points of a hand.

Weak perspective again, each hand with a scale of its own. The palm is flat and rigid, so the picture of its knuckles
says its tilt up to a mirroring in depth (Huttenlocher & Ullman 1990, International Journal of Computer Vision
5:195). Which of the two it is, is decided by what hands do: wrists bend only so far, palms seldom face outward, and
fingers close towards the palm. Fingers are then curled until their picture fits. Where the two are nearly as likely,
or points are missing or fit badly, the confidence is low, and nothing should be read off.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from gesta.keypoints.layout import GROUPS, VISIBLE
from gesta.keypoints.lift import SIDES, LiftedArms, outward_and_up
from gesta.motion.finger_curl import flexion_deg
from gesta.motion.rotations import matrix_from_axis_angle
from gesta.motion.skeleton import skeleton
from gesta.records import Keypoints

FINGERS = ("index", "middle", "ring", "pinky")
SEGMENTS = (1, 2, 3)
POINTS_A_FINGER, FIRST_FINGER = 4, 5
"""Fingers begin after the wrist's point and the thumb's four."""
CURLS = np.linspace(0.0, 1.0, 21)
SIDEWAYS_DEG = np.linspace(-24.0, 24.0, 13)
"""What is tried for a finger: how far it is closed, and how far it is turned at its base, towards the thumb."""
SIDEWAYS_SPREAD_DEG = 30.0
PALM_UP = np.array((0.0, 1.0, 0.0))
"""Where the back of a hand faces at rest; the palm's plane is across it."""
FLEXION_SPREAD_DEG, DEVIATION_SPREAD_DEG = 32.0, 18.0
"""How far wrists usually bend towards palm or back, and sideways."""
OUTWARD_SPREAD = 0.4
"""How little palms face outward."""
MISFIT = 0.06
"""How far a finger's points usually are from where its curl puts them, beside the palm's length."""
WORST_MISFIT = 0.25
SCALES_APART = 1.6
"""A hand is at most so much larger or smaller than the body says."""


@dataclass(frozen=True)
class LiftedHands:
    """Hands over F frames, the left one first.

    Attributes:
        palms: (F, 2, 3) where the palm faces: outward, up, forward; unit vectors.
        curls: (F, 2, 4) how far index, middle, ring and little finger are closed: 0 straight, 1 in the palm.
        splays: (F, 2) degrees from the little finger's first bone to the index finger's; tells little where a palm
            is seen from the side.
        confidence: (F, 2) 0 to 1: chance that these are right; under a half they are unknown.
    """

    palms: np.ndarray
    curls: np.ndarray
    splays: np.ndarray
    confidence: np.ndarray


def lift_hands(keypoints: Keypoints, arms: LiftedArms) -> LiftedHands:
    """How the hands of a person who faces the camera are held.

    Args:
        keypoints: F frames.
        arms: what `gesta.keypoints.lift.lift_arms` found in them.
    """
    hands = [_hand(keypoints, arms, place) for place in range(len(SIDES))]
    return LiftedHands(*(np.stack(parts, axis=1) for parts in zip(*hands, strict=True)))


@dataclass(frozen=True)
class _RestHand:
    """The left hand: knuckles (4, 3) from the wrist, and finger points (curls, sideways, 4, 3, 3) from those.

    The last three axes are fingers, points (middle joint, end joint, tip) and coordinates, all in metres.
    """

    knuckles: np.ndarray
    chains: np.ndarray
    splay_deg: float


@cache
def _rest_hand() -> _RestHand:
    bones = skeleton()
    rest = bones.rest_positions()
    wrist = rest[bones.index("left_wrist")]
    bases = np.stack([rest[bones.index(f"left_{finger}1")] - wrist for finger in FINGERS])
    first = [bones.offsets[bones.index(f"left_{finger}2")] for finger in (FINGERS[0], FINGERS[-1])]
    index, little = (np.degrees(np.arctan2(way[2], way[0])) for way in first)
    return _RestHand(bases, np.stack([_chains(finger) for finger in FINGERS], axis=2), float(index - little))


def _chains(finger: str) -> np.ndarray:
    """A finger's points from its knuckle in all tried poses: (curls, sideways, 3, 3)."""
    bones = skeleton()
    ways = [bones.offsets[bones.index(f"left_{finger}{segment}")] for segment in SEGMENTS[1:]]
    ways.append(ways[-1])
    # A turn about the way up takes a left hand's fingers away from the thumb.
    side = matrix_from_axis_angle(-np.radians(SIDEWAYS_DEG)[:, None] * PALM_UP)
    turned = np.broadcast_to(side, (len(CURLS), len(SIDEWAYS_DEG), 3, 3))
    place, found = np.zeros((len(CURLS), len(SIDEWAYS_DEG), 3)), []
    for way, flexion in zip(ways, flexion_deg(CURLS).T, strict=True):
        axis = np.cross(way, -PALM_UP)
        bend = matrix_from_axis_angle(np.radians(flexion)[:, None] * axis / np.linalg.norm(axis))
        turned = turned @ bend[:, None]
        place = place + turned @ way
        found.append(place)
    return np.stack(found, axis=2)


def _hand(keypoints: Keypoints, arms: LiftedArms, place: int) -> tuple[np.ndarray, ...]:
    """Palms (F, 3), curls (F, 4), splays (F,) and confidence (F,) of one hand."""
    side = SIDES[place]
    group = GROUPS[f"{side}_hand"]
    points = outward_and_up(keypoints.points[:, group].astype(np.float64), side)
    points = points - points[:, :1]
    fingers = points[:, FIRST_FINGER:].reshape(len(points), len(FINGERS), POINTS_A_FINGER, 2)
    flat, scales = _palm_in_picture(fingers[:, :, 0])
    forearm = arms.wrists[:, place] - arms.elbows[:, place]
    candidates = [_judged(turned, scales, fingers, forearm) for turned in _turns(flat)]
    costs = np.stack([one.costs for one in candidates])
    best, frames = costs.argmin(axis=0), np.arange(len(points))
    palms, curls, splays, misfits = (
        np.stack([getattr(one, name) for one in candidates])[best, frames]
        for name in ("palms", "curls", "splays", "misfits")
    )
    sure = 1.0 / (1.0 + np.exp(-np.abs(costs[0] - costs[1])))
    fits = np.exp(-((misfits / WORST_MISFIT) ** 2))
    seen = keypoints.scores[:, group].min(axis=1) >= VISIBLE
    apart = np.abs(np.log(scales / arms.pixels_per_metre))
    return palms, curls, splays, sure * fits * seen * (apart < np.log(SCALES_APART))


def _palm_in_picture(knuckles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The picture (F, 2, 2) of the palm's two directions (along, across) without its scale, and that scale (F,).

    The direction in the palm that is seen longest is seen unshortened: the scale is the larger singular value.
    """
    plane = _rest_hand().knuckles[:, (0, 2)]
    picture = np.einsum("fkc,pk->fcp", knuckles, np.linalg.pinv(plane))
    scales = np.maximum(np.linalg.svd(picture, compute_uv=False)[:, 0], 1e-9)
    return picture / scales[:, None, None], scales


def _turns(flat: np.ndarray) -> list[np.ndarray]:
    """Both rotations (F, 3, 3) of a hand whose palm looks so."""
    left, values, right = np.linalg.svd(flat)
    short = np.clip(values[:, 1], 0.0, 1.0)
    found = []
    for sign in (1.0, -1.0):
        depth = sign * np.sqrt(1.0 - short**2)
        # Along the longest direction nothing is in depth; across it, what the picture lacks.
        first = np.concatenate((left[:, :, 0], np.zeros((len(flat), 1))), axis=-1)
        second = np.concatenate((short[:, None] * left[:, :, 1], depth[:, None]), axis=-1)
        axes = right[:, 0, :, None] * first[:, None] + right[:, 1, :, None] * second[:, None]
        along, across = axes[:, 0], axes[:, 1]
        found.append(np.stack((along, np.cross(across, along), across), axis=-1))
    return found


@dataclass(frozen=True)
class _Candidate:
    """One way a hand may be held: palms (F, 3), curls (F, 4), splays (F,); misfits (F,) in palm lengths; costs (F,)."""

    palms: np.ndarray
    curls: np.ndarray
    splays: np.ndarray
    misfits: np.ndarray
    costs: np.ndarray


def _judged(turned: np.ndarray, scales: np.ndarray, fingers: np.ndarray, forearm: np.ndarray) -> _Candidate:
    """Hands turned so (F, 3, 3): the fingers that fit their points best, and what speaks against it."""
    curls, splays, misfits = _fingers(turned, scales, fingers)
    palms = -turned[:, :, 1]
    in_hand = np.einsum("fba,fb->fa", turned, forearm / np.linalg.norm(forearm, axis=-1, keepdims=True))
    flexion = np.degrees(np.arctan2(in_hand[:, 1], in_hand[:, 0]))
    deviation = np.degrees(np.arctan2(in_hand[:, 2], np.hypot(in_hand[:, 0], in_hand[:, 1])))
    outward = np.maximum(palms[:, 0], 0.0)
    wrist = (flexion / FLEXION_SPREAD_DEG) ** 2 + (deviation / DEVIATION_SPREAD_DEG) ** 2
    costs = 0.5 * (wrist + (outward / OUTWARD_SPREAD) ** 2 + (misfits / MISFIT) ** 2)
    return _Candidate(palms, curls, splays, misfits, costs)


def _fingers(turned: np.ndarray, scales: np.ndarray, fingers: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Curls (F, 4) and splays (F,) whose picture fits the fingers' points best, and how badly it does (F,)."""
    hand = _rest_hand()
    length = float(np.linalg.norm(hand.knuckles, axis=-1).mean())
    seen = (fingers[:, :, 1:] - fingers[:, :, :1]) / scales[:, None, None, None]
    off = np.empty((len(turned), *hand.chains.shape[:3]))
    for curl, chains in enumerate(hand.chains):
        drawn = np.einsum("fba,sgpa->fsgpb", turned[:, :2], chains)
        off[:, curl] = np.square(drawn - seen[:, None]).sum(axis=-1).mean(axis=-1) / length**2
    off += ((SIDEWAYS_DEG / SIDEWAYS_SPREAD_DEG) ** 2 * MISFIT**2)[:, None]
    tried = off.reshape(len(off), -1, len(FINGERS))
    best = tried.argmin(axis=1)
    sideways = SIDEWAYS_DEG[best % len(SIDEWAYS_DEG)]
    misfits = np.sqrt(tried.min(axis=1).mean(axis=1))
    return CURLS[best // len(SIDEWAYS_DEG)], hand.splay_deg + sideways[:, 0] - sideways[:, -1], misfits
