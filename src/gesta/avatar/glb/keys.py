"""Keys of an animation: the fewest frames, or nearly so, between which interpolation stays within an error.

From each key the next one is the furthest frame that is found such that every frame between lies within the error of
the way from key to key: straight for numbers, along the sphere for rotations, as players of glTF interpolate. What
stays within the error of its first frame has that one key.
"""

import math

import numpy as np

from gesta.kernels import Scalar, kernel


def number_keys(values: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """Frames at which numbers that move together need keys.

    Args:
        values: (T, C).
        errors: (C,) how far each may be off.

    Returns:
        (K,) increasing frames; the last frame is one of them unless there is only one.
    """
    return _keys(values, errors, False)


def rotation_keys(quaternions: np.ndarray, error: float) -> np.ndarray:
    """Frames at which a rotation needs keys.

    Args:
        quaternions: (T, 4) unit quaternions without changes of sign (see `continuous`).
        error: radians it may be off.

    Returns:
        (K,) increasing frames; the last frame is one of them unless there is only one.
    """
    return _keys(quaternions, np.array([math.cos(0.5 * error)]), True)


def continuous(quaternions: np.ndarray) -> np.ndarray:
    """The same rotations by quaternions (T, 4) of which each is on the side of the one before."""
    turns = np.sum(quaternions[1:] * quaternions[:-1], axis=1) < 0.0
    signs = np.concatenate([[1.0], np.where(np.cumsum(turns) % 2, -1.0, 1.0)])
    return quaternions * signs[:, None]


def _keys(values: np.ndarray, limits: np.ndarray, spherical: bool) -> np.ndarray:
    frames = np.empty(len(values), np.int64)
    count = _pick_keys(np.ascontiguousarray(values, np.float64), np.asarray(limits, np.float64), spherical, frames)
    return frames[:count].copy()


@kernel
def _numbers_fit(values: np.ndarray, errors: np.ndarray, first: int, last: int, ahead: int) -> bool:
    """Whether the frames between `first` and `last` are near the line from `first` to `ahead`."""
    length = max(ahead - first, 1)
    for frame in range(first + 1, last):
        share = (frame - first) / length
        for column in range(values.shape[1]):
            on_line = values[first, column] + share * (values[ahead, column] - values[first, column])
            if not abs(values[frame, column] - on_line) <= errors[column]:
                return False
    return True


@kernel
def _rotations_fit(unit: np.ndarray, least: Scalar, first: int, last: int, ahead: int) -> bool:
    """Whether the frames between are near the arc: the cosine of half the angle off is at least `least`."""
    cosine = 0.0
    for axis in range(4):
        cosine += unit[first, axis] * unit[ahead, axis]
    if cosine < 0.0:
        # Players go the shorter way, which is not the one that was gone.
        return last <= first + 1
    angle = math.acos(min(cosine, 1.0))
    sine = math.sin(angle)
    near = sine < 1e-9
    length = max(ahead - first, 1)
    for frame in range(first + 1, last):
        share = (frame - first) / length
        of_first = 1.0 - share if near else math.sin((1.0 - share) * angle) / sine
        of_ahead = share if near else math.sin(share * angle) / sine
        likeness = 0.0
        for axis in range(4):
            likeness += unit[frame, axis] * (of_first * unit[first, axis] + of_ahead * unit[ahead, axis])
        if not abs(likeness) >= least:
            return False
    return True


@kernel
def _fit(values: np.ndarray, limits: np.ndarray, spherical: bool, first: int, last: int, ahead: int) -> bool:
    if spherical:
        return _rotations_fit(values, limits[0], first, last, ahead)
    return _numbers_fit(values, limits, first, last, ahead)


@kernel
def _pick_keys(values: np.ndarray, limits: np.ndarray, spherical: bool, frames: np.ndarray) -> int:
    """Write the keys' frames; how many they are."""
    last = values.shape[0] - 1
    frames[0] = 0
    if _fit(values, limits, spherical, 0, last + 1, 0):
        return 1
    key, count = 0, 1
    while key < last:
        good, bad = key + 1, last + 1
        # Twice as far while it fits, then halving between what fits and what does not.
        while good < last and bad > last:
            further = min(key + 2 * (good - key), last)
            if _fit(values, limits, spherical, key, further, further):
                good = further
            else:
                bad = further
        while bad <= last and bad - good > 1:
            middle = (good + bad) // 2
            if _fit(values, limits, spherical, key, middle, middle):
                good = middle
            else:
                bad = middle
        frames[count] = good
        key, count = good, count + 1
    return count
