"""From the analysis rate to motion frames: averages over neighbouring windows, so that nothing aliases."""

from dataclasses import dataclass, field

import numpy as np

from gesta.audio.framing import ANALYSIS_PER_FRAME
from gesta.audio.spectrum import BAND_COUNT, SpectralFrames, decibels

REACH = ANALYSIS_PER_FRAME - 1
WEIGHTS = np.array([1.0, 2.0, 3.0, 4.0, 3.0, 2.0, 1.0]) / 16.0
"""Triangle over the analysis frames from REACH before to REACH after the motion frame's own."""


@dataclass(frozen=True)
class Features:
    """T motion frames.

    Attributes:
        level_db: (T,) dB relative to full scale.
        f0_hz: (T,) 0 where unvoiced.
        voicing: (T,) 0 to 1.
        bands_db: (T, M) dB.
    """

    level_db: np.ndarray
    f0_hz: np.ndarray
    voicing: np.ndarray
    bands_db: np.ndarray


@dataclass
class FrameAverager:
    """Averages analysis frames into motion frames.

    Attributes:
        started: whether a frame has been taken.
        power: (N, 1 + M) waiting level and band powers.
        voice: (N, 2) waiting F0 and voicing, which come later.
    """

    started: bool = False
    power: np.ndarray = field(default_factory=lambda: np.zeros((0, 1 + BAND_COUNT)))
    voice: np.ndarray = field(default_factory=lambda: np.zeros((0, 2)))

    def push(self, spectra: SpectralFrames, f0_hz: np.ndarray, voicing: np.ndarray) -> Features:
        """Take powers and the voice of earlier analysis frames; give the motion frames that are complete."""
        power = np.column_stack([spectra.level, spectra.bands])
        if not self.started and len(power):
            # Nothing is known before the beginning; its first frame stands for it.
            self.started = True
            self.power = np.repeat(power[:1], REACH, axis=0)
            self.voice = np.zeros((REACH, 2))
        self.power = np.concatenate([self.power, power])
        self.voice = np.concatenate([self.voice, np.column_stack([f0_hz, voicing])])
        waiting = min(len(self.power), len(self.voice))
        count = max(0, (waiting - len(WEIGHTS)) // ANALYSIS_PER_FRAME + 1)
        mean_power = _averages(self.power, count)
        features = Features(
            level_db=decibels(mean_power[:, 0]),
            f0_hz=self.voice[REACH::ANALYSIS_PER_FRAME, 0][:count],
            voicing=_averages(self.voice[:, 1:], count)[:, 0],
            bands_db=decibels(mean_power[:, 1:]),
        )
        self.power = self.power[count * ANALYSIS_PER_FRAME :]
        self.voice = self.voice[count * ANALYSIS_PER_FRAME :]
        return features


def _averages(values: np.ndarray, count: int) -> np.ndarray:
    """(count, C) weighted means of (N, C) analysis frames, the first one around frame REACH."""
    total = np.zeros((count, values.shape[1]))
    for offset, weight in enumerate(WEIGHTS):
        total += weight * values[offset : offset + count * ANALYSIS_PER_FRAME : ANALYSIS_PER_FRAME][:count]
    return total
