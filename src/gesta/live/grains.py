"""Sound cut where frames become final, whatever the blocks it comes in: so any blocks give the same, bit for bit.

Motion frame t is final when the sound has been heard up to its time plus the look-ahead. Sound is held until enough of
it is there for the next few frames, and handed on in exactly the same pieces however it came.
"""

import math
from collections.abc import Iterator

import numpy as np

from gesta.units import MOTION_FPS, SAMPLE_RATE

PIECE_SAMPLES = SAMPLE_RATE
"""The pieces where nothing becomes final before the end."""
ROUNDING = 1e-6
"""A frame whose time is a whole sample is final with that sample, whatever the last digit says."""


class SoundGrains:
    """Cuts sound into the pieces that bring `frames` further motion frames each.

    Args:
        look_ahead_s: seconds of sound heard beyond a frame that is given out.
        frames: how many become final together.

    Attributes:
        held: (S,) float32 samples that wait.
        taken: samples handed on so far.
        grain: which piece comes next, from 0.
    """

    def __init__(self, look_ahead_s: float, frames: int) -> None:
        self.look_ahead_s, self.frames = look_ahead_s, frames
        self.held = np.zeros(0, np.float32)
        self.taken = self.grain = 0

    def push(self, samples: np.ndarray) -> Iterator[np.ndarray]:
        """Take (S,) samples at 16 kHz; give the pieces that are complete."""
        self.held = np.concatenate([self.held, samples])
        while len(self.held) >= (size := self._end() - self.taken):
            piece, self.held = self.held[:size], self.held[size:]
            self.taken += size
            self.grain += 1
            yield piece

    def rest(self) -> np.ndarray:
        """What is left at the end: (S,)."""
        left, self.held = self.held, self.held[:0]
        self.taken += len(left)
        return left

    def _end(self) -> int:
        """Up to which sample the next piece goes."""
        if math.isinf(self.look_ahead_s):
            return (self.grain + 1) * PIECE_SAMPLES
        last_frame = (self.grain + 1) * self.frames - 1
        return math.ceil((last_frame / MOTION_FPS + self.look_ahead_s) * SAMPLE_RATE - ROUNDING)
