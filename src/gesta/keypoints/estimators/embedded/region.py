"""A turned square of a picture: what the landmark networks look at, and the way back to the picture's pixels."""

import math
from dataclasses import dataclass

import numpy as np

from gesta.extras import extra_module
from gesta.keypoints.estimators.embedded.networks import PURPOSE


@dataclass(frozen=True)
class Region:
    """A square in a picture.

    Attributes:
        centre: (2,) pixels.
        side: pixels.
        angle: radians by which its x axis is turned, clockwise as pictures are seen.
    """

    centre: np.ndarray
    side: float
    angle: float = 0.0

    def cut(self, image: np.ndarray, size: int, behind: str = "black") -> np.ndarray:
        """The square at (size, size, 3), values 0 to 1; what lies beyond the picture is black, or its last pixels.

        Args:
            image: (H, W, 3) uint8.
            size: pixels.
            behind: "black" or "edge".
        """
        cv2 = extra_module("cv2", PURPOSE, "film")
        matrix = self._matrix(size)
        border = cv2.BORDER_REPLICATE if behind == "edge" else cv2.BORDER_CONSTANT
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        found = cv2.warpAffine(image, matrix, (size, size), flags=flags, borderMode=border)
        return np.asarray(found, dtype=np.float32) / 255.0

    def spread(self, values: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        """Values (S, S) of the square, laid on a picture of a size (width, height): (H, W), 0 outside the square."""
        cv2 = extra_module("cv2", PURPOSE, "film")
        found = cv2.warpAffine(values.astype(np.float32), self._matrix(len(values)), size, flags=cv2.INTER_LINEAR)
        return np.asarray(found)

    def to_picture(self, points: np.ndarray) -> np.ndarray:
        """Points (..., 2) of the square, 0 to 1 across it, in the picture's pixels."""
        return np.asarray(self.centre + (points - 0.5) * self.side @ self._turn().T)

    def from_picture(self, points: np.ndarray) -> np.ndarray:
        """The inverse of `to_picture`."""
        return np.asarray((points - self.centre) @ self._turn() / self.side + 0.5)

    def box(self) -> np.ndarray:
        """(4,) left, top, right, bottom of the square, as if it were not turned."""
        return np.concatenate([self.centre - self.side / 2.0, self.centre + self.side / 2.0])

    def _matrix(self, size: int) -> np.ndarray:
        """(2, 3) what leads from the numbers of pixels of the square at (size, size) to those of the picture."""
        turn = self._turn() * (self.side / size)
        # Pixels are squares: the middle of the first one lies half a pixel inside.
        shift = self.centre + turn @ np.full(2, 0.5 - size / 2.0) - 0.5
        return np.column_stack([turn, shift])

    def _turn(self) -> np.ndarray:
        cosine, sine = math.cos(self.angle), math.sin(self.angle)
        return np.array([[cosine, -sine], [sine, cosine]])


def upright(foot: np.ndarray, head: np.ndarray) -> float:
    """The angle of a region in which the way from `foot` to `head` points up."""
    along = head - foot
    return math.atan2(float(along[0]), float(-along[1]))


def around(points: np.ndarray, angle: float, scale: float) -> Region:
    """The square around points (N, 2), turned by an angle, its side `scale` times the longer side of their box."""
    level = Region(np.zeros(2), 1.0, angle)
    turned = level.from_picture(points)
    low, high = turned.min(axis=0), turned.max(axis=0)
    return Region(level.to_picture((low + high) / 2.0), float((high - low).max()) * scale, angle)
