"""The face of the puppet: drawn into the picture itself, before the body carries the picture on.

The skin that any expression moves is a mesh with the picture on it. It has holes where lips part and lids open. Behind
the lips lie teeth, tongue and the dark of the mouth; behind the lids the eyes of the picture, which turn a little.
"""

import numpy as np

from gesta.avatar.face_weights import tamed
from gesta.avatar.info import KINDS
from gesta.film.puppet.body import PicturedBody
from gesta.film.puppet.face_map import FaceMap
from gesta.film.puppet.gaze import Gaze
from gesta.film.puppet.lids import Lids
from gesta.film.puppet.mouth import Inside
from gesta.film.puppet.shown_face import GAZE
from gesta.keypoints.layout import GROUPS
from gesta.motion.face import ARKIT_NAMES
from gesta.records import Keypoints
from gesta.render.textured import TexturedMesh

MOVED_M = 2e-4
"""Skin that no shape moves farther is left to the picture."""
MARGIN_PX = 6


class Face:
    """The face in a picture.

    Args:
        body: the fitted body.
        keypoints: of the picture.
        texture: (H, W, 4) float32 of the layer that has the face.
    """

    def __init__(self, body: PicturedBody, keypoints: Keypoints, texture: np.ndarray) -> None:
        worn = body.worn
        faces = worn.faces[worn.kind[worn.faces[:, 0]] == KINDS.index("skin")]
        faces = faces[_moved(body)[faces].any(axis=1)]
        vertices, faces = np.unique(faces, return_inverse=True)
        faces = faces.reshape(-1, 3)
        self.map = FaceMap.of(body, keypoints, vertices)
        self._inside = Inside(body, keypoints, self.map, texture)
        height, width = texture.shape[:2]
        low = np.floor(self.map.places.min(axis=0)).astype(int) - MARGIN_PX
        high = np.ceil(self.map.places.max(axis=0)).astype(int) + MARGIN_PX
        left, top = np.maximum(low, 0)
        right, bottom = min(high[0], width), min(high[1], height)
        self.window = (slice(top, bottom), slice(left, right))
        self._corner = np.array((left, top), np.float64)
        size = (int(right - left), int(bottom - top))
        self._own = texture[self.window].copy()
        self._lids = Lids(keypoints.points[0, GROUPS["face"]] - self._corner, self._own)
        self._gaze = Gaze(keypoints.points[0, GROUPS["face"]] - self._corner, self._own)
        self._texture = np.concatenate([self._own, self._inside.texture(self.window)])
        places, inside_faces, colours = self._inside.mesh(self._corner, size[1])
        own = _snapped(self.map.places - self._corner)
        self._mesh = TexturedMesh(
            np.concatenate([faces, inside_faces + len(vertices)]),
            np.concatenate([own, places]),
            size,
            np.concatenate([np.full((len(faces), 3), -1.0, np.float32), colours]),
        )

    def draw(self, weights: np.ndarray | None, texture: np.ndarray) -> None:
        """Draw an expression into the layer's texture (H, W, 4), in place.

        Args:
            weights: (52,) ARKit weights; none: the picture's own expression.
            texture: the layer's.
        """
        face = self.map.own if weights is None else self.map.shown(tamed(weights[None])[0])
        looking, face = face, face.copy()
        # Lids that go along with the gaze would look asleep.
        face[GAZE] = 0.0
        skin, inside = self.map.moved(face), self._inside.moved(face)
        whole = np.concatenate([skin, inside])
        screen = np.empty_like(whole)
        screen[:, :2] = _snapped(whole[:, :2] - self._corner)
        screen[:, 2] = 1.0 / whole[:, 2]
        part = texture[self.window]
        part[:] = self._own
        skin_part = self._texture[: len(part)]
        skin_part[:] = self._own
        self._gaze.turn(looking, self._own, part)
        self._lids.close(face, skin_part)
        self._mesh.draw(screen, self._texture, part)


def _snapped(places: np.ndarray) -> np.ndarray:
    """Places on the grid that `gesta.render.visibility` tests exactly."""
    from gesta.render.visibility import SNAP

    return np.floor(places * SNAP + 0.5) / SNAP


def _moved(body: PicturedBody) -> np.ndarray:
    """(V,) which vertices some shape moves."""
    most = np.zeros(len(body.worn.vertices), np.float32)
    for name in ARKIT_NAMES:
        vertices, offsets = body.worn.shapes.moves(name)
        most[vertices] = np.maximum(most[vertices], np.linalg.norm(offsets, axis=1))
    return most > MOVED_M
