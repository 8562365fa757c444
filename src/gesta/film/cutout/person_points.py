"""The points of the person who is cut out, by name, at the size that is worked on."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from gesta.keypoints.layout import GROUPS, HAND_EDGES, VISIBLE, body_index
from gesta.records import Keypoints

SIDES = ("left", "right")
"""The person's own."""
PALM = (0, 1, 5, 9, 13, 17)
"""Points of a hand that its palm lies between."""
KNUCKLE = 9
"""Of the middle finger."""


@dataclass(frozen=True)
class PersonPoints:
    """Points of one person.

    Attributes:
        points: (134, 2) pixels.
        there: (134,) bool, whether each is seen.
        across: the width of the shoulders, pixels; what everything else is measured in.
    """

    points: np.ndarray
    there: np.ndarray
    across: float

    def seen(self, names: Iterable[str]) -> np.ndarray:
        """Those of some points of the body that are seen: (n, 2)."""
        at = [body_index(name) for name in names]
        return self.points[[index for index in at if self.there[index]]]

    def arm(self, side: str) -> np.ndarray:
        """Shoulder, elbow and wrist as far as they are seen without a gap: (n, 2)."""
        at = [body_index(f"{side}_{joint}") for joint in ("shoulder", "elbow", "wrist")]
        count = next((number for number, index in enumerate(at) if not self.there[index]), len(at))
        return self.points[at[:count]]

    def arm_bones(self, side: str) -> list[tuple[np.ndarray, np.ndarray]]:
        """Upper arm, forearm and the hand's bones, as far as they are seen."""
        return [*self.sleeve_bones(side), *self.hand_bones(side)]

    def sleeve_bones(self, side: str) -> list[tuple[np.ndarray, np.ndarray]]:
        """Upper arm and forearm, as far as they are seen."""
        return list(pairwise(self.arm(side)))

    def hand(self, side: str) -> np.ndarray | None:
        """The 21 points of a hand, (21, 2), or None where it is not seen."""
        where = GROUPS[f"{side}_hand"]
        return self.points[where] if self.there[where].sum() > len(self.there[where]) // 2 else None

    def hand_bones(self, side: str) -> list[tuple[np.ndarray, np.ndarray]]:
        """The bones of a hand that is seen."""
        hand = self.hand(side)
        return [] if hand is None else [(hand[first], hand[second]) for first, second in HAND_EDGES]

    def hand_ends(self, side: str) -> np.ndarray:
        """The knuckle of the middle finger, if the hand is seen: (n, 2)."""
        hand = self.hand(side)
        return np.zeros((0, 2)) if hand is None else hand[[KNUCKLE]]

    def hand_length(self, side: str) -> float:
        """How long a palm is, pixels; a palm seen from its end counts as its fingers tell."""
        hand = self.hand(side)
        if hand is None:
            return 0.0
        palm = float(np.linalg.norm(hand[KNUCKLE] - hand[0]))
        width = float(np.linalg.norm(hand[5] - hand[17])) * 1.2
        return max(palm, width, 0.15 * self.across)


def person_points(keypoints: Keypoints, scale: float = 1.0) -> PersonPoints:
    """The points of the first frame, in a picture that is `scale` times as large."""
    points = np.nan_to_num(keypoints.points[0].astype(np.float64)) * scale
    there = (keypoints.scores[0] >= VISIBLE) & np.isfinite(keypoints.points[0]).all(axis=-1)
    return PersonPoints(points, there, _across(points, there, scale * max(keypoints.size)))


def _across(points: np.ndarray, there: np.ndarray, longest: float) -> float:
    """The width of the shoulders; where one is not seen, what the face tells, or a guess."""
    ends = [body_index(f"{side}_shoulder") for side in SIDES]
    if there[ends].all():
        return max(float(np.linalg.norm(points[ends[0]] - points[ends[1]])), 0.05 * longest)
    face = GROUPS["face"]
    if there[face].any():
        return max(2.4 * float(np.ptp(points[face][there[face]], axis=0).max()), 0.05 * longest)
    return 0.35 * longest
