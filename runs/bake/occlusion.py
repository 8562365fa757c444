"""How much of the sky a surface sees: every triangle near a point hides as much of it as its size and angle say.

Formula: form factor of a small disc, A cos(a) cos(b) / (pi r^2 + A), summed over the triangles that face the point, as
in M. Bunnell, "Dynamic ambient occlusion and indirect lighting", GPU Gems 2, 2005; a second pass lets hidden triangles
hide less, since what lies behind another triangle hides nothing more.
"""

import numpy as np
from scipy.spatial import cKDTree

REACH_M = 0.045
"""Triangles farther away hide nothing: a body's folds, not its pose."""
BLOCK = 256


def triangles(vertices: np.ndarray, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Centres (N, 3), unit normals (N, 3) and areas (N,) of triangles."""
    a, b, c = (vertices[faces[:, corner]] for corner in range(3))
    cross = np.cross(b - a, c - a)
    length = np.linalg.norm(cross, axis=1)
    return (a + b + c) / 3.0, cross / np.maximum(length, 1e-12)[:, None], 0.5 * length


def vertex_normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Normals (V, 3), each triangle counted by its area."""
    _, normals, areas = triangles(vertices, faces)
    summed = np.zeros_like(vertices)
    np.add.at(summed, faces, (normals * areas[:, None])[:, None])
    return summed / np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), 1e-12)


def hidden_share(points: np.ndarray, normals: np.ndarray, vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """How much of what points (P, 3) with their normals could see is hidden near by: (P,) 0..1.

    Args:
        points: metres.
        normals: unit vectors.
        vertices: (V, 3) metres of what hides.
        faces: (N, 3) its triangles, counter-clockwise from outside.
    """
    surface = triangles(vertices, faces)
    tree = cKDTree(surface[0])
    of_faces = np.clip(_hidden(*surface[:2], tree, surface, np.ones(len(faces))), 0.0, 1.0)
    return np.clip(_hidden(points, normals, tree, surface, 1.0 - of_faces), 0.0, 1.0)


def _hidden(
    points: np.ndarray,
    normals: np.ndarray,
    tree: cKDTree,
    surface: tuple[np.ndarray, np.ndarray, np.ndarray],
    open_share: np.ndarray,
) -> np.ndarray:
    """The sum of form factors at points, each triangle counted by its share of openness: (P,)."""
    centres, facing, areas = surface
    hidden = np.zeros(len(points))
    for start in range(0, len(points), BLOCK):
        near = tree.query_ball_point(points[start : start + BLOCK], REACH_M)
        row = np.repeat(np.arange(len(near)), [len(faces) for faces in near])
        face = np.concatenate([np.zeros(0, np.int64), *(np.array(faces, np.int64) for faces in near)])
        way = centres[face] - points[start + row]
        far = np.linalg.norm(way, axis=1)
        way /= np.maximum(far, 1e-9)[:, None]
        seen = np.clip((normals[start + row] * way).sum(axis=1), 0.0, None)
        turned = np.clip(-(facing[face] * way).sum(axis=1), 0.0, None)
        fading = np.clip(1.0 - far / REACH_M, 0.0, None)
        factor = areas[face] * seen * turned * fading * open_share[face] / (np.pi * far**2 + areas[face])
        hidden[start : start + BLOCK] = np.bincount(row, factor, minlength=len(near))
    return hidden
