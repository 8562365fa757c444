"""Depth for a sheet over a layer of a picture: each vertex takes it, and what carries it, from the fitted body.

The body's surface as the camera sees it lies behind the picture; what the person has and the body lacks, hair and wide
clothes, takes from the nearest of it. Both are then smoothed along the sheet, so that neighbours move alike.

V vertices of the sheet, B of the body, J joints.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix, diags
from scipy.spatial import cKDTree

from gesta.avatar.info import KINDS
from gesta.avatar.normals import vertex_normals
from gesta.avatar.skinning import WEIGHTS_PER_VERTEX
from gesta.film.puppet.body import PicturedBody
from gesta.film.puppet.sheet import Sheet

INSIDE = ("eye", "teeth", "tongue", "lash", "brow", "mouth")
"""What of the body is no outer surface."""
NEIGHBOURS = 8
FACING = 0.05
BEHIND_M = 0.05
"""Surface that lies so much farther than the nearest near it hardly counts."""
SMOOTHINGS = 12
DEPTH_SMOOTHINGS = 6


@dataclass(frozen=True)
class Relief:
    """A sheet in space.

    Attributes:
        sheet: where it lies in the picture.
        points: (V, 3) float32 metres in the picture's pose.
        joints: (V, 4) int32 of the rig.
        weights: (V, 4) float32, rows sum to 1, the strongest first.
    """

    sheet: Sheet
    points: np.ndarray
    joints: np.ndarray
    weights: np.ndarray


class Surface:
    """The outer surface of the fitted body that faces the camera.

    Args:
        body: the fitted body.
    """

    def __init__(self, body: PicturedBody) -> None:
        self.body = body
        vertices = body.surface()
        normals = np.empty_like(vertices)
        vertex_normals(vertices, body.worn.faces, normals)
        outer = ~np.isin(body.worn.kind, [KINDS.index(name) for name in INSIDE])
        outer[body.worn.drawn :] = False
        toward = np.einsum("vi,vi->v", normals, vertices) < -FACING * np.linalg.norm(vertices, axis=1)
        self.chosen = np.flatnonzero(outer & toward)
        self.seen = body.seen(vertices[self.chosen].astype(np.float64))
        shoulders = body.seen(body.pose(body.local[None]).positions[0].astype(np.float64))
        shoulders = shoulders[[body.built.bones.index(f"{side}_shoulder") for side in ("left", "right")], :2]
        self.across = float(np.linalg.norm(shoulders[0] - shoulders[1]))
        """Width of the shoulders, pixels."""
        count = len(body.built.bones.names)
        rows = np.repeat(np.arange(len(self.chosen)), WEIGHTS_PER_VERTEX)
        joints, weights = body.worn.joints[self.chosen].ravel(), body.worn.weights[self.chosen].ravel()
        self.shares = csr_matrix((weights, (rows, joints)), shape=(len(self.chosen), count))

    def carried_by(self, names: tuple[str, ...]) -> np.ndarray:
        """How much joints whose name begins with one of `names` carry each of its points: (B,)."""
        wanted = [index for index, name in enumerate(self.body.built.bones.names) if name.startswith(names)]
        return np.asarray(self.shares[:, wanted].sum(axis=1)).ravel()


def relief_of(
    sheet: Sheet, surface: Surface, counts: np.ndarray, still: np.ndarray, others: np.ndarray | None, share: np.ndarray
) -> Relief:
    """A sheet in the depth of a body's surface.

    Args:
        sheet: over a layer.
        surface: the body's.
        counts: (B,) bool, which of its points the layer takes from.
        still: (V,) 0 to 1: how far a vertex stays with the pelvis, whatever carries it.
        others: (B,) bool, other points, from which vertices take too.
        share: (V,) 0 to 1, how much they do.
    """
    depth, taken = _taken(sheet, surface, counts)
    if others is not None and others.any() and share.any():
        other_depth, other_taken = _taken(sheet, surface, others)
        depth = depth + share * (other_depth - depth)
        taken = taken + share[:, None] * (other_taken - taken)
    smooth = _smoothing(sheet)
    for _ in range(SMOOTHINGS):
        taken = smooth @ taken
    for _ in range(DEPTH_SMOOTHINGS):
        depth = smooth @ depth
    taken *= 1.0 - still[:, None]
    taken[:, 0] += still
    joints = np.argsort(-taken, axis=1, kind="stable")[:, :WEIGHTS_PER_VERTEX]
    weights = np.take_along_axis(taken, joints, axis=1)
    weights /= weights.sum(axis=1, keepdims=True)
    points = surface.body.at(sheet.places, depth)
    return Relief(sheet, points.astype(np.float32), joints.astype(np.int32), weights.astype(np.float32))


def _taken(sheet: Sheet, surface: Surface, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What vertices take from some of the body's points: their distance (V,) metres and the joints' shares (V, J)."""
    places, shares = surface.seen[counts], surface.shares[np.flatnonzero(counts)]
    away, near = cKDTree(places[:, :2]).query(sheet.places, k=NEIGHBOURS)
    distance = places[near, 2]
    weight = 1.0 / (away + 2.0) ** 2 * np.exp(-(distance - distance.min(axis=1, keepdims=True)) / BEHIND_M)
    weight /= weight.sum(axis=1, keepdims=True)
    rows = np.repeat(np.arange(len(sheet.places)), NEIGHBOURS)
    mixing = csr_matrix((weight.ravel(), (rows, near.ravel())), shape=(len(sheet.places), len(places)))
    return (weight * distance).sum(axis=1), (mixing @ shares).toarray()


def _smoothing(sheet: Sheet) -> csr_matrix:
    """(V, V): half of a vertex itself, half the mean of its neighbours."""
    first, second = sheet.edges.T
    count = len(sheet.places)
    joined = coo_matrix((np.ones(len(first)), (first, second)), shape=(count, count)).tocsr()
    joined = joined + joined.T
    degree = np.asarray(joined.sum(axis=1)).ravel()
    return csr_matrix(0.5 * diags(1.0 / degree) @ joined + 0.5 * diags(np.ones(count)))
