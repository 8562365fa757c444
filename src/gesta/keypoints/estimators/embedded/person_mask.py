"""Which pixels of a picture belong to a person, as two networks that ship say it.

One is made for people before a camera and sees the whole picture at 256 x 256 pixels; where a person is small, it
looks again at the part of the picture around them. The other is the body's own: it knows one person from another but
is coarse, since it looks at the whole body, legs included.

Facts: MediaPipe's graphs selfie_segmentation_cpu and pose_landmark_filtering.
"""

import numpy as np

from gesta.extras import extra_module
from gesta.keypoints.estimators.embedded.body import BodyNetwork
from gesta.keypoints.estimators.embedded.networks import PURPOSE, Network
from gesta.keypoints.estimators.embedded.people import HIPS, REACH, PersonDetector, body_region, whole_picture
from gesta.keypoints.estimators.embedded.region import Region, around
from gesta.keypoints.estimators.pictures import size_of
from gesta.keypoints.layout import VISIBLE, body_index
from gesta.records import Keypoints

CLOSER = 0.75
"""The network looks again where the square around a person is smaller than this share of the picture."""
AROUND = 1.6
"""That square's side, in sides of the box around a person's points."""
MOST_PERSONS = 4
"""So many are looked at, the surest first."""
SHOULDERS = ("left_shoulder", "right_shoulder")
SAME_PERSON = 0.5
"""How far shoulders may be from a person's points, in widths of the shoulders, for both to be the same person's."""


class PersonMasks:
    """Reads masks of persons."""

    def __init__(self) -> None:
        """Open the networks.

        Raises:
            InputError: ai-edge-litert or opencv is not installed.
        """
        self._anybody, self._persons, self._bodies = Network("person_mask"), PersonDetector(), BodyNetwork()

    def anybody(self, image: np.ndarray, keypoints: Keypoints) -> np.ndarray:
        """How likely each pixel of an (H, W, 3) uint8 picture shows somebody: (H, W) float32."""
        whole = whole_picture(image)
        found = self._seen(image, whole)
        seen = keypoints.points[0][keypoints.scores[0] >= VISIBLE]
        if len(seen):
            closer = around(seen, 0.0, AROUND)
            if closer.side < CLOSER * whole.side:
                places = closer.from_picture(_middles(image))
                inside = ((places > 0.0) & (places < 1.0)).all(axis=-1)
                found = np.where(inside, self._seen(image, closer), found)
        return found

    def body(self, image: np.ndarray, keypoints: Keypoints) -> tuple[np.ndarray | None, int]:
        """How likely each pixel belongs to the person of some points, and how many persons there are.

        Returns:
            (H, W) float32, 0 beyond what the network looked at, or None where it does not find them; and a number.
        """
        found = self._persons.find(image)
        regions = [body_region(points[HIPS], points[REACH]) for points in found.points[:MOST_PERSONS]]
        bodies = [self._bodies.read(image, self._bodies.read(image, region).next_region()) for region in regions]
        if not bodies:
            return None, 0
        wanted = keypoints.points[0, [body_index(name) for name in SHOULDERS]]
        away = [np.linalg.norm([body.point(name) for name in SHOULDERS] - wanted, axis=1).max() for body in bodies]
        nearest = bodies[int(np.argmin(away))]
        if min(away) > SAME_PERSON * np.linalg.norm(wanted[0] - wanted[1]):
            return None, len(found)
        return pasted(nearest.mask, nearest.region, image), len(found)

    def _seen(self, image: np.ndarray, region: Region) -> np.ndarray:
        mask = self._anybody.answer(region.cut(image, self._anybody.side, "edge"))[0][..., 0]
        return pasted(mask, region, image)


def pasted(mask: np.ndarray, region: Region, image: np.ndarray) -> np.ndarray:
    """A region's values (S, S) where it lies in a picture: (H, W) float32, 0 beyond it."""
    cv2 = extra_module("cv2", PURPOSE, "film")
    side = mask.shape[0]
    corners = region.from_picture(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])) * side
    origin, right, down = corners[0], corners[1] - corners[0], corners[2] - corners[0]
    turn = np.column_stack([right, down])
    # Pixels are squares: the middle of the first one lies half a pixel inside, there and here.
    matrix = np.column_stack([turn, origin + turn @ np.full(2, 0.5) - 0.5])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    found = cv2.warpAffine(mask.astype(np.float32), matrix, size_of(image), flags=flags)
    return np.asarray(found, np.float32)


def _middles(image: np.ndarray) -> np.ndarray:
    """The middles of a picture's pixels: (H, W, 2) x, y."""
    rows, columns = np.indices(image.shape[:2])
    return np.stack([columns, rows], axis=-1) + 0.5
