"""The part of a picture around one person, brought to the size that the pose network reads, and the way back.

Facts: MMPose's top-down pipeline (GetBBoxCenterScale with padding 1.25, TopdownAffine) and DWPose's onnxpose.py.
"""

from dataclasses import dataclass

import numpy as np

from gesta.extras import extra_module

PADDING = 1.25
"""The crop's size over the box's, before it gets the network's shape."""


@dataclass(frozen=True)
class Crop:
    """A rectangle of a picture and the size it is brought to.

    Attributes:
        centre: (2,) x, y in pixels of the picture.
        extent: (2,) width and height in pixels of the picture, in the shape of `size`.
        size: width and height in pixels of what the network reads.
    """

    centre: np.ndarray
    extent: np.ndarray
    size: tuple[int, int]

    @property
    def factor(self) -> float:
        """From the picture's pixels to the crop's."""
        return float(self.size[0] / self.extent[0])

    def cut(self, image: np.ndarray) -> np.ndarray:
        """What lies in the rectangle, bilinear, black where the picture ends: (H, W, 3) uint8 of `size`."""
        cv2 = extra_module("cv2", "Finding points in pictures", "film")
        shift = np.asarray(self.size) / 2.0 - self.centre * self.factor
        matrix = np.array([[self.factor, 0.0, shift[0]], [0.0, self.factor, shift[1]]])
        return np.asarray(cv2.warpAffine(image, matrix, self.size, flags=cv2.INTER_LINEAR))

    def to_picture(self, points: np.ndarray) -> np.ndarray:
        """Points (..., 2) in pixels of the crop as points in pixels of the picture."""
        return np.asarray((points - np.asarray(self.size) / 2.0) / self.factor + self.centre)


def crop_around(box: np.ndarray, size: tuple[int, int]) -> Crop:
    """The crop around a box.

    Args:
        box: (4,) left, top, right, bottom in pixels of the picture.
        size: width and height that the network reads.
    """
    width, height = np.maximum(box[2:] - box[:2], 1.0) * PADDING
    shape = size[0] / size[1]
    width = max(width, height * shape)
    return Crop((box[:2] + box[2:]) / 2.0, np.array([width, width / shape]), size)
