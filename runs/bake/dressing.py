"""What garments, shoes and hair share on their way from a bound mesh to a piece of the body."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from base import averaging
from binding import Bound
from folds import Mesh, light_on, normals_of, shade
from pieces import BakedPiece, Sparse
from scipy.spatial import cKDTree
from thinning import thinned

LEAST_SHAPE_M = 0.0003
"""Face units that move a vertex of a garment by less are left out."""
WEIGHT_SMOOTHINGS = 3
CLOSE_M, FAR_M = 0.015, 0.03
"""Cloth as close to the skin as the one moves as the skin does, as far as the other as its own base vertices do."""
SEEN_FROM = 2
"""A vertex that fewer directions than these see is hidden."""


@dataclass(frozen=True)
class Body:
    """What WORK holds of the body: vertices (B, 3), faces (N, 3) and weights (B, J) of the base mesh; face units."""

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
        """A garment's weights (V, J): its base vertices', where it is close the skin's, evened out over its surface."""
        vertices, faces = self.skin(np.zeros(0, int))
        used = np.unique(faces)
        far, near = cKDTree(vertices[used]).query(bound.vertices)
        near = used[near]
        facing = np.einsum("vk,vk->v", normals_of(vertices, faces)[near], normals_of(bound.vertices, bound.faces))
        like_skin = np.clip((FAR_M - far) / (FAR_M - CLOSE_M), 0.0, 1.0) * (facing > 0.0)
        weights = bound.follow(self.base["weights"]).astype(np.float64)
        weights += like_skin[:, None] * (self.base["weights"][near] - weights)
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


@dataclass(frozen=True)
class Finish:
    """How a garment is shaded and thinned out.

    Attributes:
        most: triangles at most.
        fold_depth: how strongly folds are shaded.
        rings: how many rings of triangles are kept beyond what can be seen, since the body moves.
    """

    most: int
    fold_depth: float = 0.3
    rings: int = 2


def finished(
    body: Body, name: str, kind: str, bound: Bound, colours: tuple[tuple[str, ...], np.ndarray], others: list[Mesh],
    finish: Finish,
) -> BakedPiece:  # fmt: skip
    """A garment as a piece: shaded, without what nobody can see, thinned out.

    Args:
        body: what it is worn on.
        name, kind: of the piece.
        bound: V vertices, N faces.
        colours: names of swatches, and which one each face has, (N,).
        others: what is worn beside it, and the skin.
        finish: how.
    """
    mesh = bound.vertices, bound.faces
    swatches, labels = colours
    light = light_on(mesh, others)
    seen = in_sight(bound.faces, light.outside + light.inside, finish.rings)
    locked = between(bound.faces[seen], labels[seen], len(bound.vertices))
    faces, kept = thinned(bound.vertices, bound.faces[seen], finish.most, locked)
    thin = Bound(
        bound.vertices, faces, bound.corners, bound.shares, bound.covered, bound.places, bound.islands[seen][kept]
    )
    shaded = shade(mesh, light, finish.fold_depth)
    return piece_of(body, name, kind, thin, swatches, labels[seen][kept], shaded, body.weights(bound))


def between(faces: np.ndarray, labels: np.ndarray, count: int) -> np.ndarray:
    """Which vertices lie where two labels meet: (V,) bool."""
    low, high = np.full(count, len(labels)), np.full(count, -1)
    for corner in faces.T:
        np.minimum.at(low, corner, labels)
        np.maximum.at(high, corner, labels)
    return low < high


def in_sight(faces: np.ndarray, times: np.ndarray, rings: int, least: int = SEEN_FROM) -> np.ndarray:
    """Which faces can be seen, widened by some rings of neighbours: (N,) bool.

    Args:
        faces: (N, 3).
        times: (V,) from how many directions each vertex can be seen.
        least: a vertex that is seen from fewer directions is hidden.
        rings: how far what may come into sight when the body moves reaches beyond what is in sight at rest.
    """
    seen = times >= least
    mean = averaging(faces, len(seen))
    for _ in range(rings):
        seen = seen | ((mean @ seen.astype(float)) > 0.0)
    return seen[faces].any(axis=1)
