"""Where a motion means its feet to stand: sole points that are low and slow, with hysteresis.

These thresholds are wider than those of `gesta.motion.contacts`, which say whether a foot does stand: what is to be
mended floats, sinks and creeps.
"""

import numpy as np

from gesta.motion.contacts import sole_speeds

LOW_M, HIGH_M = 0.05, 0.08
"""A point that comes below the first height may be planted, and is no longer above the second."""
SLOW_M_S, FAST_M_S = 0.3, 0.45
"""The same for its speed."""
SURE_FRAMES = 3
"""A plant begins where a point stays low and slow for so many frames."""
AHEAD = SURE_FRAMES - 1


def meant_to_stand(soles: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Whether each sole point is meant to stand.

    Args:
        soles: (T + 1 + AHEAD, N, 3) metres: the frame before the T that are judged, these, and those after. At a
            take's end the last frame is repeated.
        before: (N,) bool, the answer for the frame before.

    Returns:
        (T, N) bool.
    """
    height = soles[1:, :, 1]
    speed = sole_speeds(soles)[1:]
    begins = (height < LOW_M) & (speed < SLOW_M_S)
    ends = (height > HIGH_M) | (speed > FAST_M_S)
    frames = len(begins) - AHEAD
    sure = np.all([begins[shift : shift + frames] for shift in range(SURE_FRAMES)], axis=0)
    # The last frame with news decides: +1 begins, -1 ends, 0 is no news.
    news = np.where(ends[:frames], -1, np.where(sure, 1, 0))
    news = np.concatenate([np.where(before, 1, -1)[None], news])
    latest = np.maximum.accumulate(np.where(news != 0, np.arange(frames + 1)[:, None], 0), axis=0)
    return np.take_along_axis(news, latest, axis=0)[1:] > 0
