"""Following one person through a film: the box comes from the points of the frame before, checked now and then.

The box stays where it is while the points still fill it, so that it does not add a jitter of its own. The detector
looks when there is nobody to follow, every n-th frame, and when the points get lost, as at a cut.
"""

from typing import Protocol

import numpy as np

from gesta.keypoints.estimators.boxes import around, chosen, overlap
from gesta.keypoints.estimators.dwpose_config import DWPoseConfig
from gesta.keypoints.estimators.pictures import size_of
from gesta.keypoints.layout import GROUPS, VISIBLE
from gesta.records import KEYPOINT_COUNT

MARGIN = 0.05
"""Hair and finger tips lie outside the points: the box is wider on each side by this share."""
SAME_PERSON = 0.3
"""Overlap from which a detected box is taken for who is followed."""
STILL_FILLED = 0.75
"""Overlap of the points' box with the box in use, below which it is moved."""
LEAST_SEEN = 3
"""Body points that must be seen for a person not to be lost; a face alone has the nose, two eyes and two ears."""

Found = tuple[np.ndarray, np.ndarray]
"""Points (134, 2) and scores (134,), float32."""


class Finder(Protocol):
    """What a follower needs of an estimator."""

    def persons(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]: ...

    def points(self, image: np.ndarray, box: np.ndarray) -> Found: ...


class Follower:
    """Takes the frames of a film in order and gives the points of one person in each."""

    def __init__(self, finder: Finder, config: DWPoseConfig) -> None:
        self._finder, self._config = finder, config
        self._box: np.ndarray | None = None
        self._frames_since = 0

    def next(self, image: np.ndarray) -> Found:
        """The points in the next frame, (134, 2), and scores, (134,), all 0 where nobody is found."""
        if not self._config.follow:
            self._box = None
        self._frames_since += 1
        looked = self._box is None or self._frames_since >= self._config.look_again
        if looked:
            self._look(image)
        found = self._points(image)
        if self._box is not None and lost(found) and not looked:
            self._box = None
            self._look(image)
            found = self._points(image)
        self._move(found)
        return found

    def _points(self, image: np.ndarray) -> Found:
        if self._box is None:
            return np.zeros((KEYPOINT_COUNT, 2), np.float32), np.zeros(KEYPOINT_COUNT, np.float32)
        return self._finder.points(image, self._box)

    def _look(self, image: np.ndarray) -> None:
        """Let the detector say where the person is; somebody else elsewhere does not count while one is followed."""
        self._frames_since = 0
        boxes, scores = self._finder.persons(image)
        if self._box is None:
            self._box = chosen(boxes, scores, size_of(image), self._config.person) if len(boxes) else None
            return
        shared = overlap(self._box, boxes)
        if len(boxes) and shared.max() >= SAME_PERSON:
            self._box = boxes[int(shared.argmax())]

    def _move(self, found: Found) -> None:
        """Put the box where the points are, if they have left it, and forget it if they are lost."""
        if self._box is None:
            return
        if lost(found):
            self._box = None
            return
        points, scores = found
        box = around(points[scores >= VISIBLE], MARGIN)
        if overlap(box, self._box[None])[0] < STILL_FILLED:
            self._box = box


def lost(found: Found) -> bool:
    """Whether too few body points are seen to go on from them."""
    return int((found[1][GROUPS["body"]] >= VISIBLE).sum()) < LEAST_SEEN
