"""Mel-frequency cepstral coefficients as SyncNet was given them: 13 numbers for each hundredth of a second.

The definition of python_speech_features' `mfcc` with its defaults, in formulas: samples at the scale of 16 bits, less
0.97 of the one before; windows of 400 samples every 160, not weighted, the last ones filled with zeros; power over 512
points, divided by 512; 26 triangles from 0 to 8,000 Hz, evenly spaced in mel = 2595 log10(1 + f / 700), with corners at
whole points; logarithms, an orthonormal cosine transform, coefficient n times 1 + 11 sin(pi n / 22); the first one is
the logarithm of the window's energy. Zeros count as the smallest step of 64 bits before logarithms.
"""

from collections.abc import Iterable, Iterator
from functools import cache

import numpy as np
from scipy.fft import dct

from gesta.units import SAMPLE_RATE

FULL_SCALE = 32768.0
EMPHASIS = 0.97
WINDOW, HOP, POINTS = 400, 160, 512
TRIANGLES, COEFFICIENTS, LIFTER = 26, 13, 22
WINDOWS_AT_ONCE = 1000


def cepstra(blocks: Iterable[np.ndarray]) -> np.ndarray:
    """Coefficients of a recording.

    Args:
        blocks: consecutive (S,) blocks of 16 kHz mono sound in [-1, 1].

    Returns:
        (N, 13) float32, a row for each 160 samples.
    """
    found = [np.zeros((0, COEFFICIENTS), np.float32)]
    waiting = np.zeros(0)
    taken = 0
    for block in _emphasised(blocks):
        waiting = np.concatenate([waiting, block])
        while len(waiting) >= WINDOW + HOP * WINDOWS_AT_ONCE:
            found.append(_rows(waiting, WINDOWS_AT_ONCE))
            waiting = waiting[HOP * WINDOWS_AT_ONCE :]
            taken += WINDOWS_AT_ONCE
    count = 1 + max(0, -(-(len(waiting) - WINDOW) // HOP)) if taken or len(waiting) else 0
    if count:
        whole = np.concatenate([waiting, np.zeros(max(0, WINDOW + HOP * (count - 1) - len(waiting)))])
        found.append(_rows(whole, count))
    return np.concatenate(found)


def _emphasised(blocks: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
    """The same blocks at the scale of 16 bits, each sample less a share of the one before."""
    before = 0.0
    for block in blocks:
        if len(block):
            scaled = block.astype(np.float64) * FULL_SCALE
            yield scaled - EMPHASIS * np.concatenate([[before], scaled[:-1]])
            before = float(scaled[-1])


def _rows(samples: np.ndarray, count: int) -> np.ndarray:
    """The coefficients of the first windows of (S,) emphasised samples: (count, 13) float32."""
    windows = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP][:count]
    power = np.abs(np.fft.rfft(windows, POINTS)) ** 2 / POINTS
    smallest = np.finfo(np.float64).eps
    energy, bands = power.sum(axis=1), power @ triangles().T
    logarithms = np.log(np.where(bands == 0.0, smallest, bands))
    rows = dct(logarithms, type=2, axis=1, norm="ortho")[:, :COEFFICIENTS]
    rows = rows * (1.0 + LIFTER / 2.0 * np.sin(np.pi * np.arange(COEFFICIENTS) / LIFTER))
    rows[:, 0] = np.log(np.where(energy == 0.0, smallest, energy))
    return rows.astype(np.float32)


@cache
def triangles() -> np.ndarray:
    """What each point of a spectrum counts in each band: (26, 257)."""
    highest = 2595.0 * np.log10(1.0 + SAMPLE_RATE / 2.0 / 700.0)
    hertz = 700.0 * (10.0 ** (np.linspace(0.0, highest, TRIANGLES + 2) / 2595.0) - 1.0)
    corners = np.floor((POINTS + 1) * hertz / SAMPLE_RATE)
    points = np.arange(POINTS // 2 + 1)
    left, middle, right = (corners[start : start + TRIANGLES, None] for start in range(3))
    rising, falling = (points - left) / (middle - left), (right - points) / (right - middle)
    inside = (points >= left) & (points < right)
    return np.where(inside, np.where(points < middle, rising, falling), 0.0)
