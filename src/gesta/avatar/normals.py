"""Normals of a surface that moves."""

import numpy as np

from gesta.kernels import kernel


@kernel
def vertex_normals(vertices: np.ndarray, faces: np.ndarray, normals: np.ndarray) -> None:
    """Unit normals of a smooth surface, each the mean of the faces around, weighted by their area.

    Args:
        vertices: (V, 3) metres.
        faces: (N, 3).
        normals: (V, 3) float32, written.
    """
    normals[:] = 0.0
    for face in range(faces.shape[0]):
        i, j, k = faces[face, 0], faces[face, 1], faces[face, 2]
        ax, ay, az = vertices[j, 0] - vertices[i, 0], vertices[j, 1] - vertices[i, 1], vertices[j, 2] - vertices[i, 2]
        bx, by, bz = vertices[k, 0] - vertices[i, 0], vertices[k, 1] - vertices[i, 1], vertices[k, 2] - vertices[i, 2]
        nx, ny, nz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
        for corner in (i, j, k):
            normals[corner, 0] += nx
            normals[corner, 1] += ny
            normals[corner, 2] += nz
    for index in range(normals.shape[0]):
        x, y, z = normals[index, 0], normals[index, 1], normals[index, 2]
        scale = np.float32(1.0) / np.sqrt(x * x + y * y + z * z + np.float32(1e-20))
        normals[index, 0], normals[index, 1], normals[index, 2] = x * scale, y * scale, z * scale
