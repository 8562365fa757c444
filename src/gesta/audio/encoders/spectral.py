"""The speech encoder that needs no download: rhythm and spectrum from prosody, for files and live streams alike.

The lower level says how something is said: loudness, onsets, voice and pitch with their changes and slow means. The
higher level says what is said: the shape of the spectrum in mel bands, its change, and how far the level has just
dropped (closed lips). All of it is relative, in dB against the frame's own level or the speaker's past 30 s, so the
gain of a microphone does not matter.

stream = SpectralStream()
for block in microphone:
    features = stream.push(analyser.push(block))    # of zero frames while nothing is ready
"""

import math
from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np
from scipy import signal

from gesta.audio.encoders.protocol import SpeechEncoder
from gesta.audio.encoders.spectral_scales import CHANGE_SCALE_DB, DROP, LOW, SHAPE_CENTRES_DB, SHAPE_SCALES_DB
from gesta.audio.prosody import ProsodyAnalyser
from gesta.audio.recent import RecentMaximum
from gesta.audio.spectrum import BAND_COUNT
from gesta.records import Prosody, Speech, SpeechFeatures
from gesta.units import MOTION_FPS

VERSION = 1
"""Goes up whenever the numbers change."""
NAME = "spectral"
FINGERPRINT = f"{NAME}-{VERSION}"
BAND_RANGE_DB = 55.0
"""Bands weaker than this below the frame's level count as this weak: sound may end at 4 kHz, silence has no shape."""
PRESENT_LOUDNESS = 0.25
"""From this share of the speaker's range on the spectrum counts in full; below it fades to the mean of all speech."""
RECENT_FRAMES = 8
"""The past in which the level's height is looked for (0.27 s)."""
DEEPEST_DROP_DB = 40.0
OCTAVE_SLIP = 4.0
"""Pitch that moves more between two frames, semitones, counts as this much: the tracker has slipped."""
SLOW_LOUDNESS_S = 0.5
SLOW_ONSET_S = 1.0
FILE_LOOK_AHEAD_S = 0.4
"""How far files are heard ahead while they are read; it bounds memory and changes no number."""


class SpectralStream:
    """Turns consecutive stretches of prosody into consecutive stretches of features."""

    def __init__(self) -> None:
        """Start a recording."""
        self._last: np.ndarray | None = None
        self._highest = RecentMaximum(RECENT_FRAMES)
        self._slow = np.zeros((2, 1))

    def push(self, prosody: Prosody) -> SpeechFeatures:
        """The features of a stretch's frames: low (T, LOW_SIZE) and high (T, HIGH_SIZE)."""
        low, high = self.unscaled(prosody)
        low_scales, high_scales = _scales()
        return SpeechFeatures(
            ((low - low_scales[0]) / low_scales[1]).astype(np.float32),
            ((high - high_scales[0]) / high_scales[1]).astype(np.float32),
            FINGERPRINT,
            prosody.start_frame,
        )

    def unscaled(self, prosody: Prosody) -> tuple[np.ndarray, np.ndarray]:
        """The same before scaling, in the units that spectral_scales.py names: (T, LOW_SIZE) and (T, HIGH_SIZE)."""
        presence = np.clip(prosody.loudness.astype(np.float64) / PRESENT_LOUDNESS, 0.0, 1.0)[:, np.newaxis]
        bands = audible_bands(prosody)
        shape = (band_shape(bands) - SHAPE_CENTRES_DB) * presence
        voice = np.column_stack([prosody.loudness, prosody.pitch, prosody.f0_hz > 0.0])
        now = np.concatenate([bands, shape, presence, voice], axis=1)
        before = self._before(now)
        rows = _Columns(now), _Columns(before)
        low = self._low(prosody, *rows)
        return low, np.column_stack([shape, shape - rows[1].shape, self._drop(prosody.level_db), prosody.voicing])

    def _before(self, now: np.ndarray) -> np.ndarray:
        """Each frame's predecessor; the first frame of all is its own."""
        if not len(now):
            return now
        first = now[0] if self._last is None else self._last
        self._last = now[-1]
        return np.concatenate([first[np.newaxis], now[:-1]])

    def _low(self, prosody: Prosody, now: "_Columns", before: "_Columns") -> np.ndarray:
        change = now.bands - before.bands
        onset = np.maximum(change, 0.0).mean(axis=1) * now.presence
        release = np.maximum(-change, 0.0).mean(axis=1) * before.presence
        # From no pitch to a pitch is no movement of pitch.
        turning = np.clip(now.pitch - before.pitch, -OCTAVE_SLIP, OCTAVE_SLIP) * now.voiced * before.voiced
        return np.column_stack(
            [
                now.loudness,
                now.loudness - before.loudness,
                onset,
                release,
                prosody.voicing,
                now.pitch,
                turning,
                prosody.activity,
                self._smoothed(0, now.loudness, SLOW_LOUDNESS_S),
                self._smoothed(1, onset, SLOW_ONSET_S),
            ]
        )

    def _smoothed(self, row: int, values: np.ndarray, constant_s: float) -> np.ndarray:
        """An exponential mean of the past, beginning at 0."""
        if not len(values):
            return values  # the filter would lose its state
        keep = math.exp(-1.0 / (constant_s * MOTION_FPS))
        smooth, self._slow[row] = signal.lfilter([1.0 - keep], [1.0, -keep], values, zi=self._slow[row])
        return smooth

    def _drop(self, level_db: np.ndarray) -> np.ndarray:
        """How far the level lies below its highest in RECENT_FRAMES, dB: (T,) -DEEPEST_DROP_DB to 0."""
        return np.maximum(level_db - self._highest.push(level_db), -DEEPEST_DROP_DB)


class _Columns:
    """Names for the columns of a frame and of its predecessor."""

    def __init__(self, rows: np.ndarray) -> None:
        self.bands, self.shape, rest = np.split(rows, [BAND_COUNT, 2 * BAND_COUNT], axis=1)
        self.presence, self.loudness, self.pitch, self.voiced = rest.T


LOW_SIZE = len(LOW)
HIGH_SIZE = 2 * BAND_COUNT + 2
"""Shape and change of each band, the level's drop, voicing."""


class FeatureStream(Protocol):
    """Turns consecutive stretches of prosody into consecutive stretches of features."""

    def push(self, prosody: Prosody) -> SpeechFeatures:
        """The features of a stretch's frames."""
        ...


class SpectralEncoder(SpeechEncoder):
    """The spectral features of recordings; see the module."""

    name = NAME
    fingerprint = FINGERPRINT
    low_size = LOW_SIZE
    high_size = HIGH_SIZE
    live: Callable[[], FeatureStream] = SpectralStream
    """Makes what hears stretches of prosody, of a recording or live."""

    def stretches(self, speech: Speech) -> Iterator[SpeechFeatures]:
        """Consecutive features of a recording, about a second at a time."""
        analyser, stream = ProsodyAnalyser(FILE_LOOK_AHEAD_S), type(self).live()
        for block in speech.source.blocks():
            yield stream.push(analyser.push(block))
        yield stream.push(analyser.finish())


def audible_bands(prosody: Prosody) -> np.ndarray:
    """Mel bands, none weaker than BAND_RANGE_DB below the frame's level: (T, M) dB."""
    floor = prosody.level_db.astype(np.float64)[:, np.newaxis] - BAND_RANGE_DB
    return np.maximum(prosody.bands.astype(np.float64), floor)


def band_shape(bands_db: np.ndarray) -> np.ndarray:
    """(T, M) bands against the mean of all bands of the frame, which takes the gain away: (T, M) dB."""
    return bands_db - bands_db.mean(axis=1, keepdims=True)


def _scales() -> tuple[np.ndarray, np.ndarray]:
    """Centres and scales of both levels: (2, LOW_SIZE) and (2, HIGH_SIZE)."""
    # Shapes are centred already; their change has no centre.
    still = [(0.0, scale) for scale in (*SHAPE_SCALES_DB, *([CHANGE_SCALE_DB] * BAND_COUNT))]
    return np.array(list(LOW.values())).T, np.array([*still, DROP, LOW["voicing"]]).T
