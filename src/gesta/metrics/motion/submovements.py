"""Submovements: the single strokes a hand's path is made of, between two slow moments.

The wrist's position against the pelvis goes through a Butterworth low-pass of 6 Hz, forwards and backwards. A
submovement lasts from one minimum of speed to the next, where minima stand out by 0.05 m/s and the peak between them
is over 0.2 m/s. The main sequence (larger movements are faster and longer) is fitted in logarithms.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import signal

from gesta.metrics.motion.summary import Percentiles, percentiles
from gesta.units import MOTION_FPS

CUTOFF_HZ = 6.0
FILTER_ORDER = 2
MINIMUM_PROMINENCE_M_S = 0.05
PEAK_SPEED_M_S = 0.2
SHORTEST_TAKE_FRAMES = 2 * MOTION_FPS
"""Shorter takes have no submovement statistics."""
LEVELS = (10, 50, 90)
"""Percentiles that are reported."""
FEWEST_FOR_FIT = 10
"""The main sequence needs at least this many submovements."""
COLUMNS = ("duration_s", "peak_speed_m_s", "path_m", "straightness", "time_to_peak", "peak_to_mean", "end_speed")
SECONDS_PER_MINUTE = 60.0


@dataclass(frozen=True)
class Submovements:
    """Submovements of both hands.

    Attributes:
        per_minute: number a minute and hand.
        statistics: for each of COLUMNS its percentiles. Straightness is chord / path, time to peak a share of the
            duration, peak to mean a ratio of speeds, end speed the mean speed at both ends as a share of the peak.
        peak_speed_exponent: a in peak speed ~ path^a; None with too few submovements.
        duration_exponent: b in duration ~ path^b.
    """

    per_minute: float
    statistics: dict[str, Percentiles]
    peak_speed_exponent: float | None
    duration_exponent: float | None


def submovements(positions: np.ndarray) -> np.ndarray:
    """Submovements of one wrist.

    Args:
        positions: (T, 3) metres against the pelvis, T at least SHORTEST_TAKE_FRAMES.

    Returns:
        (N, 7) with the COLUMNS.
    """
    numerator, denominator = signal.butter(FILTER_ORDER, CUTOFF_HZ, fs=MOTION_FPS)
    smooth = signal.filtfilt(numerator, denominator, np.asarray(positions, dtype=np.float64), axis=0)
    steps = np.linalg.norm(np.diff(smooth, axis=0), axis=-1)
    speed = steps * MOTION_FPS
    minima, _ = signal.find_peaks(-speed, prominence=MINIMUM_PROMINENCE_M_S)
    rows = []
    for start, stop in pairwise(minima):
        inside = speed[start : stop + 1]
        peak = inside.max()
        if peak <= PEAK_SPEED_M_S:
            continue
        path = steps[start:stop].sum()
        chord = np.linalg.norm(smooth[stop] - smooth[start])
        share = inside.argmax() / (stop - start)
        ends = (inside[0] + inside[-1]) / 2.0
        rows.append(((stop - start) / MOTION_FPS, peak, path, chord / path, share, peak / inside.mean(), ends / peak))
    return np.array(rows).reshape(-1, len(COLUMNS))


def summarise(wrists: Sequence[np.ndarray]) -> Submovements | None:
    """Statistics of the submovements of one or two wrists.

    Args:
        wrists: (T, 3) metres against the pelvis, for each wrist.

    Returns:
        None if the take is shorter than SHORTEST_TAKE_FRAMES or has no submovement.
    """
    if len(wrists[0]) < SHORTEST_TAKE_FRAMES:
        return None
    table = np.concatenate([submovements(positions) for positions in wrists])
    if len(table) == 0:
        return None
    minutes = len(wrists[0]) / MOTION_FPS / SECONDS_PER_MINUTE
    columns = {name: percentiles(table[:, index], LEVELS) for index, name in enumerate(COLUMNS)}
    path = table[:, COLUMNS.index("path_m")]
    return Submovements(
        per_minute=len(table) / len(wrists) / minutes,
        statistics={name: value for name, value in columns.items() if value is not None},
        peak_speed_exponent=_exponent(path, table[:, COLUMNS.index("peak_speed_m_s")]),
        duration_exponent=_exponent(path, table[:, COLUMNS.index("duration_s")]),
    )


def _exponent(path: np.ndarray, values: np.ndarray) -> float | None:
    """Slope of log(values) over log(path) by least squares; None with too few values."""
    if len(path) < FEWEST_FOR_FIT:
        return None
    return float(np.polyfit(np.log(path), np.log(values), 1)[0])
