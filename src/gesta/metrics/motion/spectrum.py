"""How slow a signal is: the frequencies below which half and nine tenths of its power lie."""

from dataclasses import dataclass

import numpy as np

from gesta.units import MOTION_FPS

SHORTEST_FRAMES = 8 * MOTION_FPS
"""Shorter signals cannot tell one slow frequency from another."""


@dataclass(frozen=True)
class PowerFrequencies:
    """Frequencies in Hz below which half, and nine tenths, of the power of each of three angles lie."""

    half_hz: tuple[float, float, float]
    nine_tenths_hz: tuple[float, float, float]


def power_frequency(values: np.ndarray, share: float) -> float:
    """Frequency below which `share` of the power of a (T,) signal lies, in Hz; its mean does not count."""
    power = np.abs(np.fft.rfft(values - values.mean())) ** 2
    frequencies = np.fft.rfftfreq(len(values), 1.0 / MOTION_FPS)
    total = np.cumsum(power)
    if total[-1] == 0.0:
        return 0.0
    return float(frequencies[np.searchsorted(total, share * total[-1])])


def power_frequencies(angles: np.ndarray) -> PowerFrequencies | None:
    """Power frequencies of (T, 3) angles; None if T is under SHORTEST_FRAMES."""
    if len(angles) < SHORTEST_FRAMES:
        return None
    half, most = ([power_frequency(angles[:, axis], share) for axis in range(3)] for share in (0.5, 0.9))
    return PowerFrequencies((half[0], half[1], half[2]), (most[0], most[1], most[2]))
