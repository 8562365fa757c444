"""Buttons down the front of a shirt: small domes that lie on the cloth and go with it."""

import numpy as np
from binding import Bound
from folds import normals_of
from scipy.spatial import cKDTree

RADIUS_M, THICK_M = 0.0052, 0.0024
CORNERS = 10
LOOKED_AT = 5
"""A button lies on the foremost of so many vertices of the cloth."""


def buttons(bound: Bound, places: np.ndarray) -> tuple[Bound, np.ndarray]:
    """Buttons on a garment.

    Args:
        bound: the garment.
        places: (n, 2) metres to the left and up; how far in front is found on the garment.

    Returns:
        The buttons' mesh, V vertices, and which vertex of the garment each of them follows, (V,).
    """
    normals = normals_of(bound.vertices, bound.faces)
    front = np.flatnonzero(normals[:, 2] > 0.3)
    beside = front[cKDTree(bound.vertices[front][:, :2]).query(places, k=LOOKED_AT)[1]]
    near = np.take_along_axis(beside, np.argmax(bound.vertices[beside, 2], axis=1)[:, None], axis=1)[:, 0]
    middles = np.column_stack([places, bound.vertices[near, 2]])
    outwards = normals[near]
    middles += outwards * np.einsum("nk,nk->n", bound.vertices[near] - middles, outwards)[:, None]
    across = np.cross((0.0, 1.0, 0.0), outwards)
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    turn = 2.0 * np.pi * np.arange(CORNERS) / CORNERS
    ring = np.cos(turn)[:, None, None] * across + np.sin(turn)[:, None, None] * np.cross(outwards, across)
    rim = middles + RADIUS_M * ring
    edge = middles + 0.8 * RADIUS_M * ring + THICK_M * outwards
    rows = np.concatenate([rim, edge, (middles + 0.8 * THICK_M * outwards)[None]]).transpose(1, 0, 2)
    after = (np.arange(CORNERS) + 1) % CORNERS
    here, there = np.arange(CORNERS), np.full(CORNERS, 2 * CORNERS)
    one = np.concatenate([
        np.stack([here, after, after + CORNERS], axis=1), np.stack([here, after + CORNERS, here + CORNERS], axis=1),
        np.stack([here + CORNERS, after + CORNERS, there], axis=1),
    ])  # fmt: skip
    each = rows.shape[1]
    faces = (one[None] + each * np.arange(len(places))[:, None, None]).reshape(-1, 3)
    follows = np.repeat(near, each)
    mesh = Bound(
        rows.reshape(-1, 3), faces, bound.corners[follows], bound.shares[follows], bound.covered,
        bound.places[follows], np.zeros(len(faces), np.int64),
    )  # fmt: skip
    return mesh, follows
