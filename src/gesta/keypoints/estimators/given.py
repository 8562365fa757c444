"""Points that the user gives in a file, checked against the picture or film they belong to."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from gesta.errors import InputError
from gesta.keypoints.estimators.pictures import size_of
from gesta.keypoints.files import read_keypoints, resampled
from gesta.records import Keypoints

ROUNDING = 1
"""Pixels by which sizes of one shape may differ after scaling, and frames by which lengths may after resampling."""


class GivenPoints:
    """A pose estimator that knows the answer; see gesta.keypoints.estimators.protocol."""

    name = "given"

    def __init__(self, path: str | Path) -> None:
        """Read a file of points.

        Raises:
            InputError: it cannot be read, or holds no points.
        """
        self.path = Path(path)
        self._keypoints = read_keypoints(self.path)

    def picture(self, image: np.ndarray) -> Keypoints:
        """The file's first frame, in pixels of an (H, W, ...) picture.

        Raises:
            InputError: the points belong to a picture of another shape.
        """
        return self._fitted(size_of(image)).frames(0, 1)

    def film(self, frames: Iterable[np.ndarray], fps: float) -> Keypoints:
        """The file's points at a film's frame rate, as many frames as the film has, in its pixels.

        Raises:
            InputError: there is no frame, or the points belong to pictures of another shape, or end before the film.
        """
        sizes = [size_of(frame) for frame in frames]
        if len(set(sizes)) != 1:
            raise InputError(f"The film for '{self.path}' has no frames, or frames of several sizes.")
        points = resampled(self._fitted(sizes[0]), fps)
        if points.frame_count < len(sizes) - ROUNDING:
            raise InputError(
                f"'{self.path}' holds points for {points.frame_count} frames at {fps:g} a second, but the film has "
                f"{len(sizes)}; give points for all of it."
            )
        shown = np.minimum(np.arange(len(sizes)), points.frame_count - 1)
        return points.replaced(points=points.points[shown], scores=points.scores[shown])

    def _fitted(self, size: tuple[int, int]) -> Keypoints:
        return fitted(self._keypoints, size, self.path)


def fitted(keypoints: Keypoints, size: tuple[int, int], path: Path) -> Keypoints:
    """Points of a file in pixels of a picture of the size (width, height).

    Args:
        keypoints: in the file.
        size: of the picture.
        path: the file, for the sentence of an error.

    Raises:
        InputError: the points belong to pictures of another shape.
    """
    if keypoints.size == size:
        return keypoints
    factor = np.asarray(size) / np.asarray(keypoints.size)
    if abs(factor[0] - factor[1]) * min(keypoints.size) > ROUNDING:
        raise InputError(
            f"'{path}' holds points for pictures of {keypoints.size[0]} x {keypoints.size[1]} pixels, which "
            f"have another shape than {size[0]} x {size[1]}; find the points in this picture."
        )
    return keypoints.replaced(points=keypoints.points * factor.astype(np.float32), size=size)
