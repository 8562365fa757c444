"""Which part of a film's pictures a clip shows: a square around the person, the same through the whole clip.

It holds every point of head, arms and hands that is seen, with room around them where there is; what is below may be
cut off. Where they need more than the pictures are high or wide, it is a rectangle that `gesta.keypoints.canvas` puts
on the square, black beside it.
"""

from dataclasses import dataclass

import numpy as np

from gesta.keypoints.layout import GROUPS, LEGS, VISIBLE, body_index
from gesta.records import KEYPOINT_COUNT, Keypoints

ROOM = 0.08
"""On each side of the points, in sides of their box."""
ABOVE = 0.5
"""Above the highest point of the face, in heights of the face: forehead and hair."""
OUTLIERS = 0.5
"""Per cent of a point's places that do not count on each side, so that one stray frame does not widen the square."""
LEAST_SIDE_PX = 16
_BELOW = [*LEGS, *range(GROUPS["feet"].start, GROUPS["feet"].stop), body_index("left_hip"), body_index("right_hip")]
UPPER = np.setdiff1d(np.arange(KEYPOINT_COUNT), _BELOW)
"""Points of head, arms and hands."""


@dataclass(frozen=True)
class Frame:
    """A part of a picture, in whole pixels.

    Attributes:
        left, top: its upper left pixel.
        width, height: even.
    """

    left: int
    top: int
    width: int
    height: int

    def cut(self, picture: np.ndarray) -> np.ndarray:
        """The part of a picture (H, W, ...)."""
        return picture[self.top : self.top + self.height, self.left : self.left + self.width]

    def to_part(self, keypoints: Keypoints) -> Keypoints:
        """Points of the whole picture in pixels of the part; those beyond it are not seen."""
        points = keypoints.points - np.array([self.left, self.top], np.float32)
        size = (self.width, self.height)
        inside = ((points >= 0.0) & (points <= np.array(size))).all(axis=-1)
        return keypoints.replaced(points=points, scores=np.where(inside, keypoints.scores, 0.0), size=size)


def frame_around(keypoints: Keypoints) -> Frame:
    """The part of the pictures that shows the person of some frames.

    Args:
        keypoints: of the clip, in pixels of whole pictures.
    """
    low, high = _box(keypoints, UPPER)
    face_low, face_high = _box(keypoints, np.arange(GROUPS["face"].start, GROUPS["face"].stop))
    low[1] -= ABOVE * (face_high[1] - face_low[1])
    size = np.array(keypoints.size, dtype=float)
    least = float((high - low).max())
    side = least * (1.0 + 2.0 * ROOM)
    if least <= min(keypoints.size):
        # Rather less room than black beside the picture.
        side = min(side, float(min(keypoints.size)))
    sides = np.minimum(max(side, LEAST_SIDE_PX), size)
    middle = (low + high) / 2.0
    # At the picture's border the square is moved in, so that it shows no black where there is picture.
    first = np.clip(middle - sides / 2.0, 0.0, size - sides)
    (left, top), (width, height) = np.rint(first).astype(int).tolist(), (2 * np.floor(sides / 2.0)).astype(int).tolist()
    return Frame(min(left, keypoints.size[0] - width), min(top, keypoints.size[1] - height), width, height)


def _box(keypoints: Keypoints, some: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The corners (2,) and (2,) of the box around points seen; of the whole picture where none is."""
    seen = keypoints.scores[:, some] >= VISIBLE
    if not seen.any():
        return np.zeros(2), np.array(keypoints.size, dtype=float)
    places = np.where(seen[..., None], keypoints.points[:, some], np.nan)[:, seen.any(axis=0)]
    low, high = np.nanpercentile(places, [OUTLIERS, 100.0 - OUTLIERS], axis=0)
    return low.min(axis=0), high.max(axis=0)
