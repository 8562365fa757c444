"""Strands of hair: thin ribbons that follow the flow of the hair over a surface, so that it is no cap."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from folds import normals_of, samples
from scipy.spatial import cKDTree

Flow = Callable[[np.ndarray], np.ndarray]
"""Places (P, 3) to directions (P, 3) in which the hair lies there, of any length."""
LEAN = 0.5
"""How far one edge of a ribbon may stand up, as a share of its width: strands catch the light each in its own way."""


@dataclass(frozen=True)
class Strands:
    """How strands are laid.

    Attributes:
        count: of ribbons.
        length_m: shortest and longest.
        width_m: thinnest and widest.
        segments: of a ribbon.
        lift_m: how far above the surface, lowest and highest.
    """

    count: int
    length_m: tuple[float, float]
    width_m: tuple[float, float]
    segments: int
    lift_m: tuple[float, float]


@dataclass(frozen=True)
class Ribbons:
    """S ribbons of K + 1 rows of two vertices; the last row is a point.

    Attributes:
        vertices: (S (2 K + 1), 3) metres.
        faces: (N, 3).
        ribbon: which ribbon each vertex belongs to.
        along: 0 at the root to 1 at the tip.
    """

    vertices: np.ndarray
    faces: np.ndarray
    ribbon: np.ndarray
    along: np.ndarray


def lay(
    vertices: np.ndarray, faces: np.ndarray, flow: Flow, strands: Strands, where: Callable[[np.ndarray], np.ndarray],
    chance: np.random.Generator,
) -> Ribbons:  # fmt: skip
    """Lay strands on a surface.

    Args:
        vertices: (V, 3) of the surface.
        faces: (N, 3).
        flow: where the hair grows to.
        strands: how many, how long.
        where: places (P, 3) to how likely a strand begins there, (P,) 0 or more.
        chance: decides where and how.
    """
    points = samples(vertices, faces)
    outwards = normals_of(vertices, faces)[cKDTree(vertices).query(points)[1]]
    tree = cKDTree(points)
    odds = where(points)
    roots = points[chance.choice(len(points), strands.count, p=odds / odds.sum())]
    length, width, lift = (
        chance.uniform(*span, (strands.count, 1)) for span in (strands.length_m, strands.width_m, strands.lift_m)
    )
    lean = chance.uniform(-LEAN, LEAN, (strands.count, 1))
    rows, place = [], roots
    for row in range(strands.segments + 1):
        near = tree.query(place)[1]
        normal, way = outwards[near], flow(points[near])
        way = way - normal * np.einsum("sk,sk->s", way, normal)[:, None]
        way /= np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-9)
        across = np.cross(normal, way)
        share = row / strands.segments
        middle = points[near] + normal * lift * (0.35 + 0.65 * np.sin(np.pi * min(1.0, share + 0.15)))
        half = 0.5 * width * (0.55 + 0.45 * np.sin(np.pi * share)) * (row < strands.segments)
        rows += [middle - half * across, middle + half * (across + lean * normal)]
        place = points[near] + way * length / strands.segments
    return _joined(np.stack(rows[:-1], axis=1), strands.segments)


def _joined(rows: np.ndarray, segments: int) -> Ribbons:
    """Ribbons of (S, 2 K + 1, 3) vertices: two a row, and the tip."""
    count, each = rows.shape[:2]
    quads = np.array(
        [face for row in range(segments - 1) for face in (
            (2 * row, 2 * row + 1, 2 * row + 3), (2 * row, 2 * row + 3, 2 * row + 2),
        )] + [(2 * segments - 2, 2 * segments - 1, 2 * segments)]
    )  # fmt: skip
    faces = (quads[None] + each * np.arange(count)[:, None, None]).reshape(-1, 3)
    along = np.append(np.repeat(np.arange(segments) / segments, 2), 1.0)
    return Ribbons(rows.reshape(-1, 3), faces, np.repeat(np.arange(count), each), np.tile(along, count))
