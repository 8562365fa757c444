"""Face shapes and correctives as morph targets: how far each moves vertices, and how far it turns normals."""

from dataclasses import dataclass

import numpy as np

from gesta.avatar.normals import vertex_normals
from gesta.avatar.posing import Figure
from gesta.avatar.shapes import SparseShapes

CORRECTIVE = "corrective_"
"""What the names of targets begin with that belong to the body's joints and not to the face."""
LEAST_TURN = 5e-3
"""Changes of a normal below this, a third of a degree, are left out."""


@dataclass(frozen=True)
class Morph:
    """One morph target of the whole figure.

    Attributes:
        name: ARKit's, or a corrective's.
        moved: (n,) vertices, increasing.
        offsets: (n, 3) float32 metres.
        turned: (m,) vertices whose normals change, increasing.
        turns: (m, 3) float32 what is added to their normals.
    """

    name: str
    moved: np.ndarray
    offsets: np.ndarray
    turned: np.ndarray
    turns: np.ndarray


def morphs_of(figure: Figure) -> list[Morph]:
    """The 52 face shapes in the order of their names, then the correctives."""
    rest = np.empty(figure.vertices.shape, np.float32)
    vertex_normals(figure.vertices, figure.faces, rest)
    prefixed = ((figure.shapes, ""), (figure.correctives, CORRECTIVE))
    return [
        _morph(figure, rest, shapes, number, prefix + name)
        for shapes, prefix in prefixed
        for number, name in enumerate(shapes.names)
    ]


def _morph(figure: Figure, rest: np.ndarray, shapes: SparseShapes, number: int, name: str) -> Morph:
    block = slice(int(shapes.starts[number]), int(shapes.starts[number + 1]))
    order = np.argsort(shapes.vertices[block], kind="stable")
    moved, offsets = shapes.vertices[block][order], shapes.offsets[block][order]
    bent = figure.vertices.copy()
    bent[moved] += offsets
    normals = np.empty_like(rest)
    vertex_normals(bent, figure.faces, normals)
    turns = normals - rest
    turned = np.flatnonzero(np.abs(turns).max(axis=1) > LEAST_TURN)
    return Morph(name, moved, offsets, turned, turns[turned])
