"""What every pose estimator is: a name, and points for a picture or for the frames of a film."""

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from gesta.records import Keypoints


class PoseEstimator(Protocol):
    """Gives the points of one person, in pixels of the pictures it is shown.

    Pictures are (H, W, 3) uint8, red first; grey ones, (H, W) or (H, W, 1), will do as well.

    Attributes:
        name: one of gesta.keypoints.estimators.make.ESTIMATORS.
    """

    @property
    def name(self) -> str: ...

    def picture(self, image: np.ndarray) -> Keypoints:
        """The points of the person in a picture, as one frame.

        Raises:
            InputError: there is nobody in it, or the points do not fit it.
        """
        ...

    def film(self, frames: Iterator[np.ndarray], fps: float) -> Keypoints:
        """The points of one person through a film, one frame each; where nobody is found, all scores are 0.

        Args:
            frames: pictures of one size, taken one by one.
            fps: frames a second.

        Raises:
            InputError: there is no frame, or nobody in any, or the points do not fit the film.
        """
        ...
