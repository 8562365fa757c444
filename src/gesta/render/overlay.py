"""A mesh drawn over a picture, seen through everything that is there, as a skeleton through a body."""

import numpy as np

from gesta.kernels import shading_kernel
from gesta.render.camera import Camera
from gesta.render.shading import SRGB_TABLE, TABLE_SIZE
from gesta.render.visibility import SAMPLES, TILE_PX, draw_visibility, find_window, project_vertices

STRENGTH = 0.86
"""How much of the picture behind is covered."""
LEAST_LIGHT = 0.55
"""Brightness of a face that is seen from the side; 1 where it is seen from the front."""


@shading_kernel
def _blend(
    spans: np.ndarray, inverse: np.ndarray, seen: np.ndarray, faces: np.ndarray, material: np.ndarray,
    normals: np.ndarray, forward: np.ndarray, picture: np.ndarray,
) -> None:  # fmt: skip
    """Mix the colours of what is visible into a picture.

    Args:
        spans, inverse, seen: from `draw_visibility`.
        faces: (N, 3).
        material: (V, 4) float32, of which the gloss does not matter.
        normals: (V, 3) float32.
        forward: (3,) float32, the way the camera looks.
        picture: (H, W, 3) uint8, read and written.
    """
    part, top = np.float32(STRENGTH / SAMPLES), np.float32(TABLE_SIZE - 1)
    low, one, half = np.float32(LEAST_LIGHT), np.float32(1.0), np.float32(0.5)
    for row in range(spans.shape[0]):
        for column in range(spans[row, 0], spans[row, 1]):
            for sample in range(SAMPLES):
                if inverse[row, column, sample] > np.float32(0.0):
                    at = faces[seen[row, column, sample], 0]
                    toward = -normals[at, 0] * forward[0] - normals[at, 1] * forward[1] - normals[at, 2] * forward[2]
                    light = (low + (one - low) * max(np.float32(0.0), toward)) * top
                    for channel in range(3):
                        colour = SRGB_TABLE[int(light * material[at, channel])]
                        value = np.float32(picture[row, column, channel])
                        # Each sample mixes into what the ones before left: close enough to all of them at once.
                        picture[row, column, channel] = int(value + part * (colour - value) + half)


class Overlay:
    """Draws one mesh over pictures; one thread at a time may use it.

    Args:
        faces: (N, 3) int32, counter-clockwise seen from outside.
        material: (V, 4) float32 linear red, green, blue (0 to 1) and gloss.
        size: width and height of the pictures, pixels.
    """

    def __init__(self, faces: np.ndarray, material: np.ndarray, size: tuple[int, int]) -> None:
        width, height = size
        self._size = size
        self._faces, self._material = np.asarray(faces, np.int32), np.asarray(material, np.float32)
        self._fronts, self._backs = np.arange(len(faces)), np.arange(0)
        self._screen = np.empty((len(material), 3))
        self._spans = np.zeros((height, 2), np.int64)
        self._inverse = np.zeros((height, width, SAMPLES), np.float32)
        self._covered = np.zeros((height // TILE_PX, width // TILE_PX), np.float32)
        self._seen = np.zeros((height, width, SAMPLES), np.int32)

    def draw(self, vertices: np.ndarray, normals: np.ndarray, camera: Camera, picture: np.ndarray) -> None:
        """Lay the mesh over a picture (H, W, 3) uint8; vertices and unit normals are (V, 3) float32."""
        view, window = camera.packed(self._size), np.zeros(4, np.int64)
        project_vertices(vertices, view, self._screen)
        find_window(self._screen, self._seen.shape[:2], window)
        draw_visibility(
            self._screen, self._faces, self._fronts, self._backs, window, self._spans, self._inverse, self._seen,
            self._covered,
        )  # fmt: skip
        _blend(
            self._spans, self._inverse, self._seen, self._faces, self._material, normals,
            view[3].astype(np.float32), picture,
        )  # fmt: skip
