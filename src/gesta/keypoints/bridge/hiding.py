"""Which points of a body a camera sees: a point is hidden if skin lies well before it.

A small z-buffer is drawn of the body's skin in each pose. Joints lie inside of the flesh, so a point may lie some way
behind the skin of its own part and is still seen.

T frames, P points, V vertices.
"""

import numpy as np

from gesta.avatar.posing import Figure
from gesta.keypoints.layout import GROUPS, body_index
from gesta.records import KEYPOINT_COUNT
from gesta.render.visibility import SAMPLES, TILE_PX, draw_visibility, find_window, project_vertices

SIDE_PX = 256
"""The longer side of the z-buffer."""
WITHIN_M = {"body": 0.11, "feet": 0.07, "face": 0.025, "left_hand": 0.035, "right_hand": 0.035}
"""How far points may lie behind the skin of their own part; joints of the trunk lie deepest."""
OWN_WITHIN_M = {"nose": 0.025, "left_eye": 0.025, "right_eye": 0.025, "left_ear": 0.04, "right_ear": 0.04,
                "left_wrist": 0.09, "right_wrist": 0.09}  # fmt: skip
FADE_M = 0.04
"""From seen to hidden."""
HIDDEN = 0.1
"""The score of a point that is hidden but in the picture: below what counts as visible."""


class Hiding:
    """Draws one body again and again; holds its buffers."""

    def __init__(self, worn: Figure, size: tuple[int, int], focal: float, centre: np.ndarray) -> None:
        """For pictures of a size (width, height), with a focal length and a centre (2,) in pixels."""
        self._scale = SIDE_PX / max(size)
        width, height = (max(TILE_PX, round(side * self._scale)) for side in size)
        self._view = np.array(
            ((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, -1.0), (focal, *centre)), np.float64
        )
        self._view[4] *= self._scale
        self._faces = np.ascontiguousarray(worn.faces, np.int32)
        self._fronts = np.arange(len(worn.faces))
        self._backs = self._fronts[worn.two_sided]
        self._screen = np.empty((len(worn.vertices), 3))
        self._spans = np.zeros((height, 2), np.int64)
        self._inverse = np.zeros((height, width, SAMPLES), np.float32)
        self._seen = np.zeros((height, width, SAMPLES), np.int32)
        self._covered = np.zeros((height // TILE_PX, width // TILE_PX), np.float32)

    def scores(self, skin: np.ndarray, points: np.ndarray, landed: np.ndarray) -> np.ndarray:
        """How well points are seen: (T, P) from `HIDDEN` to 1.

        Args:
            skin: (T, V, 3) metres before the camera.
            points: (T, P, 3) metres.
            landed: (T, P, 2) where they lie, pixels of the picture.
        """
        places = np.floor(landed * self._scale).astype(np.int64)
        columns = places[..., 0].clip(0, self._inverse.shape[1] - 1)
        rows = places[..., 1].clip(0, self._inverse.shape[0] - 1)
        nearest = np.empty(points.shape[:2], np.float32)
        for frame, vertices in enumerate(skin):
            self._draw(vertices)
            nearest[frame] = self._inverse[rows[frame], columns[frame]].max(axis=-1)
        return scores_behind(nearest, -points[..., 2])

    def _draw(self, vertices: np.ndarray) -> None:
        window = np.zeros(4, np.int64)
        project_vertices(vertices, self._view, self._screen)
        find_window(self._screen, self._inverse.shape[:2], window)
        draw_visibility(
            self._screen, self._faces, self._fronts, self._backs, window, self._spans, self._inverse, self._seen,
            self._covered,
        )  # fmt: skip


def scores_behind(nearest: np.ndarray, depths: np.ndarray) -> np.ndarray:
    """How well points are seen: (T, P) from `HIDDEN` to 1.

    Args:
        nearest: (T, P) inverse distance along the view of the skin where each point lands, 0 where there is none.
        depths: (T, P) metres along the view of the points themselves.
    """
    before = np.where(nearest > 0.0, depths - 1.0 / np.maximum(nearest, 1e-6), 0.0)
    return 1.0 - (1.0 - HIDDEN) * ((before - _within()) / FADE_M).clip(0.0, 1.0)


def _within() -> np.ndarray:
    """How far each point may lie behind skin: (P,) metres."""
    found = np.empty(KEYPOINT_COUNT, np.float32)
    for name, where in GROUPS.items():
        found[where] = WITHIN_M[name]
    for name, metres in OWN_WITHIN_M.items():
        found[body_index(name)] = metres
    return found
