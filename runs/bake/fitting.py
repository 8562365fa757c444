"""Fit garments: rounder where their mesh is coarse, and clear of what lies below them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from base import averaging
from binding import Bound
from folds import Mesh, normals_of, samples
from scipy.spatial import cKDTree

ROUNDNESS = 0.7
"""How far new vertices move from the middle of an edge towards where the surface bends (Boubekeur and Alexa, 2008)."""
REACH_M = 0.035
"""What lies farther below a garment does not push it."""
ROUNDS = 3
LAYERED, LAYER_M = 10, 0.016
"""How many vertices next to each other, and how near, are looked at for layers."""


def rounded(bound: Bound) -> Bound:
    """Every triangle in four, the new vertices where the curved surface is; each follows one end of its edge."""
    vertices, faces = bound.vertices, bound.faces
    normals = normals_of(vertices, faces)
    edges = np.sort(faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    edges, at = np.unique(edges, axis=0, return_inverse=True)
    middle = vertices[edges].mean(axis=1)
    flat = [middle - np.einsum("ek,ek->e", middle - vertices[end], normals[end])[:, None] * normals[end]
            for end in edges.T]  # fmt: skip
    curved = middle + ROUNDNESS * (0.5 * (flat[0] + flat[1]) - middle)
    (a, b, c), (ab, bc, ca) = faces.T, at.reshape(-1, 3).T + len(vertices)
    four = np.stack([(a, ab, ca), (b, bc, ab), (c, ca, bc), (ab, bc, ca)]).transpose(2, 0, 1).reshape(-1, 3)
    follows = np.concatenate([np.arange(len(vertices)), edges[:, 0]])
    return replace(
        bound, vertices=np.concatenate([vertices, curved]), faces=four, corners=bound.corners[follows],
        shares=bound.shares[follows], places=bound.places[follows], islands=np.repeat(bound.islands, 4),
    )  # fmt: skip


def outside(mesh: Mesh, skin: Mesh) -> tuple[np.ndarray, np.ndarray]:
    """Points of a surface and their normals, each (n, 3), without its lining, which faces the skin."""
    points = samples(*mesh)
    outwards = normals_of(*mesh)[cKDTree(mesh[0]).query(points)[1]]
    from_skin = normals_of(*skin)[cKDTree(skin[0]).query(points)[1]]
    outer = np.einsum("nk,nk->n", outwards, from_skin) > 0.2
    return points[outer], outwards[outer]


def lifted(bound: Bound, below: Sequence[Mesh], clearance: np.ndarray) -> Bound:
    """A garment that stands out of all surfaces `below` it by a clearance, (V,) metres; its lining by half of that.

    The first of `below` is the skin. Layers that lie on each other, such as a collar and what is below it, are lifted
    together.
    """
    vertices = bound.vertices
    apart, beside = cKDTree(vertices).query(vertices, k=LAYERED)
    beside = np.where(apart < LAYER_M, beside, np.arange(len(vertices))[:, None])
    mean = averaging(bound.faces, len(vertices))
    for mesh in below:
        points, outwards = outside(mesh, below[0])
        tree = cKDTree(points)
        for _ in range(ROUNDS):
            far, near = tree.query(vertices)
            normals = normals_of(vertices, bound.faces)
            height = np.einsum("vk,vk->v", vertices - points[near], outwards[near])
            lining = np.einsum("vk,vk->v", normals, outwards[near]) < 0.2
            wanted = np.where(lining, 0.5, 1.0) * clearance
            short = np.where(far < REACH_M, np.maximum(wanted - height, 0.0), 0.0)[beside].max(axis=1)
            push = short[:, None] * outwards[near]
            evened = mean @ push
            longer = np.linalg.norm(evened, axis=1) > short
            vertices = vertices + np.where(longer[:, None], evened, push)
    return replace(bound, vertices=vertices)
