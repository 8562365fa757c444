"""The spectral encoder with what stands out beside it: the nuclei of syllables and accents.

These are the events that gestures are timed by (`gesta.audio.accents`); a network need not find them again. Each event
marks the frame it falls into, by its strength, and is remembered for a while after that. The lower level of `spectral`
is followed by EVENTS, in order. Whatever the look-ahead, up to that of files, the numbers are the same.

stream = AccentedStream()
for block in microphone:
    features = stream.push(analyser.push(block))    # of zero frames while nothing is ready
"""

import math

import numpy as np
from scipy import signal

from gesta.audio.encoders.spectral import FINGERPRINT as SPECTRAL_FINGERPRINT
from gesta.audio.encoders.spectral import LOW_SIZE as SPECTRAL_LOW_SIZE
from gesta.audio.encoders.spectral import SpectralEncoder, SpectralStream
from gesta.records import Events, Prosody, SpeechFeatures
from gesta.units import MOTION_FPS

VERSION = 1
"""Goes up whenever the numbers of events change."""
NAME = "accented"
FINGERPRINT = f"{NAME}-{VERSION}-{SPECTRAL_FINGERPRINT}"
EVENTS = {
    "accents": (0.0, 8.0),
    "nuclei": (0.0, 4.0),
    "remembered accents": (0.3, 4.0),
    "remembered nuclei": (0.4, 2.0),
}
"""Channels: how long an event is remembered (the time in which it fades to 1 / e, s; 0: only in its frame), and what it
is multiplied by, so that channels have about unit variance in speech."""

ROUNDING = 1e-6


class AccentedStream:
    """Turns consecutive stretches of prosody into consecutive stretches of features."""

    def __init__(self) -> None:
        """Start a recording."""
        self.spectral = SpectralStream()
        self.waiting: dict[str, list[tuple[int, float]]] = {}
        self.fading = np.zeros((len(EVENTS), 1))

    def push(self, prosody: Prosody) -> SpeechFeatures:
        """The features of a stretch's frames: low (T, LOW_SIZE) and high (T, HIGH_SIZE)."""
        heard = self.spectral.push(prosody)
        marks = {
            "accents": self._marks("accents", prosody.accents, prosody),
            "nuclei": self._marks("nuclei", prosody.nuclei, prosody),
        }
        if not heard.frame_count:
            return SpeechFeatures(np.zeros((0, LOW_SIZE), np.float32), heard.high, FINGERPRINT, heard.start_frame)
        rows = [self._remembered(row, marks[name.removeprefix("remembered ")]) for row, name in enumerate(EVENTS)]
        low = np.column_stack([heard.low, *rows]).astype(np.float32)
        return SpeechFeatures(low, heard.high, FINGERPRINT, heard.start_frame)

    def _marks(self, name: str, events: Events, prosody: Prosody) -> np.ndarray:
        """(T,) the strength of the events of one kind in each frame; those that lie ahead wait for their frame."""
        # The first frame that is not before the event: by then it is certain, however the sound comes in.
        frames = np.ceil(events.times_s * MOTION_FPS - ROUNDING).astype(int)
        found = [*self.waiting.get(name, []), *zip(frames.tolist(), events.strengths.tolist(), strict=True)]
        stop = prosody.start_frame + prosody.frame_count
        self.waiting[name] = [event for event in found if event[0] >= stop]
        marks = np.zeros(prosody.frame_count)
        for frame, strength in found:
            if frame < stop:
                marks[frame - prosody.start_frame] = strength
        return marks

    def _remembered(self, row: int, marks: np.ndarray) -> np.ndarray:
        memory_s, scale = [*EVENTS.values()][row]
        if memory_s == 0.0:
            return scale * marks
        keep = math.exp(-1.0 / (memory_s * MOTION_FPS))
        faded, self.fading[row] = signal.lfilter([1.0], [1.0, -keep], marks, zi=self.fading[row])
        return scale * faded


LOW_SIZE = SPECTRAL_LOW_SIZE + len(EVENTS)


class AccentedEncoder(SpectralEncoder):
    """The accented features of recordings; see the module."""

    name = NAME
    fingerprint = FINGERPRINT
    low_size = LOW_SIZE
    live = AccentedStream
