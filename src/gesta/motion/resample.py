"""Motion at any frame rate to gesta's 30 frames a second.

Rotations go by spherical interpolation, everything else linearly. The result lasts as long as the source (T frames at
rate r last T / r seconds); frames past the last source frame repeat it.
"""

from collections.abc import Callable

import numpy as np

from gesta.motion.rotations import resample_rotations
from gesta.records import JOINT_COUNT
from gesta.units import MOTION_FPS

FRAMES_PER_BLOCK = 1024


def resampled_count(frames: int, rate: float) -> int:
    """Number of frames at 30 fps of `frames` frames at `rate` a second."""
    return max(1, round(frames * MOTION_FPS / rate))


def resample_values(values: np.ndarray, rate: float) -> np.ndarray:
    """(T, C) values at `rate` frames a second to (N, C) float32 at 30."""
    if rate == MOTION_FPS:
        return values.astype(np.float32, copy=False)
    positions = np.arange(resampled_count(len(values), rate)) * (rate / MOTION_FPS)
    result = np.empty((len(positions), values.shape[1]), dtype=np.float32)
    for channel in range(values.shape[1]):
        result[:, channel] = np.interp(positions, np.arange(len(values)), values[:, channel])
    return result


def resample_joints(frames: int, rate: float, matrices: Callable[[int, int], np.ndarray]) -> np.ndarray:
    """Rotations of all joints at 30 fps, found block by block so that only the result is whole in memory.

    Args:
        frames: T, of the source.
        rate: frames a second of the source.
        matrices: gives the (n, 55, 3, 3) rotations of the source frames [start, stop).

    Returns:
        (N, 55, 3, 3) float32.
    """
    count = resampled_count(frames, rate)
    result = np.empty((count, JOINT_COUNT, 3, 3), dtype=np.float32)
    for start in range(0, count, FRAMES_PER_BLOCK):
        stop = min(start + FRAMES_PER_BLOCK, count)
        if rate == MOTION_FPS:
            result[start:stop] = matrices(start, stop)
            continue
        wanted = np.minimum(np.arange(start, stop) * (rate / MOTION_FPS), frames - 1)
        first, last = int(wanted[0]), min(int(wanted[-1]) + 2, frames)
        result[start:stop] = resample_rotations(matrices(first, last), np.arange(first, last), wanted)
    return result
