"""What is behind the lips: the dark of the mouth, teeth and tongue of our body, lit as bright as the face.

Where the lips of the picture are parted, what the picture shows between them stays.
"""

import numpy as np
from scipy.ndimage import gaussian_filter

from gesta.avatar.info import KINDS
from gesta.avatar.normals import vertex_normals
from gesta.film.puppet.body import PicturedBody
from gesta.film.puppet.face_map import FaceMap, shape_ways
from gesta.film.puppet.polygons import inside
from gesta.keypoints.layout import GROUPS
from gesta.motion.face import ARKIT_INDEX
from gesta.records import Keypoints

DARK = (0.10, 0.035, 0.03)
TEETH, TONGUE = (0.58, 0.52, 0.48), (0.36, 0.15, 0.14)
LOWER_TEETH = 0.6
"""How bright lower teeth are against upper ones: they lie deeper, behind a lip."""
BRIGHT_FACE = 0.72
"""How bright a well-lit face is; teeth and tongue are so much darker as the face in the picture is."""
BEHIND_M = 0.08
GAP_IN_WIDTHS = 0.06
"""Lips that are parted by more, in widths of the mouth, show the picture's own teeth, and ours stay away."""
LIPS_OUTER, LIPS_INNER, CHEEKS = slice(48, 60), slice(60, 68), slice(27, 48)


class Inside:
    """The inside of the mouth in a picture."""

    def __init__(self, body: PicturedBody, keypoints: Keypoints, face: FaceMap, texture: np.ndarray) -> None:
        self._face = face
        self._points = keypoints.points[0, GROUPS["face"]].astype(np.float64)
        outer = self._points[LIPS_OUTER]
        self._width = float(np.ptp(outer[:, 0]))
        self._light = _brightness(texture, self._points[CHEEKS]) / BRIGHT_FACE
        self._all = texture
        self._distance = float(face.distance[_nearest(face.places, outer.mean(axis=0))])
        self._gather(body)

    def texture(self, window: tuple[slice, slice]) -> np.ndarray:
        """What lies farthest back, (h, w, 4) for a window of the picture: the dark, or what parted lips show."""
        own = self._all[window]
        dark = np.empty_like(own)
        dark[..., :3] = np.array(DARK, np.float32) * min(self._light, 1.2)
        dark[..., 3] = 1.0
        rows, columns = np.mgrid[window]
        gap = inside(self._points[LIPS_INNER], columns + 0.5, rows + 0.5).astype(np.float32)
        share = np.clip(1.6 * gaussian_filter(gap, 0.7), 0.0, 1.0)[..., None] if self._own_teeth else 0.0
        return (own * share + dark * (1.0 - share)).astype(np.float32)

    def mesh(self, corner: np.ndarray, down: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Places (N, 2) in the texture, faces (M, 3) and colours (M, 3); the dark comes first, `down` lower."""
        places = np.zeros((len(self._base), 2))
        places[:4] = self._base[:4, :2] - corner + (0.0, down)
        return places, self._faces, self._colours

    def moved(self, face: np.ndarray) -> np.ndarray:
        """Where its vertices are: (N, 3) pixels, pixels, metres."""
        away = (face - self._face.own) @ self._ways.reshape(len(face), -1)
        return self._base + away.reshape(-1, 3)

    @property
    def _own_teeth(self) -> bool:
        return self._face.gap_px > GAP_IN_WIDTHS * self._width

    def _gather(self, body: PicturedBody) -> None:
        """A sheet of dark behind the lips, then teeth and tongue."""
        worn = body.worn
        kinds = [KINDS.index(name) for name in (("tongue",) if self._own_teeth else ("teeth", "tongue"))]
        faces = worn.faces[np.isin(worn.kind[worn.faces[:, 0]], kinds)]
        vertices, numbered = np.unique(faces, return_inverse=True)
        rest = worn.vertices + worn.shapes.offset(self._face.own, len(worn.vertices))
        space = body.surface(rest).astype(np.float64)
        seen = body.seen(space[vertices])
        seen[:, :2] = seen[:, :2] @ self._face.linear.T + self._face.shift
        outer = self._points[LIPS_OUTER]
        low, high = outer.min(axis=0), outer.max(axis=0)
        edge = np.array(
            [(low[0], low[1]), (high[0], low[1]), (high[0], high[1] + 0.6 * self._width),
             (low[0], high[1] + 0.6 * self._width)]
        )  # fmt: skip
        middle = outer.mean(axis=0)
        edge = middle + 0.92 * (edge - middle)
        back = np.concatenate([edge, np.full((4, 1), self._distance + BEHIND_M)], axis=1)
        self._base = np.concatenate([back, seen])
        self._ways = np.zeros((len(self._face.own), len(self._base), 3), np.float32)
        self._ways[:, 4:] = shape_ways(body, space, self._face.linear)[:, vertices]
        self._faces = np.concatenate([np.array([(0, 1, 2), (0, 2, 3)]), numbered.reshape(-1, 3) + 4])
        normals = np.empty_like(worn.vertices)
        vertex_normals(space.astype(np.float32), worn.faces, normals)
        # Teeth are nearly even: at a few pixels each, shaded ones look like gaps.
        shade = 0.85 + 0.15 * np.clip(normals[faces, 2].mean(axis=1), 0.0, 1.0)
        aside = np.abs(seen[numbered.reshape(-1, 3), 0].mean(axis=1) - middle[0]) / (0.5 * self._width)
        shade = shade * np.clip(1.0 - 0.75 * aside**2, 0.1, 1.0) * min(self._light, 1.25)
        teeth = worn.kind[faces[:, 0]] == KINDS.index("teeth")
        with_jaw = -worn.shapes.offset(_jaw_open(), len(worn.vertices))[:, 1]
        lower = with_jaw[faces].mean(axis=1) > 0.5 * with_jaw[faces].max()
        shade = shade * np.where(teeth & lower, LOWER_TEETH, 1.0)
        colour = np.where(teeth[:, None], np.array(TEETH), np.array(TONGUE)) * shade[:, None]
        self._colours = np.concatenate([np.full((2, 3), -1.0), np.clip(colour, 0.0, 1.0)]).astype(np.float32)


def _jaw_open() -> np.ndarray:
    """Weights (52,) of a face that only opens its jaw."""
    weights = np.zeros(len(ARKIT_INDEX), np.float32)
    weights[ARKIT_INDEX["jawOpen"]] = 1.0
    return weights


def _nearest(places: np.ndarray, point: np.ndarray) -> int:
    return int(np.square(places - point).sum(axis=1).argmin())


def _brightness(texture: np.ndarray, points: np.ndarray) -> float:
    """How bright the picture is at some points, 0 to 1."""
    columns, rows = np.clip(points.astype(int), 0, np.array(texture.shape[1::-1]) - 1).T
    return float(np.percentile(texture[rows, columns, :3].max(axis=1), 70))
