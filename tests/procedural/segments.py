"""Where two straight pieces come closest: the middle lines of capsules."""

import numpy as np

TINY = 1e-12


def closest(
    start: np.ndarray, end: np.ndarray, other_start: np.ndarray, other_end: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The points of two segments that are closest to each other (Ericson 2005, Real-Time Collision Detection, 5.1.9).

    Args:
        start, end: (..., 3) metres, of the first segments.
        other_start, other_end: (..., 3) of the second ones; broadcast.

    Returns:
        (..., 3) points on the first and on the second ones.
    """
    along, across, apart = end - start, other_end - other_start, start - other_start
    length, other_length = _dot(along, along), _dot(across, across)
    toward, away, slant = _dot(across, apart), _dot(along, apart), _dot(along, across)
    both = length * other_length - slant * slant
    # Where the two are parallel any point will do; the middle is steadier in time than an end.
    first = np.where(both > TINY, np.clip((slant * toward - away * other_length) / np.maximum(both, TINY), 0, 1), 0.5)
    second = np.clip((slant * first + toward) / np.maximum(other_length, TINY), 0.0, 1.0)
    first = np.clip((slant * second - away) / np.maximum(length, TINY), 0.0, 1.0)
    return start + first[..., None] * along, other_start + second[..., None] * across


def _dot(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.einsum("...i,...i->...", first, second)
