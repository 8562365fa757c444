"""Sound of any rate to 16 kHz as it comes: no waiting, and a state that can be saved.

Files go through FFmpeg's resampler (`resample.py`), which gathers sound and keeps its memory to itself. A stream must
answer at once and go on in another process, so here each output sample is a sum of input samples around it, weighted by
a low-pass filter of windowed-sinc form (Kaiser window; Oppenheim & Schafer, Discrete-Time Signal Processing, ch. 7).
How the sound is cut makes no difference.
"""

import math
from functools import cache

import numpy as np

from gesta.units import SAMPLE_RATE

ZERO_CROSSINGS = 16
"""Of the sinc on each side, counted at the lower of the two rates: 1 ms at 16 kHz."""
KAISER_BETA = 8.0
"""About 80 dB less of what would fold back."""
CUTOFF = 0.94
"""Of the lower rate's half: the edge lies a little below, so that little folds back."""


class LiveResampler:
    """Mono sound at one rate to 16 kHz.

    Args:
        rate: Hz, of what comes.

    Attributes:
        held: (S,) float32 input that later output still needs; half a filter of silence at first.
        first: index of the first sample held, counted from the first that came.
        came, gave: samples taken and given so far.
    """

    def __init__(self, rate: int) -> None:
        common = math.gcd(rate, SAMPLE_RATE)
        self.up, self.down = SAMPLE_RATE // common, rate // common
        self.reach = math.ceil(ZERO_CROSSINGS * max(1.0, rate / SAMPLE_RATE))
        self.delay_s = 0.0 if self.up == self.down else self.reach / rate
        self.held = np.zeros(self.reach, np.float32)
        self.first = -self.reach
        self.came = self.gave = 0

    def push(self, samples: np.ndarray) -> np.ndarray:
        """Take (S,) float32; give the (S',) float32 that are certain."""
        if self.up == self.down:
            return samples
        self.came += len(samples)
        self.held = np.concatenate([self.held, samples.astype(np.float32, copy=False)])
        return self._given((self.came - self.reach) * self.up // self.down)

    def finish(self) -> np.ndarray:
        """The rest: as many samples in all as the sound is long."""
        if self.up == self.down:
            return np.zeros(0, np.float32)
        self.held = np.concatenate([self.held, np.zeros(self.reach + 1, np.float32)])
        return self._given(round(self.came * self.up / self.down))

    def _given(self, stop: int) -> np.ndarray:
        """Output samples up to `stop`."""
        if stop <= self.gave:
            return np.zeros(0, np.float32)
        weights = _weights(self.up, self.down, self.reach)
        # Output n lies at input n * down / up: between two samples, by one of `up` phases.
        place = np.arange(self.gave, stop, dtype=np.int64) * self.down
        near = place // self.up - self.reach + 1 - self.first
        # A sum in a fixed order, so that it does not matter how many are asked for at once.
        found = np.zeros(len(place))
        phase = place % self.up
        for step in range(2 * self.reach):
            found += weights[phase, step] * self.held[near + step]
        self.gave = stop
        keep = max(0, int(stop * self.down // self.up) - self.reach + 1 - self.first)
        self.held, self.first = self.held[keep:].copy(), self.first + keep
        return np.clip(found, -1.0, 1.0).astype(np.float32)


@cache
def _weights(up: int, down: int, reach: int) -> np.ndarray:
    """Weights of the input samples around an output sample, by its phase between two of them: (up, 2 * reach)."""
    phases = np.arange(up)[:, np.newaxis] / up
    away = np.arange(1 - reach, reach + 1)[np.newaxis] - phases
    cutoff = CUTOFF * min(1.0, up / down)
    window = np.i0(KAISER_BETA * np.sqrt(np.maximum(1.0 - (away / reach) ** 2, 0.0))) / np.i0(KAISER_BETA)
    weights = cutoff * np.sinc(cutoff * away) * window
    return weights / weights.sum(axis=1, keepdims=True)
