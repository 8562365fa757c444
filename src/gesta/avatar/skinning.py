"""Carrying a surface with its joints: shapes added, linear blend skinning, normals, as numba kernels."""

import numpy as np

from gesta.avatar.normals import vertex_normals
from gesta.avatar.shapes import add_shapes
from gesta.kernels import kernel

WEIGHTS_PER_VERTEX = 4


@kernel
def carry(
    surface: np.ndarray, joints: np.ndarray, weights: np.ndarray,
    rotations: np.ndarray, shifts: np.ndarray, vertices: np.ndarray,
) -> None:  # fmt: skip
    """Carry a surface with its joints.

    Args:
        surface: (V, 3) metres, where the vertices would be with all joints at rest.
        joints, weights: (V, WEIGHTS_PER_VERTEX), the strongest first.
        rotations: (J, 3, 3) global.
        shifts: (J, 3) global position minus rotated rest position.
        vertices: (V, 3) float32, written.
    """
    for index in range(surface.shape[0]):
        x, y, z = surface[index, 0], surface[index, 1], surface[index, 2]
        px, py, pz = np.float32(0.0), np.float32(0.0), np.float32(0.0)
        for slot in range(WEIGHTS_PER_VERTEX):
            share = weights[index, slot]
            if share == 0.0:
                break
            joint = joints[index, slot]
            turn, shift = rotations[joint], shifts[joint]
            px += share * (turn[0, 0] * x + turn[0, 1] * y + turn[0, 2] * z + shift[0])
            py += share * (turn[1, 0] * x + turn[1, 1] * y + turn[1, 2] * z + shift[1])
            pz += share * (turn[2, 0] * x + turn[2, 1] * y + turn[2, 2] * z + shift[2])
        vertices[index, 0], vertices[index, 1], vertices[index, 2] = px, py, pz


@kernel
def carry_block(
    rest: np.ndarray, starts: np.ndarray, moved: np.ndarray, offsets: np.ndarray, shape_weights: np.ndarray,
    joints: np.ndarray, weights: np.ndarray, rotations: np.ndarray, shifts: np.ndarray, faces: np.ndarray,
    surface: np.ndarray, vertices: np.ndarray, normals: np.ndarray,
) -> None:  # fmt: skip
    """Add shapes, `carry`, and normals for T frames.

    Args:
        rest: (V, 3) metres.
        starts, moved, offsets: of N shapes, see `gesta.avatar.shapes.SparseShapes`.
        shape_weights: (T, N).
        joints, weights, rotations, shifts: as for `carry`, the last two with T leading.
        faces: (F, 3).
        surface: (V, 3) float32, scratch.
        vertices, normals: (T, V, 3) float32, written.
    """
    for frame in range(vertices.shape[0]):
        for index in range(rest.shape[0]):
            for axis in range(3):
                surface[index, axis] = rest[index, axis]
        add_shapes(starts, moved, offsets, shape_weights[frame], surface)
        carry(surface, joints, weights, rotations[frame], shifts[frame], vertices[frame])
        vertex_normals(vertices[frame], faces, normals[frame])
