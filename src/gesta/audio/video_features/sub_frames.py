"""The spectrum a hundred times a second, four times in a video frame: fine enough that closed lips show.

Lips close for 50 to 100 ms, and for p, t and k the sound is gone for as little. A window of 25 ms each 10 ms sees
that; one of 40 ms each 33 ms, which serves the body's motion, blurs it. Sub-frame k is centred on sample 160 k + 80,
so that the four of video frame f cover the time for which it is shown, f / 25 to (f + 1) / 25 s.
"""

from dataclasses import dataclass, field
from functools import cache

import numpy as np
from scipy import fft

from gesta.audio.spectrum import LEVEL_RANGE_HZ, decibels, mel_edges_hz, mel_triangles, within
from gesta.units import SAMPLE_RATE, VIDEO_FPS

SUB_FRAMES = 4
"""Sub-frames in a video frame."""
HOP_SAMPLES = SAMPLE_RATE // (VIDEO_FPS * SUB_FRAMES)
WINDOW_SAMPLES = 400
"""Length of the Hann window, samples (25 ms)."""
TRANSFORM_SAMPLES = 512
SUB_BAND_COUNT = 40
"""Mel bands of a sub-frame."""
BEFORE_SAMPLES = WINDOW_SAMPLES // 2 - HOP_SAMPLES // 2
"""How far the first window reaches back before the beginning."""
AFTER_SAMPLES = BEFORE_SAMPLES
"""How far the last window of a video frame reaches beyond its end."""


@dataclass
class SubFramer:
    """Turns sound that comes in blocks into sub-frames; before the first sample there is silence.

    Attributes:
        samples: what later windows still need.
    """

    samples: np.ndarray = field(default_factory=lambda: np.zeros(BEFORE_SAMPLES, np.float32))

    def push(self, block: np.ndarray) -> np.ndarray:
        """Take (S,) samples; give level and bands of the sub-frames that are complete: (n, 1 + SUB_BAND_COUNT) dB."""
        self.samples = np.concatenate([self.samples, block])
        count = max(0, (len(self.samples) - WINDOW_SAMPLES) // HOP_SAMPLES + 1)
        if not count:
            return np.zeros((0, 1 + SUB_BAND_COUNT))
        windows = np.lib.stride_tricks.sliding_window_view(self.samples, WINDOW_SAMPLES)[::HOP_SAMPLES][:count]
        taper, weights = _tables()
        spectrum = fft.rfft(windows * taper, TRANSFORM_SAMPLES, axis=1)
        self.samples = self.samples[count * HOP_SAMPLES :]
        return decibels((spectrum.real**2 + spectrum.imag**2) @ weights)


@cache
def _tables() -> tuple[np.ndarray, np.ndarray]:
    """The Hann window, and (bins, 1 + SUB_BAND_COUNT) weights from power spectra to mean squares."""
    taper = 0.5 - 0.5 * np.cos(2.0 * np.pi * (np.arange(WINDOW_SAMPLES) + 0.5) / WINDOW_SAMPLES)
    frequency = np.arange(TRANSFORM_SAMPLES // 2 + 1) * (SAMPLE_RATE / TRANSFORM_SAMPLES)
    weights = np.column_stack(
        [within(frequency, LEVEL_RANGE_HZ), mel_triangles(frequency, mel_edges_hz(SUB_BAND_COUNT))]
    )
    # Parseval: both halves of the spectrum, over the window's own energy.
    return taper, weights * (2.0 / (TRANSFORM_SAMPLES * np.sum(taper**2)))
