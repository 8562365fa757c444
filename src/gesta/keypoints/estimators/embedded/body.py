"""The 33 points of a body, two that say where it is looked for next, and which pixels belong to it.

Facts: BlazePose (arXiv 2006.10204) and MediaPipe's graphs pose_landmark_by_roi_cpu and
tensors_to_pose_landmarks_and_segmentation: points are refined by heat maps at a quarter of the size.
"""

from dataclasses import dataclass

import numpy as np

from gesta.keypoints.estimators.embedded.networks import Network, sigmoid
from gesta.keypoints.estimators.embedded.people import body_region
from gesta.keypoints.estimators.embedded.region import Region

NAMES = (
    "nose", "left_eye_inner", "left_eye", "left_eye_outer", "right_eye_inner", "right_eye", "right_eye_outer",
    "left_ear", "right_ear", "mouth_left", "mouth_right", "left_shoulder", "right_shoulder", "left_elbow",
    "right_elbow", "left_wrist", "right_wrist", "left_pinky", "right_pinky", "left_index", "right_index", "left_thumb",
    "right_thumb", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle", "left_heel",
    "right_heel", "left_foot_index", "right_foot_index",
)  # fmt: skip
"""BlazePose's points in order; left and right are the person's own."""
HIPS, REACH = len(NAMES), len(NAMES) + 1
"""Two more points, as gesta.keypoints.estimators.embedded.people has them."""
NUMBERS = 5
"""For each point: x, y, z, and logits of being visible and of being in the picture."""
AROUND, LEAST_HEAT = 3, 0.5
"""Pixels of a heat map on each side of a point that it is refined by, and how hot it must be there."""


@dataclass(frozen=True)
class Body:
    """A body in a picture.

    Attributes:
        points: (35, 2) pixels of the picture: those of `NAMES`, then two that say where to look next.
        scores: (33,) how likely each is seen.
        presence: how likely there is a body at all.
        region: where it was looked for.
        mask: (H, W) of the region, how likely each pixel belongs to it.
    """

    points: np.ndarray
    scores: np.ndarray
    presence: float
    region: Region
    mask: np.ndarray

    def point(self, name: str) -> np.ndarray:
        """(2,) by its name."""
        return np.asarray(self.points[NAMES.index(name)])

    def next_region(self) -> Region:
        """Where to look for the same body again."""
        return body_region(self.points[HIPS], self.points[REACH])


class BodyNetwork:
    """Reads the body in a region."""

    def __init__(self) -> None:
        self._network = Network("body")

    def read(self, image: np.ndarray, region: Region) -> Body:
        """The body in a region of an (H, W, 3) uint8 picture."""
        side = self._network.side
        numbers, presence, mask, heat, _ = self._network.answer(region.cut(image, side))
        rows = numbers.reshape(-1, NUMBERS)
        places = refined(rows[:, :2] / side, sigmoid(heat))[: REACH + 1]
        scores = sigmoid(rows[: len(NAMES), 3]) * sigmoid(rows[: len(NAMES), 4])
        return Body(region.to_picture(places), scores, float(presence[0]), region, sigmoid(mask[..., 0]))


def refined(places: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """Points (N, 2), 0 to 1, moved to the middle of what is hot around them in their heat maps (H, W, N)."""
    height, width, _ = heat.shape
    found = places.copy()
    for number, (x, y) in enumerate(places * (width, height)):
        column, row = int(x), int(y)
        if not (0 <= column < width and 0 <= row < height):
            continue
        top, left = max(0, row - AROUND), max(0, column - AROUND)
        patch = heat[top : row + AROUND + 1, left : column + AROUND + 1, number]
        if patch.max() < LEAST_HEAT:
            continue
        rows, columns = np.indices(patch.shape)
        shares = patch / patch.sum()
        found[number] = ((columns * shares).sum() + left) / width, ((rows * shares).sum() + top) / height
    return found
