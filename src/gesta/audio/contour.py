"""What is known at the analysis rate: growing tracks of which only the last seconds are kept."""

from dataclasses import dataclass, field

import numpy as np

from gesta.audio.framing import ANALYSIS_PER_FRAME, frames_in
from gesta.audio.normalise import Normalised
from gesta.audio.spectrum import SILENCE_POWER

KEPT_FRAMES = frames_in(3.0)
"""Analysis frames kept behind the oldest one that is still undecided."""
SMOOTHING_REACH = 5
"""Analysis frames that the syllable envelope reaches to each side (42 ms)."""
SMOOTHING = np.hanning(2 * SMOOTHING_REACH + 3)[1:-1] / np.hanning(2 * SMOOTHING_REACH + 3).sum()


@dataclass
class Track:
    """Values by absolute index, the oldest ones forgotten.

    Attributes:
        values: those kept.
        first: index of the first one kept.
    """

    values: np.ndarray = field(default_factory=lambda: np.zeros(0))
    first: int = 0

    @property
    def stop(self) -> int:
        """Index after the last value."""
        return self.first + len(self.values)

    def append(self, more: np.ndarray) -> None:
        """Add (N,) values."""
        self.values = np.concatenate([self.values, more])

    def forget(self, before: int) -> None:
        """Drop the values before an index."""
        if before > self.first:
            self.values = self.values[before - self.first :]
            self.first = before

    def __getitem__(self, where: int | slice) -> np.ndarray:
        """The value at an index, or those of a slice of indices (both ends given), cut to what is kept."""
        if isinstance(where, slice):
            return self.values[max(where.start - self.first, 0) : max(where.stop - self.first, 0)]
        return self.values[where - self.first]


@dataclass
class Contours:
    """The sound at 120 Hz, and the room at 30 Hz.

    Attributes:
        level_db: level of each analysis frame.
        envelope_db: level of the smoothed amplitude in the vowel band: the syllables.
        semitones: F0 in semitones above 1 Hz, NaN where unvoiced.
        floor_db, ceiling_db, gate_db, changing: of each motion frame; see `normalise.Normalised`.
        amplitude: of the vowel band, as far as the envelope still needs it.
    """

    level_db: Track = field(default_factory=Track)
    envelope_db: Track = field(default_factory=Track)
    semitones: Track = field(default_factory=Track)
    floor_db: Track = field(default_factory=Track)
    ceiling_db: Track = field(default_factory=Track)
    gate_db: Track = field(default_factory=Track)
    changing: Track = field(default_factory=Track)
    amplitude: np.ndarray = field(default_factory=lambda: np.zeros(SMOOTHING_REACH))

    def add_levels(self, level_db: np.ndarray, vowel_power: np.ndarray) -> None:
        """Take (N,) levels in dB and vowel-band powers."""
        self.level_db.append(level_db)
        amplitude = np.concatenate([self.amplitude, np.sqrt(vowel_power)])
        if len(amplitude) >= len(SMOOTHING):
            smooth = np.convolve(amplitude, SMOOTHING, mode="valid")
            self.envelope_db.append(20.0 * np.log10(np.maximum(smooth, np.sqrt(SILENCE_POWER))))
            amplitude = amplitude[len(smooth) :]
        self.amplitude = amplitude

    def add_pitch(self, f0_hz: np.ndarray) -> None:
        """Take (N,) fundamental frequencies in Hz, 0 where unvoiced."""
        semitones = np.full(len(f0_hz), np.nan)
        voiced = f0_hz > 0.0
        semitones[voiced] = 12.0 * np.log2(f0_hz[voiced])
        self.semitones.append(semitones)

    def add_room(self, normalised: Normalised) -> None:
        """Take what is known about T motion frames."""
        self.floor_db.append(normalised.floor_db)
        self.ceiling_db.append(normalised.ceiling_db)
        self.gate_db.append(normalised.gate_db)
        self.changing.append(normalised.changing)

    def forget(self, undecided: int) -> None:
        """Drop what no analysis frame from `undecided` on can need."""
        oldest = undecided - KEPT_FRAMES
        for track in (self.level_db, self.envelope_db, self.semitones):
            track.forget(oldest)
        for track in (self.floor_db, self.ceiling_db, self.gate_db, self.changing):
            track.forget(oldest // ANALYSIS_PER_FRAME)
