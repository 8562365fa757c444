"""What garments, shoes and hair share on their way from a bound mesh to a piece of the body."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from base import averaging
from binding import Bound
from folds import Mesh, directions, sights, surface_of
from pieces import BakedPiece, Sparse

LEAST_SHAPE_M = 0.0003
"""Face units that move a vertex of a garment by less are left out."""
WEIGHT_SMOOTHINGS = 4
SIGHT_DIRECTIONS = 160
SEEN_FROM = 2
"""A vertex that fewer directions than these see is hidden."""
LIFTS_M = (0.004, -0.004)


@dataclass(frozen=True)
class Body:
    """What WORK holds of the body: vertices (B, 3), faces (N, 3), weights (B, J) of the base mesh, and its face units."""

    work: Path

    @cached_property
    def base(self) -> dict[str, np.ndarray]:
        """The arrays of base.npz."""
        with np.load(self.work / "base.npz", allow_pickle=False) as file:
            return dict(file)

    @cached_property
    def units(self) -> dict[str, Sparse]:
        """The corrected ARKit units of all base vertices by name."""
        with np.load(self.work / "face_shapes.npz", allow_pickle=False) as file:
            names, starts, vertices, offsets = (file[key] for key in ("names", "starts", "vertices", "offsets"))
        spans = zip(names.tolist(), starts[:-1], starts[1:], strict=True)
        return {name: (vertices[low:high], offsets[low:high]) for name, low, high in spans}

    def skin(self, covered: np.ndarray) -> Mesh:
        """The skin without the faces whose corners are all `covered` base vertices."""
        gone = np.isin(self.base["faces"], covered).all(axis=1)
        return self.base["vertices"], self.base["faces"][~gone]

    def weights(self, bound: Bound, smoothings: int = WEIGHT_SMOOTHINGS) -> np.ndarray:
        """A garment's weights (V, J): its base vertices', evened out over its own surface."""
        weights = bound.follow(self.base["weights"]).astype(np.float64)
        mean = averaging(bound.faces, len(weights))
        alone = np.asarray(mean.sum(axis=1)).ravel() == 0.0
        for _ in range(smoothings):
            weights = np.where(alone[:, None], weights, 0.5 * (weights + mean @ weights))
        return weights / weights.sum(axis=1, keepdims=True)

    def shapes(self, bound: Bound) -> dict[str, Sparse]:
        """How the face units move a garment."""
        shapes = {}
        for name, (vertices, offsets) in self.units.items():
            dense = np.zeros_like(self.base["vertices"])
            dense[vertices] = offsets
            moved = bound.follow(dense)
            found = np.flatnonzero(np.linalg.norm(moved, axis=1) > LEAST_SHAPE_M)
            if len(found):
                shapes[name] = (found, moved[found])
        return shapes


def piece_of(
    body: Body, name: str, kind: str, bound: Bound, swatches: tuple[str, ...], labels: np.ndarray, shade: np.ndarray,
    weights: np.ndarray | None = None,
) -> BakedPiece:  # fmt: skip
    """A piece whose faces are coloured by `labels`, (N,) numbers of swatches, each with an edge of its own.

    Args:
        body: what the piece is worn on.
        name: of the piece.
        kind: one of pieces.KINDS.
        bound: V vertices, N faces.
        swatches: names of colours.
        labels: (N,) which swatch each face has.
        shade: (V,) 0 to 1.
        weights: (V, J) where they are not those of the base vertices.
    """
    weights = body.weights(bound) if weights is None else weights
    pairs = np.stack([bound.faces, np.broadcast_to(labels[:, None], bound.faces.shape)], axis=-1).reshape(-1, 2)
    own, faces = np.unique(pairs, axis=0, return_inverse=True)
    at = own[:, 0]
    apart = Bound(
        bound.vertices[at], faces.reshape(-1, 3), bound.corners[at], bound.shares[at], bound.covered,
        bound.places[at], bound.islands,
    )  # fmt: skip
    return BakedPiece(
        name, kind, apart.vertices, apart.faces, weights[at].astype(np.float32), swatches,
        np.eye(len(swatches), dtype=np.float32)[own[:, 1]], shade[at].astype(np.float32), body.shapes(apart),
    )  # fmt: skip


def in_sight(mesh: Mesh, normals: np.ndarray, others: list[Mesh], both_sides: bool, rings: int) -> np.ndarray:
    """Which faces of a mesh can be seen past itself and others, widened by some rings of neighbours: (N,) bool.

    Args:
        mesh: what is looked at.
        normals: (V, 3) its normals.
        others: what stands in the way.
        both_sides: whether its inner side counts, too.
        rings: how far what may come into sight when the body moves reaches beyond what is in sight at rest.
    """
    vertices, faces = mesh
    surface = surface_of([mesh, *others])
    times = np.zeros(len(vertices))
    for lift in LIFTS_M if both_sides else LIFTS_M[:1]:
        points = vertices + lift * normals
        times += sum(free.astype(int) for free in sights(points, surface, directions(SIGHT_DIRECTIONS)))
    seen = times >= SEEN_FROM
    mean = averaging(faces, len(vertices))
    for _ in range(rings):
        seen = seen | ((mean @ seen.astype(float)) > 0.0)
    return seen[faces].any(axis=1)
