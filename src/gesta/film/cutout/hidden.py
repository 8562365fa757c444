"""What forearms and hands hide of the body: its outline there.

In every row of the picture the trunk ends where it meets the background; where a forearm covers that place, the ends
of the rows above and below go on to each other.
"""

import numpy as np
from scipy.ndimage import gaussian_filter1d, median_filter

SOFT = 1.0
"""Pixels over which the outline goes from nothing to all."""
NEXT_PX = 4
"""Body and arm that are so near to each other meet."""
UNDER = 0.03
"""So far, in widths of the shoulders, the body goes on behind an arm at least, so that no slit opens between them."""
FARTHEST = 0.6
"""Rows so far above, in widths of the shoulders, tell how wide the trunk is."""
TREND, STEEPEST = 0.15, 0.6
"""Rows below a hidden stretch, in widths of the shoulders, that tell how it goes on, and the most that it leans."""
EVEN = 0.04
"""Over so many rows, in widths of the shoulders, an outline is made even."""
STEADY = 0.06
"""Rows that one that looks odd is compared with, in widths of the shoulders."""


def hidden_alpha(body: np.ndarray, arms: np.ndarray, upper: np.ndarray, across: float) -> np.ndarray:
    """How much of each pixel the body covers without its arms, behind them too: (H, W) float32.

    Args:
        body: (H, W) bool, where the body is seen.
        arms: (H, W) bool, where forearms and hands are before it or beside it.
        upper: (H, W) bool, upper arms, which stay with the body.
        across: the width of the shoulders, pixels.
    """
    own = body & ~upper
    if not own.any():
        return np.zeros(own.shape, np.float32)
    columns = np.arange(own.shape[1]) + 0.5
    right = _ends(own, arms | upper, across)
    left = own.shape[1] - _ends(own[:, ::-1], (arms | upper)[:, ::-1], across)
    inside = np.minimum(columns - left[:, None], right[:, None] - columns)
    return np.where(arms, np.clip(0.5 + inside / (2.0 * SOFT), 0.0, 1.0), own).astype(np.float32)


def _ends(own: np.ndarray, all_arms: np.ndarray, across: float) -> np.ndarray:
    """How far right the trunk goes in each row: (H,) pixels."""
    height, width = own.shape
    rows, there = np.arange(height), own.any(axis=1)
    last = np.where(there, width - own[:, ::-1].argmax(axis=1), 0).astype(float)
    beyond = np.minimum(last[:, None].astype(int) + np.arange(NEXT_PX), width - 1)
    known = np.flatnonzero(there & ~np.take_along_axis(all_arms, beyond, axis=1).any(axis=1))
    least = np.where(there, last + UNDER * across, 0.0)
    if not len(known):
        return least
    # A single row may end at a crumb of the cut.
    steady = median_filter(last[known], 2 * round(0.5 * STEADY * across) + 1, mode="nearest")
    number = np.searchsorted(known, rows)
    above, below = np.maximum(number - 1, 0), np.minimum(number, len(known) - 1)
    # Above a whole arm comes the neck, which tells nothing of the trunk; below it comes the waist.
    near = (rows - known[above] < FARTHEST * across) | (number == len(known))
    found = np.where(near, np.interp(rows, known, steady), steady[below] - _narrowing(known, steady, rows, across))
    smooth = gaussian_filter1d(np.maximum(found, least), EVEN * across)
    return np.maximum(smooth, last)


def _narrowing(known: np.ndarray, ends: np.ndarray, rows: np.ndarray, across: float) -> np.ndarray:
    """How much narrower the trunk is in rows above a known one, if it goes on getting narrower upward: (H,) pixels."""
    below = np.minimum(np.searchsorted(known, rows), len(known) - 1)
    further = np.minimum(np.searchsorted(known, known[below] + TREND * across), len(known) - 1)
    slope = (ends[further] - ends[below]) / np.maximum(known[further] - known[below], 1)
    return np.asarray(np.clip(slope, 0.0, STEEPEST) * np.maximum(known[below] - rows, 0))
