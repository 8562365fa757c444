"""The 21 points of each hand: palms are looked for around the wrists that the body's network knows.

Facts: MediaPipe's graphs palm_detection_cpu, palm_detection_detection_to_roi, hand_landmark_cpu and
hand_landmark_landmarks_to_roi.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from gesta.keypoints.estimators.boxes import around as box_around
from gesta.keypoints.estimators.boxes import overlap
from gesta.keypoints.estimators.embedded.anchors import detections, middles
from gesta.keypoints.estimators.embedded.body import Body
from gesta.keypoints.estimators.embedded.networks import Network
from gesta.keypoints.estimators.embedded.region import Region, around, upright
from gesta.keypoints.layout import HAND_COUNT

ANSWERS = {8: 2, 16: 6}
LEAST_PALM, LEAST_HAND = 0.3, 0.5
WRIST, MIDDLE_KNUCKLE = 0, 2
"""Points of a palm."""
PALM_TO_HAND, PALM_AHEAD = 2.6, 0.5
"""A hand's region over its palm's box, and how far it lies ahead of the palm, in boxes."""
HAND_WIDER, HAND_AHEAD = 2.0, 0.1
"""The same from a hand's own points."""
STEM = [0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18]
"""A hand's points without the ends of its fingers, whose box does not jump when fingers bend."""
INDEX_KNUCKLE, MIDDLE, RING = 5, 9, 13
SEARCHED = 1.1
"""Around a wrist, palms are looked for in a square of so many shoulder widths."""
STILL_THERE, NEAR = 0.8, 0.4
"""How sure a hand must be that is looked for where it was, and how near to the body's wrist, in shoulder widths."""
SAME_HAND = 0.6
"""Overlap of two hands' boxes from which they are one hand seen twice."""


@dataclass(frozen=True)
class Hand:
    """A hand in a picture.

    Attributes:
        points: (21, 2) pixels of the picture, the wrist first.
        presence: how likely it is a hand.
    """

    points: np.ndarray
    presence: float

    def next_region(self) -> Region:
        """Where to look for the same hand again."""
        knuckles = (self.points[INDEX_KNUCKLE] + self.points[RING]) / 2.0
        ahead = (self.points[MIDDLE] + knuckles) / 2.0
        region = around(self.points[STEM], upright(self.points[0], ahead), HAND_WIDER)
        return _ahead(region, HAND_AHEAD / HAND_WIDER)


NO_HANDS: Mapping[str, Hand] = MappingProxyType({})


class HandNetworks:
    """Finds and reads the hands of a body."""

    def __init__(self) -> None:
        self._palms, self._hand = Network("palm_detection"), Network("hand")
        self._cells = middles(self._palms.side, ANSWERS)

    def of_body(self, image: np.ndarray, body: Body, before: Mapping[str, Hand] = NO_HANDS) -> dict[str, Hand]:
        """The hands of a body that are seen: by "left_hand" and "right_hand", the person's own.

        Args:
            image: (H, W, 3) uint8.
            body: whose hands they are.
            before: those in the frame before, which are looked for where they were.
        """
        found = {}
        for side in ("left", "right"):
            name = f"{side}_hand"
            hand = self._again(image, body, side, before[name]) if name in before else None
            if hand is None:
                region = self._palm(image, body, side) or _expected(body, side)
                hand = self.read(image, self.read(image, region).next_region())
            if hand.presence >= LEAST_HAND:
                found[name] = hand
        return _told_apart(found, body)

    def _again(self, image: np.ndarray, body: Body, side: str, before: Hand) -> Hand | None:
        """A hand where it was in the frame before; None where it is not, or is not where the body has it."""
        hand = self.read(image, before.next_region())
        away = float(np.linalg.norm(hand.points[0] - body.point(f"{side}_wrist")))
        return hand if hand.presence >= STILL_THERE and away < NEAR * _shoulders(body) else None

    def read(self, image: np.ndarray, region: Region) -> Hand:
        """The hand in a region of an (H, W, 3) uint8 picture."""
        side = self._hand.side
        points, presence, _, _ = self._hand.answer(region.cut(image, side, behind="edge"))
        # Its points are numbers of pixels, not places between them: mirrored pictures show half a pixel between both.
        places = (points.reshape(HAND_COUNT, -1)[:, :2] + 0.5) / side
        return Hand(region.to_picture(places), float(presence[0]))

    def _palm(self, image: np.ndarray, body: Body, name: str) -> Region | None:
        """The hand's region by the palm found nearest to where the body has it; None where there is none."""
        expected, side = _expected(body, name), self._palms.side
        square = Region(expected.centre, _shoulders(body) * SEARCHED)
        values, logits = self._palms.answer(square.cut(image, side))
        found = detections(values, logits, self._cells, LEAST_PALM)
        if not len(found):
            return None
        points = square.to_picture(found.points / side)
        away = np.linalg.norm(points[:, WRIST] - body.point(f"{name}_wrist"), axis=1) / _shoulders(body)
        best = int((found.scores - away).argmax())
        angle = upright(points[best, WRIST], points[best, MIDDLE_KNUCKLE])
        corners = square.to_picture(found.boxes[best].reshape(2, 2) / side)
        region = Region(corners.mean(axis=0), float((corners[1] - corners[0]).max()) * PALM_TO_HAND, angle)
        return _ahead(region, PALM_AHEAD / PALM_TO_HAND)


def _ahead(region: Region, share: float) -> Region:
    """The region moved up, as it is turned, by a share of its side."""
    return Region(region.to_picture(np.array([0.5, 0.5 - share])), region.side, region.angle)


def _shoulders(body: Body) -> float:
    return float(np.linalg.norm(body.point("left_shoulder") - body.point("right_shoulder")))


def _expected(body: Body, side: str) -> Region:
    """Where the body's own points say that a hand is."""
    wrist = body.point(f"{side}_wrist")
    knuckles = (body.point(f"{side}_index") + body.point(f"{side}_pinky")) / 2.0
    length = max(float(np.linalg.norm(knuckles - wrist)), _shoulders(body) / 6.0)
    return Region(wrist + (knuckles - wrist) * 1.2, 4.0 * length, upright(wrist, knuckles))


def _told_apart(found: dict[str, Hand], body: Body) -> dict[str, Hand]:
    """Where both are the same hand, that of the nearer wrist stays."""
    if len(found) < 2:
        return found
    boxes = {name: box_around(hand.points, 0.0) for name, hand in found.items()}
    first, second = boxes
    if overlap(boxes[first], boxes[second][None])[0] < SAME_HAND:
        return found
    wrists = {name: body.point(name.replace("hand", "wrist")) for name in found}
    nearest = min(found, key=lambda name: float(np.linalg.norm(found[name].points[0] - wrists[name])))
    return {nearest: found[nearest]}
