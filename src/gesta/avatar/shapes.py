"""Shapes of a surface: named, sparse offsets of its vertices, to be added to the surface at rest."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gesta.kernels import kernel


@dataclass(frozen=True)
class SparseShapes:
    """N shapes of one surface, which together move M vertices.

    Attributes:
        names: of the shapes.
        starts: (N + 1,) int32: shape n has the entries starts[n] to starts[n + 1] of the two arrays below.
        vertices: (M,) int32, the vertices that are moved; none twice in a shape.
        offsets: (M, 3) float32 metres, where they go at a weight of one.
    """

    names: tuple[str, ...]
    starts: np.ndarray
    vertices: np.ndarray
    offsets: np.ndarray

    @classmethod
    def none(cls, names: Sequence[str] = ()) -> "SparseShapes":
        """Shapes by these names that move nothing."""
        return cls(
            tuple(names), np.zeros(len(names) + 1, np.int32), np.zeros(0, np.int32), np.zeros((0, 3), np.float32)
        )

    @classmethod
    def of(cls, names: Sequence[str], moves: Sequence[tuple[np.ndarray, np.ndarray]]) -> "SparseShapes":
        """Shapes from the (vertices (m,), offsets (m, 3)) of each, in the order of `names`."""
        starts = np.cumsum([0, *(len(vertices) for vertices, _ in moves)]).astype(np.int32)
        vertices = np.concatenate([np.zeros(0, np.int32), *(np.asarray(part, np.int32) for part, _ in moves)])
        offsets = np.concatenate([np.zeros((0, 3)), *(np.reshape(part, (-1, 3)) for _, part in moves)])
        return cls(tuple(names), starts, vertices, offsets.astype(np.float32))

    def __len__(self) -> int:
        return len(self.names)

    def moves(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Which vertices a shape moves, (m,), and where to, (m, 3) metres.

        Raises:
            KeyError: there is no such shape.
        """
        if name not in self.names:
            raise KeyError(f"there is no shape '{name}'")
        shape = self.names.index(name)
        entries = slice(self.starts[shape], self.starts[shape + 1])
        return self.vertices[entries], self.offsets[entries]

    def offset(self, weights: np.ndarray, vertex_count: int) -> np.ndarray:
        """What the shapes add together at these weights (N,): (vertex_count, 3) float32 metres."""
        total = np.zeros((vertex_count, 3), np.float32)
        add_shapes(self.starts, self.vertices, self.offsets, np.asarray(weights, np.float32), total)
        return total

    def renumbered(self, new_index: np.ndarray) -> "SparseShapes":
        """The shapes of a surface that has lost vertices: new_index (V,) says where each is now, -1 if nowhere."""
        kept = new_index[self.vertices] >= 0
        counts = np.concatenate([[0], np.cumsum(kept)])
        vertices = new_index[self.vertices[kept]].astype(np.int32)
        return SparseShapes(self.names, counts[self.starts].astype(np.int32), vertices, self.offsets[kept])


def joined(parts: Sequence[SparseShapes]) -> SparseShapes:
    """Shapes of parts of one surface, numbered alike and with the same names, as one set."""
    names = parts[0].names
    moves = [[part.moves(name) for part in parts] for name in names]
    return SparseShapes.of(
        names,
        [
            (np.concatenate([vertices for vertices, _ in move]), np.concatenate([offsets for _, offsets in move]))
            for move in moves
        ],
    )


def stacked(first: SparseShapes, second: SparseShapes) -> SparseShapes:
    """All shapes of both, of the same surface, the first ones first."""
    return SparseShapes(
        first.names + second.names,
        np.concatenate([first.starts, second.starts[1:] + first.starts[-1]]),
        np.concatenate([first.vertices, second.vertices]),
        np.concatenate([first.offsets, second.offsets]),
    )


@kernel
def add_shapes(
    starts: np.ndarray, vertices: np.ndarray, offsets: np.ndarray, weights: np.ndarray, surface: np.ndarray
) -> None:
    """Add shapes to a surface (V, 3), in place; see `SparseShapes` for the arrays, weights are (N,)."""
    for shape in range(weights.shape[0]):
        weight = weights[shape]
        if weight != 0.0:
            for entry in range(starts[shape], starts[shape + 1]):
                vertex = vertices[entry]
                surface[vertex, 0] += weight * offsets[entry, 0]
                surface[vertex, 1] += weight * offsets[entry, 1]
                surface[vertex, 2] += weight * offsets[entry, 2]
