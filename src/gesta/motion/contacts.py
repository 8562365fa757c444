"""When a foot stands on the floor: the one home of the thresholds that say so, for labels and for measures alike.

A sole point (heel or toe, see `Skeleton.soles`) is planted in a frame when it is low and slow there and in enough
neighbouring frames. Everything is found from positions, never from what a generator says about itself.
"""

import numpy as np

from gesta.motion.kinematics import sole_positions
from gesta.records import Motion
from gesta.units import MOTION_FPS

PLANTED_HEIGHT_M = 0.02
"""A planted sole point is lower than this."""
PLANTED_SPEED_M_S = 0.15
"""A planted sole point is slower than this."""
PLANTED_FRAMES = 3
"""A sole point must be low and slow for so many frames in a row."""


def sole_speeds(soles: np.ndarray) -> np.ndarray:
    """Speed of each sole point on the way into each frame; the first frame takes the second one's.

    Args:
        soles: (T, N, 3) metres.

    Returns:
        (T, N) metres a second; zeros if there is only one frame.
    """
    if len(soles) < 2:
        return np.zeros(soles.shape[:-1])
    steps = np.linalg.norm(np.diff(soles, axis=0), axis=-1) * MOTION_FPS
    return np.concatenate([steps[:1], steps])


def planted(soles: np.ndarray) -> np.ndarray:
    """Whether each sole point is planted: low and slow for at least PLANTED_FRAMES frames in a row.

    Args:
        soles: (T, N, 3) metres, floor at y = 0.

    Returns:
        (T, N) bool.
    """
    candidate = (soles[..., 1] < PLANTED_HEIGHT_M) & (sole_speeds(soles) < PLANTED_SPEED_M_S)
    result = np.zeros_like(candidate)
    for point in range(candidate.shape[1]):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], candidate[:, point].astype(np.int8), [0]])))
        for start, stop in edges.reshape(-1, 2):
            result[start:stop, point] = stop - start >= PLANTED_FRAMES
    return result


def contacts(motion: Motion) -> np.ndarray | None:
    """Contact labels of a motion, from where its soles are.

    Returns:
        (T, 4) float32, 1 where heel and toe of the left foot, then of the right one, are planted; None where the
        floor is not known or the legs are not real.
    """
    if not motion.floor_known or not {"lower", "translation"} <= motion.parts:
        return None
    return planted(sole_positions(motion.rotations, motion.translation)).astype(np.float32)
