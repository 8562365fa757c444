"""The pinhole camera: where it stands, what it looks at, and how a point of the world lands on a pixel."""

from dataclasses import dataclass

import numpy as np

NEAR_M = 0.05
"""Triangles that reach nearer to the camera than this are not drawn."""


@dataclass(frozen=True)
class Camera:
    """A perspective camera with square pixels and no tilt about its own axis.

    Attributes:
        eye: (3,) metres, where the camera stands.
        target: (3,) metres, the point in the middle of the picture.
        height_m: how many metres upright fit into the picture at the target's distance.
    """

    eye: np.ndarray
    target: np.ndarray
    height_m: float

    def moved(self, by: np.ndarray) -> "Camera":
        """The same camera carried along by (3,) metres."""
        return Camera(self.eye + by, self.target + by, self.height_m)

    def packed(self, size: tuple[int, int]) -> np.ndarray:
        """What the kernels need: (5, 3) float64 rows eye, right, up, forward, (focal length, centre x, centre y) px.

        Args:
            size: width and height of the picture, pixels.
        """
        width, height = size
        toward = np.asarray(self.target, np.float64) - self.eye
        distance = float(np.linalg.norm(toward))
        forward = toward / distance
        right = np.cross(forward, (0.0, 1.0, 0.0))
        right /= np.linalg.norm(right)
        up = np.cross(right, forward)
        focal = height * distance / self.height_m
        return np.stack([np.asarray(self.eye, np.float64), right, up, forward, (focal, width / 2.0, height / 2.0)])


def project(points: np.ndarray, camera: Camera, size: tuple[int, int]) -> np.ndarray:
    """Where points of the world land: (N, 3) metres to (N, 3) pixel x, pixel y, distance along the view in metres."""
    eye, right, up, forward, (focal, centre_x, centre_y) = camera.packed(size)
    seen = (np.asarray(points, np.float64) - eye) @ np.stack([right, up, forward]).T
    scale = focal / seen[:, 2]
    return np.stack([centre_x + scale * seen[:, 0], centre_y - scale * seen[:, 1], seen[:, 2]], axis=1)
