"""Rotations between their forms, through `roma`: matrices inside gesta, 6D in networks, axis-angle in files.

All functions take and give numpy arrays with any number of leading axes, walked in blocks so that an hour of motion
needs no second hour of memory. 6D is the first two rows of the matrix. Euler angles are intrinsic, in radians, in the
order their axes are named.
"""

from collections.abc import Callable

import numpy as np
import roma
import torch

ROTATIONS_PER_BLOCK = 100_000


def _through(
    convert: Callable[[torch.Tensor], torch.Tensor], array: np.ndarray, form: tuple[int, ...], new_form: tuple[int, ...]
) -> np.ndarray:
    """Apply a roma conversion in float64, block by block; the result keeps the input's dtype (float32 or float64).

    Args:
        convert: takes (N, *form) and gives (N, *new_form).
        array: (..., *form).
        form: trailing axes of one rotation before.
        new_form: and after.
    """
    array = np.asarray(array)
    flat = array.reshape(-1, *form)
    result = np.empty((len(flat), *new_form), dtype=np.float64 if array.dtype == np.float64 else np.float32)
    for start in range(0, len(flat), ROTATIONS_PER_BLOCK):
        block = np.ascontiguousarray(flat[start : start + ROTATIONS_PER_BLOCK], dtype=np.float64)
        result[start : start + ROTATIONS_PER_BLOCK] = convert(torch.from_numpy(block)).numpy()
    return result.reshape(*array.shape[: array.ndim - len(form)], *new_form)


def matrix_from_axis_angle(axis_angle: np.ndarray) -> np.ndarray:
    """(..., 3) axis-angle in radians to (..., 3, 3) matrices."""
    return _through(roma.rotvec_to_rotmat, axis_angle, (3,), (3, 3))


def axis_angle_from_matrix(matrix: np.ndarray) -> np.ndarray:
    """(..., 3, 3) matrices to (..., 3) axis-angle in radians, angles in [0, pi]."""

    def convert(block: torch.Tensor) -> torch.Tensor:
        # By way of the quaternion, which roma gives ten times as fast as the vector directly.
        return roma.unitquat_to_rotvec(roma.rotmat_to_unitquat(block))

    return _through(convert, matrix, (3, 3), (3,))


def quaternion_from_matrix(matrix: np.ndarray) -> np.ndarray:
    """(..., 3, 3) matrices to (..., 4) unit quaternions, order x, y, z, w."""
    return _through(roma.rotmat_to_unitquat, matrix, (3, 3), (4,))


def matrix_from_quaternion(quaternion: np.ndarray) -> np.ndarray:
    """(..., 4) quaternions of any length, order x, y, z, w, to (..., 3, 3) matrices."""
    quaternion = np.asarray(quaternion)
    unit = quaternion / np.linalg.norm(quaternion, axis=-1, keepdims=True)
    return _through(roma.unitquat_to_rotmat, unit, (4,), (3, 3))


def six_from_matrix(matrix: np.ndarray) -> np.ndarray:
    """(..., 3, 3) matrices to (..., 6): the first two rows, one after the other."""
    matrix = np.asarray(matrix)
    return matrix[..., :2, :].reshape(*matrix.shape[:-2], 6)


def matrix_from_six(six: np.ndarray) -> np.ndarray:
    """(..., 6) to (..., 3, 3) by Gram-Schmidt on the two rows (Zhou et al. 2019, arXiv 1812.07035)."""

    def convert(block: torch.Tensor) -> torch.Tensor:
        return roma.special_gramschmidt(block.reshape(-1, 2, 3).transpose(-1, -2)).transpose(-1, -2)

    return _through(convert, six, (6,), (3, 3))


def matrix_from_euler(order: str, angles: np.ndarray) -> np.ndarray:
    """Intrinsic Euler angles (..., 3) in radians to matrices (..., 3, 3), for example order "XYZ".

    The rotation about the first axis of `order` is the outermost one, so the matrix is R_first R_second R_third.
    """
    angles = np.asarray(angles)
    return _through(lambda block: roma.euler_to_rotmat(order.upper(), block), angles, (3,), (3, 3))


def euler_from_matrix(order: str, matrix: np.ndarray) -> np.ndarray:
    """Matrices (..., 3, 3) to intrinsic Euler angles (..., 3) in radians, in the order of the axes named."""
    return _through(lambda block: roma.rotmat_to_euler(order.upper(), block), matrix, (3, 3), (3,))


def angle_between(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Angle in radians, 0 to pi, of the rotation from `first` to `second`: (..., 3, 3) twice to (...)."""
    # From the chord and not from the trace, whose arc cosine loses small angles to rounding.
    chord = np.linalg.norm(np.asarray(second, np.float64) - np.asarray(first, np.float64), axis=(-2, -1))
    return 2.0 * np.arcsin(np.clip(chord / np.sqrt(8.0), 0.0, 1.0))


def resample_rotations(matrices: np.ndarray, times: np.ndarray, new_times: np.ndarray) -> np.ndarray:
    """Rotations at other times by spherical interpolation along the shorter way.

    Args:
        matrices: (T, ..., 3, 3) rotations at `times`.
        times: (T,) increasing seconds.
        new_times: (N,) seconds; those outside `times` take the nearest end.

    Returns:
        (N, ..., 3, 3) rotations.
    """
    position = np.interp(new_times, times, np.arange(len(times), dtype=np.float64))
    below = np.minimum(position.astype(np.int64), max(len(times) - 2, 0))
    above = np.minimum(below + 1, len(times) - 1)
    unit = quaternion_from_matrix(matrices)
    share = (position - below).reshape(-1, *([1] * (unit.ndim - 2)))
    return matrix_from_quaternion(_slerp(unit[below], unit[above], share)).astype(matrices.dtype)


def between(first: np.ndarray, second: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Rotations on the shorter way from `first` to `second`, by spherical interpolation.

    Args:
        first, second: (..., 3, 3) rotations.
        share: (...) how far: 0 gives the first, 1 the second; broadcast.

    Returns:
        (..., 3, 3) rotations.
    """
    mixed = _slerp(quaternion_from_matrix(first), quaternion_from_matrix(second), np.asarray(share))
    return matrix_from_quaternion(mixed).astype(first.dtype)


def _slerp(start: np.ndarray, end: np.ndarray, share: np.ndarray) -> np.ndarray:
    """(..., 4) unit quaternions between others on the shorter way, at shares (...)."""
    share = share[..., None]
    end = np.where(np.sum(start * end, axis=-1, keepdims=True) < 0.0, -end, end)
    angle = np.arccos(np.clip(np.sum(start * end, axis=-1, keepdims=True), -1.0, 1.0))
    sine = np.sin(angle)
    small = sine < 1e-6
    safe = np.where(small, 1.0, sine)
    from_start = np.where(small, 1.0 - share, np.sin((1.0 - share) * angle) / safe)
    from_end = np.where(small, share, np.sin(share * angle) / safe)
    return from_start * start + from_end * end
