"""Corrections that come and go softly: in time, and never less than is needed."""

import numpy as np
from scipy import ndimage


def smoothstep(share: np.ndarray) -> np.ndarray:
    """0 to 1 with level ends: shares (...) below 0 give 0, above 1 give 1."""
    inside = np.clip(share, 0.0, 1.0)
    return inside * inside * (3.0 - 2.0 * inside)


def bell(reach: int) -> np.ndarray:
    """(2 reach + 1,) weights of a raised cosine, with sum 1."""
    phase = np.pi * np.arange(-reach, reach + 1) / (reach + 1)
    weights = 1.0 + np.cos(phase)
    return weights / weights.sum()


def smoothed(values: np.ndarray, reach: int) -> np.ndarray:
    """(T, ...) values through a bell of `reach` frames on either side; the ends are held."""
    return ndimage.correlate1d(values, bell(reach), axis=0, mode="nearest")


def eased(amounts: np.ndarray, reach: int, hold: int | None = None) -> np.ndarray:
    """Amounts that rise and fall smoothly.

    Args:
        amounts: (T, ...) 0 or more.
        reach: how many frames ahead of a need the amount begins to rise.
        hold: for how many of these it is held before it is smoothed over the rest; half, if not said. With half or
            more no amount comes out less than was asked; with fewer it is smoother, and short peaks lose a little.

    Returns:
        (T, ...); each value depends on the 2 * reach + 1 frames around it.
    """
    held = reach // 2 if hold is None else hold
    widest = ndimage.maximum_filter1d(amounts, 2 * held + 1, axis=0, mode="nearest")
    return smoothed(widest, min(held, reach - held) if hold is None else reach - held)
