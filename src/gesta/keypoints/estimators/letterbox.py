"""A picture in the upper left corner of a grey square, as the detector of persons reads it.

Facts: YOLOX (Megvii, preproc of yolox/data/data_augment.py) and DWPose's onnxdet.py: one factor for both sides, sizes
rounded down, bilinear, the rest filled with 114.
"""

import numpy as np

from gesta.extras import extra_module
from gesta.keypoints.estimators.pictures import CHANNELS, size_of

PADDING = 114
"""Grey value beside the picture."""


def letterboxed(image: np.ndarray, side: int) -> tuple[np.ndarray, float]:
    """The square picture, and the factor from the picture's pixels to the square's.

    Args:
        image: (H, W, 3) uint8.
        side: of the square, in pixels.

    Returns:
        (side, side, 3) uint8, and the factor.
    """
    cv2 = extra_module("cv2", "Finding points in pictures", "film")
    width, height = size_of(image)
    factor = side / max(width, height)
    inner = (max(1, int(width * factor)), max(1, int(height * factor)))
    square = np.full((side, side, CHANNELS), PADDING, dtype=np.uint8)
    square[: inner[1], : inner[0]] = cv2.resize(image, inner, interpolation=cv2.INTER_LINEAR)
    return square, factor
