"""What a short window of sound holds, by frequency: its level, its vowel band and its mel bands."""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import fft, sparse

from gesta.audio.framing import HALF_WINDOW
from gesta.units import SAMPLE_RATE

WINDOW_SAMPLES = 640
"""Length of the Hann window, samples (40 ms: two periods of the lowest voice)."""
BAND_COUNT = 24
"""Mel bands M."""
MEL_RANGE_HZ = (60.0, 7600.0)
LEVEL_RANGE_HZ = (80.0, 8000.0)
"""Sound outside is hum or rumble and does not count as level."""
VOWEL_RANGE_HZ = (300.0, 3500.0)
"""Where vowels are strong and fricatives weak: its energy peaks at syllable nuclei."""
MEL_BREAK_HZ = 700.0
MEL_PER_DECADE = 2595.0
"""mel = 2595 log10(1 + f / 700), O'Shaughnessy 1987."""
SILENCE_POWER = 1e-12
"""Power below which everything is the same silence (-120 dB)."""


@dataclass(frozen=True)
class SpectralFrames:
    """Powers of N analysis frames; 1 is a full-scale square wave, a full-scale sine has 0.5.

    Attributes:
        level: (N,) mean square within LEVEL_RANGE_HZ.
        vowel: (N,) mean square within VOWEL_RANGE_HZ.
        bands: (N, M) mean square in each mel band.
    """

    level: np.ndarray
    vowel: np.ndarray
    bands: np.ndarray


def decibels(power: np.ndarray) -> np.ndarray:
    """Power (mean square) in dB relative to full scale, at least -120."""
    return 10.0 * np.log10(np.maximum(power, SILENCE_POWER))


def spectral_frames(windows: np.ndarray) -> SpectralFrames:
    """Powers of (N, 2 HALF_WINDOW) windows."""
    margin = HALF_WINDOW - WINDOW_SAMPLES // 2
    taper, weights = _tables()
    spectrum = fft.rfft(windows[:, margin : margin + WINDOW_SAMPLES] * taper, axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    bands = (weights @ power.T).T
    return SpectralFrames(bands[:, 0], bands[:, 1], bands[:, 2:])


def mel_edges_hz(bands: int) -> np.ndarray:
    """Where the triangles of so many bands begin, peak and end: (bands + 2,) Hz, evenly spaced in mel."""
    lowest, highest = (MEL_PER_DECADE * math.log10(1.0 + end / MEL_BREAK_HZ) for end in MEL_RANGE_HZ)
    return MEL_BREAK_HZ * (10.0 ** (np.linspace(lowest, highest, bands + 2) / MEL_PER_DECADE) - 1.0)


def mel_triangles(frequency: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """(bins, bands) weights of frequencies in Hz, each triangle reaching to its neighbours' centres.

    Args:
        frequency: (bins,) Hz.
        edges: (bands + 2,) Hz, see `mel_edges_hz`.
    """
    low, centre, high = edges[:-2], edges[1:-1], edges[2:]
    rising = (frequency[:, np.newaxis] - low) / (centre - low)
    falling = (high - frequency[:, np.newaxis]) / (high - centre)
    return np.clip(np.minimum(rising, falling), 0.0, 1.0)


@cache
def _tables() -> tuple[np.ndarray, sparse.csr_array]:
    """The Hann window, and (2 + M, bins) weights from power spectra to level, vowel band and mel bands."""
    taper = 0.5 - 0.5 * np.cos(2.0 * np.pi * (np.arange(WINDOW_SAMPLES) + 0.5) / WINDOW_SAMPLES)
    frequency = np.arange(WINDOW_SAMPLES // 2 + 1) * (SAMPLE_RATE / WINDOW_SAMPLES)
    level = within(frequency, LEVEL_RANGE_HZ)
    vowel = within(frequency, VOWEL_RANGE_HZ)
    weights = np.column_stack([level, vowel, mel_triangles(frequency, mel_edges_hz(BAND_COUNT))]).T
    # Parseval: both halves of the spectrum, over the window's own energy.
    return taper, sparse.csr_array(weights * (2.0 / (WINDOW_SAMPLES * np.sum(taper**2))))


def within(frequency: np.ndarray, range_hz: tuple[float, float]) -> np.ndarray:
    """1 where a frequency lies in a range, both ends included, else 0: (bins,)."""
    return ((frequency >= range_hz[0]) & (frequency <= range_hz[1])).astype(np.float64)
