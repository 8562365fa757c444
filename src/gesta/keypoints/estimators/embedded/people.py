"""Finding persons: where their hips are, how far their bodies reach, which way up they are.

Facts: MediaPipe's graphs pose_detection_cpu and pose_detection_to_roi.
"""

import numpy as np

from gesta.keypoints.estimators.embedded.anchors import Detections, detections, middles
from gesta.keypoints.estimators.embedded.networks import Network
from gesta.keypoints.estimators.embedded.region import Region, upright
from gesta.keypoints.estimators.pictures import size_of

ANSWERS = {8: 2, 16: 2, 32: 6}
"""By stride, how often each cell answers."""
LEAST_SCORE = 0.5
HIPS, REACH = 0, 1
"""Points of a person: the middle of the hips, and a point of the circle around the whole body, above the head."""
WIDER = 1.25
"""The region's side over the circle's diameter."""


class PersonDetector:
    """Finds persons in pictures."""

    def __init__(self) -> None:
        self._network = Network("person_detection")
        self._cells = middles(self._network.side, ANSWERS)

    def find(self, image: np.ndarray) -> Detections:
        """Persons in an (H, W, 3) uint8 picture, in its pixels."""
        whole, side = whole_picture(image), self._network.side
        values, logits = self._network.answer(whole.cut(image, side) * 2.0 - 1.0)
        found = detections(values, logits, self._cells, LEAST_SCORE)
        boxes = whole.to_picture(found.boxes.reshape(-1, 2, 2) / side).reshape(-1, 4)
        return Detections(boxes, whole.to_picture(found.points / side), found.scores)


def whole_picture(image: np.ndarray) -> Region:
    """The square around a whole picture."""
    size = np.array(size_of(image), dtype=float)
    return Region(size / 2.0, float(size.max()))


def body_region(hips: np.ndarray, reach: np.ndarray) -> Region:
    """What the body's network looks at, from two points of a person."""
    return Region(hips, 2.0 * float(np.linalg.norm(reach - hips)) * WIDER, upright(hips, reach))
