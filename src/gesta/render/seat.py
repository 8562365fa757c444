"""Something to sit on: a plain round stool under a figure that sits all through a take, so that it does not float.

Only pictures have it: motions and models that are written hold the body alone.
"""

from dataclasses import dataclass

import numpy as np

from gesta.avatar.normals import vertex_normals
from gesta.motion.kinematics import track
from gesta.motion.skeleton import PELVIS, skeleton
from gesta.records import Motion
from gesta.render.drawable import Drawable
from gesta.render.finish import PLAIN_KIND
from gesta.render.palette import STOOL
from gesta.render.shapes import loft
from gesta.render.views import SITTING_M

STEPS_M = 0.12
"""A pelvis that wanders further than this is not on a stool."""
NEAR_M = 0.10
"""The seat is as high as the lowest of the body so near to the middle of the pelvis, seen from above."""
BEHIND_M = 0.03
"""So far behind the pelvis' middle is the seat's."""
RADIUS_M, EDGE_M, TAPER = 0.185, 0.022, 0.93
"""Of the seat; of its round edge; and how much narrower the foot is."""
SINKS_M = 0.012
"""So far the body sinks into the seat."""
COLUMNS, EDGE_RINGS = 40, 4


def is_seated(motion: Motion) -> bool:
    """Whether the body sits in one place all the time: the pelvis low, and never far from its middle."""
    rest = skeleton().rest_positions()[skeleton().indices([PELVIS])[0]]
    low = np.percentile(motion.translation[:, 1], 95) < rest[1] - SITTING_M
    away = motion.translation[:, (0, 2)] - np.median(motion.translation[:, (0, 2)], axis=0)
    return bool(low and np.linalg.norm(away, axis=1).max() < STEPS_M)


@dataclass(frozen=True)
class Seat:
    """A stool.

    Attributes:
        place: (3,) the middle of its foot on the floor, metres.
        height_m: of its seat.
    """

    place: np.ndarray
    height_m: float

    @property
    def profile(self) -> np.ndarray:
        """(R, 2) radius and height of the rings from the floor to the top, metres: a drum with a round edge."""
        bend = 0.5 * np.pi * np.linspace(0.0, 1.0, EDGE_RINGS)
        radii = np.concatenate([[TAPER * RADIUS_M], RADIUS_M - EDGE_M * (1.0 - np.cos(bend)), [0.5 * RADIUS_M]])
        heights = np.concatenate([[0.0], self.height_m - EDGE_M * (1.0 - np.sin(bend)), [self.height_m]])
        return np.stack([radii, heights], axis=1)

    def mesh(self) -> tuple[np.ndarray, np.ndarray]:
        """Vertices (V, 3) float32 and faces (N, 3)."""
        turn = -2.0 * np.pi * np.arange(COLUMNS) / COLUMNS
        circle = np.stack([np.cos(turn), np.zeros(COLUMNS), np.sin(turn)], axis=1)
        radii, heights = self.profile[:, :1, None], self.profile[:, 1:, None]
        rings = self.place + radii * circle + heights * np.array((0.0, 1.0, 0.0))
        vertices, faces = loft(rings, self.place, self.place + np.array((0.0, self.height_m, 0.0)))
        return vertices.astype(np.float32), faces


def seat_of(figure: Drawable, motion: Motion) -> Seat | None:
    """The stool for somebody: where the pelvis mostly is, as high as the body there reaches down; None for who stands.

    Args:
        figure: who is drawn.
        motion: how it moves, with the floor at a height of 0.
    """
    if not is_seated(motion):
        return None
    knees = track(motion.rotations, motion.translation, ("left_knee", "right_knee")).positions.mean(axis=1)
    middle = np.median(motion.translation, axis=0)
    ahead = (np.median(knees, axis=0) - middle) * (1.0, 0.0, 1.0)
    ahead /= max(float(np.linalg.norm(ahead)), NEAR_M)
    usual = int(np.argmin(np.linalg.norm(motion.translation - middle, axis=1)))
    one = slice(usual, usual + 1)
    vertices = figure.pose(motion.rotations[one], motion.translation[one], None)[0][0]
    place = (middle - BEHIND_M * ahead) * (1.0, 0.0, 1.0)
    around = np.linalg.norm((vertices - place)[:, (0, 2)], axis=1) < NEAR_M
    return Seat(place, float(vertices[around, 1].min()) + SINKS_M)


class SeatedFigure:
    """A figure on its stool; see `gesta.render.drawable.Drawable`.

    Args:
        figure: who sits.
        seat: on what.
    """

    def __init__(self, figure: Drawable, seat: Seat) -> None:
        self._figure = figure
        self._stool, faces = seat.mesh()
        self._normals = np.empty_like(self._stool)
        vertex_normals(self._stool, faces, self._normals)
        count = len(figure.material)
        self.faces = np.concatenate([figure.faces, faces + count]).astype(np.int32)
        self.material = np.concatenate([figure.material, np.tile(STOOL, (len(self._stool), 1))]).astype(np.float32)
        self.kind = np.concatenate([figure.kind, np.full(len(self._stool), PLAIN_KIND, figure.kind.dtype)])
        self.two_sided = np.concatenate([figure.two_sided, np.zeros(len(faces), np.bool_)])

    def pose(
        self, rotations: np.ndarray, translation: np.ndarray, face: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Vertices and unit normals (T, V, 3) float32, the stool's last."""
        posed = self._figure.pose(rotations, translation, face)
        still = (np.broadcast_to(part, (len(rotations), *part.shape)) for part in (self._stool, self._normals))
        vertices, normals = (np.concatenate(pair, axis=1) for pair in zip(posed, still, strict=True))
        return vertices, normals
