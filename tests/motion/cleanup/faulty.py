"""Motions with planted faults."""

import numpy as np

from gesta.motion.rotations import matrix_from_axis_angle
from gesta.records import Motion
from gesta.units import MOTION_FPS


def drifting(motion: Motion, m_s: float = 0.02) -> Motion:
    """The whole body glides along X."""
    way = np.arange(motion.frame_count)[:, None] * [m_s / MOTION_FPS, 0.0, 0.0]
    return motion.replaced(translation=motion.translation + way)


def trembling(motion: Motion, degrees: float = 1.0, seed: int = 0) -> Motion:
    """Every joint of the upper body trembles by white noise of this size about each axis."""
    random = np.random.default_rng(seed)
    noise = np.zeros((motion.frame_count, 55, 3))
    noise[:, 12:22] = random.normal(0.0, np.radians(degrees), (motion.frame_count, 10, 3))
    return motion.replaced(rotations=motion.rotations @ matrix_from_axis_angle(noise))


def with_a_jump(motion: Motion, frame: int, degrees: float = 20.0, joint: int = 16) -> Motion:
    """One joint (the left shoulder) is turned from a frame on, as where two generated pieces meet."""
    rotations = np.array(motion.rotations)
    rotations[frame:, joint] = rotations[frame:, joint] @ matrix_from_axis_angle(
        np.array([0.0, np.radians(degrees), 0.0])
    )
    return motion.replaced(rotations=rotations)
