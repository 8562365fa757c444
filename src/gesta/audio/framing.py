"""The analysis clock: 120 windows a second, four to a motion frame, cut from sound that comes in blocks of any size.

Analysis frame k is centred on sample round(k * 16000 / 120), so motion frame t is analysis frame 4 t. Before the
first and after the last sample there is silence.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from gesta.units import MOTION_FPS, SAMPLE_RATE

ANALYSIS_PER_FRAME = 4
"""Analysis frames in a motion frame."""
ANALYSIS_RATE = ANALYSIS_PER_FRAME * MOTION_FPS
"""Analysis frames a second."""
HALF_WINDOW = 392
"""Samples that an analysis frame reaches to each side of its centre (24.5 ms)."""
GROUP_FRAMES = 240
"""Analysis frames cut at once; bounds the memory that a long block takes."""


def frames_in(duration_s: float) -> int:
    """Whole analysis frames nearest to a duration in seconds."""
    return round(duration_s * ANALYSIS_RATE)


def analysis_centres(start: int, stop: int) -> np.ndarray:
    """Sample at the centre of each analysis frame in [start, stop): (N,) int64."""
    return np.rint(np.arange(start, stop, dtype=np.float64) * (SAMPLE_RATE / ANALYSIS_RATE)).astype(np.int64)


def heard_when_analysed(frame: int) -> float:
    """Seconds of sound that must have been heard before an analysis frame can be computed."""
    return (round(frame * SAMPLE_RATE / ANALYSIS_RATE) + HALF_WINDOW) / SAMPLE_RATE


@dataclass
class Framer:
    """Cuts sound into overlapping windows.

    Attributes:
        heard: samples taken so far, the silence before the beginning not counted.
        next_frame: index of the next analysis frame.
        samples: what is still needed; its first value is sample `first` of the recording.
        first: see samples.
    """

    heard: int = 0
    next_frame: int = 0
    samples: np.ndarray = field(default_factory=lambda: np.zeros(HALF_WINDOW, np.float32))
    first: int = -HALF_WINDOW

    def push(self, block: np.ndarray) -> Iterator[np.ndarray]:
        """Take (S,) samples; give every window that is complete now, as (N, 2 HALF_WINDOW), N <= GROUP_FRAMES."""
        self.samples = np.concatenate([self.samples, np.asarray(block, np.float32)])
        self.heard += len(block)
        complete = self._complete()
        while self.next_frame < complete:
            stop = min(self.next_frame + GROUP_FRAMES, complete)
            starts = analysis_centres(self.next_frame, stop) - HALF_WINDOW - self.first
            self.next_frame = stop
            yield self.samples[starts[:, np.newaxis] + np.arange(2 * HALF_WINDOW)]
        done = int(analysis_centres(self.next_frame, self.next_frame + 1)[0]) - HALF_WINDOW - self.first
        if done > 0:
            self.samples = self.samples[done:]
            self.first += done

    def _complete(self) -> int:
        """Number of analysis frames whose windows end within what has been heard."""
        frame = max(0, int((self.heard - HALF_WINDOW) * ANALYSIS_RATE / SAMPLE_RATE) - 1)
        while round(frame * SAMPLE_RATE / ANALYSIS_RATE) + HALF_WINDOW <= self.heard:
            frame += 1
        return frame
