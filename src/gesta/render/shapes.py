"""Pieces of mesh to build things from: lofts, tapered limbs and balls, each tied to joints.

Every piece is closed or hides its open edge, and its faces run counter-clockwise seen from outside.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

CAP_RINGS = 2
"""Rings of the rounded end of a limb."""


@dataclass(frozen=True)
class Piece:
    """A part of a mesh.

    Attributes:
        vertices: (V, 3) metres, at rest.
        faces: (N, 3) corner indices.
        material: (V, 4) linear red, green, blue and gloss.
        weights: joint name to (V,) share with which the joint carries each vertex; shares add up to one.
    """

    vertices: np.ndarray
    faces: np.ndarray
    material: np.ndarray
    weights: Mapping[str, np.ndarray]


def rigid(vertices: np.ndarray, faces: np.ndarray, material: np.ndarray, joint: str) -> Piece:
    """A piece of one material (4,) that one joint carries."""
    count = len(vertices)
    return Piece(vertices, faces, np.tile(material, (count, 1)), {joint: np.ones(count)})


def loft(rings: np.ndarray, first: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A closed skin over rings.

    Args:
        rings: (R, C, 3) metres; the points of a ring run counter-clockwise seen from the last ring's side.
        first: (3,) the tip before the first ring.
        last: (3,) the tip after the last ring.

    Returns:
        vertices (R * C + 2, 3), the two tips last, and faces (N, 3).
    """
    ring_count, columns = rings.shape[:2]
    faces = loft_faces(ring_count, columns)
    column = np.arange(columns)
    following = (column + 1) % columns
    top = (ring_count - 1) * columns
    start_tip, end_tip = ring_count * columns, ring_count * columns + 1
    caps = [
        np.stack([following, column, np.full(columns, start_tip)], axis=1),
        np.stack([top + column, top + following, np.full(columns, end_tip)], axis=1),
    ]
    return np.concatenate([rings.reshape(-1, 3), [first], [last]]), np.concatenate([faces, *caps])


def loft_faces(ring_count: int, columns: int, closed: bool = True) -> np.ndarray:
    """Faces between rings of `columns` points each: (N, 3); `closed` joins the last column to the first one."""
    row, column = np.meshgrid(np.arange(ring_count - 1), np.arange(columns if closed else columns - 1), indexing="ij")
    here, right = row * columns + column, row * columns + (column + 1) % columns
    up, up_right = here + columns, right + columns
    lower = np.stack([here, right, up_right], axis=-1).reshape(-1, 3)
    return np.concatenate([lower, np.stack([here, up_right, up], axis=-1).reshape(-1, 3)])


def across(axis: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Two unit vectors (3,) across `axis` (3,) and each other, right-handed: first x second = axis."""
    along = np.asarray(axis, np.float64) / np.linalg.norm(axis)
    helper = np.array((0.0, 1.0, 0.0)) if abs(along[1]) < 0.9 else np.array((0.0, 0.0, 1.0))
    second = helper - along * (helper @ along)
    second /= np.linalg.norm(second)
    return np.cross(second, along), second


def limb_rings(
    start: np.ndarray, end: np.ndarray, profile: Sequence[tuple[float, float]], columns: int, flatten: float = 1.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rings and two tips of a rounded, tapered limb.

    Args:
        start, end: (3,) centres of its two round ends, metres.
        profile: (place along the limb 0 to 1, radius in metres) pairs, first 0 and last 1.
        columns: points in a ring.
        flatten: thickness along the more upright of the two axes across, as a share of the radius.
    """
    first, second = across(end - start)
    length = float(np.linalg.norm(end - start))
    along = (end - start) / length
    places, radii = np.array(profile).T
    cap = np.pi / 2 * np.arange(1, CAP_RINGS + 1) / (CAP_RINGS + 1)
    heights = np.concatenate([-radii[0] * np.cos(cap), places * length, length + radii[-1] * np.sin(cap)])
    widths = np.concatenate([radii[0] * np.sin(cap), radii, radii[-1] * np.cos(cap)])
    turn = 2 * np.pi * np.arange(columns) / columns
    circle = np.cos(turn)[:, None] * first + flatten * np.sin(turn)[:, None] * second
    rings = start + heights[:, None, None] * along + widths[:, None, None] * circle
    return rings, start - radii[0] * along, end + radii[-1] * along


def limb(
    start: np.ndarray, end: np.ndarray, profile: Sequence[tuple[float, float]], columns: int,
    material: np.ndarray, joint: str, flatten: float = 1.0,
) -> Piece:  # fmt: skip
    """A rounded, tapered limb of one material (4,) carried by one joint; see `limb_rings`."""
    vertices, faces = loft(*limb_rings(start, end, profile, columns, flatten))
    return rigid(vertices, faces, material, joint)


def ball(centre: np.ndarray, radii: np.ndarray, columns: int, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Vertices and faces of an ellipsoid with half axes (3,) metres, its poles on the y axis."""
    rise = np.pi * np.arange(1, rows + 1) / (rows + 1)
    turn = 2 * np.pi * np.arange(columns) / columns
    rings = np.stack(
        [
            np.sin(rise)[:, None] * np.sin(turn),
            np.repeat(-np.cos(rise)[:, None], columns, axis=1),
            np.sin(rise)[:, None] * np.cos(turn),
        ],
        axis=-1,
    )
    vertices, faces = loft(rings, np.array((0.0, -1.0, 0.0)), np.array((0.0, 1.0, 0.0)))
    return centre + vertices * radii, faces


def mirrored(piece: Piece) -> Piece:
    """The same piece on the other side of the body: x reversed, left joints and right ones exchanged."""
    swapped = {
        name.replace("left_", "right_") if name.startswith("left_") else name.replace("right_", "left_"): share
        for name, share in piece.weights.items()
    }
    return Piece(piece.vertices * (-1.0, 1.0, 1.0), piece.faces[:, ::-1], piece.material, swapped)
