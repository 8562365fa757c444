"""The video features that need no download: mel bands a hundred times a second beside prosody, for files and streams.

A frame holds four sub-frames (see sub_frames.py). Each gives 40 mel bands and its level, in dB below the highest
level of the last 0.3 s, so the gain of a microphone does not matter and a closure is a fall of all bands; where nobody
has spoken lately, bands fade to the mean of all speech. Beside them stands how it is said: the lower level of
gesta.audio.encoders.spectral (loudness, onsets, voice, pitch, slow means), interpolated to the middle of the frame.

Frame f of a stream is given out once the sound has been heard for `look_ahead_s` after the motion frame that follows
its middle: at most 20 + 33 ms + the look-ahead after its beginning. The look-ahead, at least 0.1 s, changes no number.

stream = SpectralVideoStream()
for block in microphone:
    features = stream.push(block)    # of zero frames while nothing is ready
rest = stream.finish()
"""

from collections.abc import Iterator

import numpy as np

from gesta.audio.encoders.spectral import FILE_LOOK_AHEAD_S, LOW_SIZE, PRESENT_LOUDNESS, SpectralStream
from gesta.audio.encoders.spectral_scales import LOW
from gesta.audio.prosody import PIECE_SAMPLES, ProsodyAnalyser
from gesta.audio.recent import RecentMaximum
from gesta.audio.video_features.protocol import VideoFeatures
from gesta.audio.video_features.spectral_scales import BAND_CENTRES_DB, BAND_SCALES_DB, DROP
from gesta.audio.video_features.sub_frames import (
    AFTER_SAMPLES,
    HOP_SAMPLES,
    SUB_BAND_COUNT,
    SUB_FRAMES,
    SubFramer,
)
from gesta.records import Prosody, Speech
from gesta.units import MOTION_FPS, VIDEO_FPS, video_frame_count

VERSION = 1
"""Goes up whenever the numbers change."""
NAME = "spectral"
FINGERPRINT = f"video-{NAME}-{VERSION}"
LOUDNESS = list(LOW).index("loudness")
SIZE = SUB_FRAMES * (SUB_BAND_COUNT + 1) + LOW_SIZE
"""Bands of each sub-frame in turn, their levels, and how it is said."""
RECENT_SUB_FRAMES = 30
"""The past in which the highest level is looked for (0.3 s)."""
RECENT_FRAMES = 8
"""The past in which somebody must have spoken for bands to count in full (0.32 s)."""
DEEPEST_BAND_DB = 70.0
"""Bands weaker than this below the highest level count as this weak."""
DEEPEST_DROP_DB = 40.0
"""The same for the level."""
PADDING_SAMPLES = SUB_FRAMES * HOP_SAMPLES + AFTER_SAMPLES
"""Silence that follows the end, so that the windows of the last frame are complete."""


class SpectralVideoStream:
    """Turns consecutive blocks of sound into consecutive video features."""

    def __init__(self, look_ahead_s: float = FILE_LOOK_AHEAD_S) -> None:
        """Start a recording.

        Args:
            look_ahead_s: as for gesta.audio.prosody.ProsodyAnalyser.

        Raises:
            InputError: the look-ahead is too short.
        """
        self._analyser = ProsodyAnalyser(look_ahead_s)
        self._rhythm = SpectralStream()
        self._framer = SubFramer()
        self._highest = RecentMaximum(RECENT_SUB_FRAMES)
        self._spoken = RecentMaximum(RECENT_FRAMES)
        self._sub_rows = np.zeros((0, 1 + SUB_BAND_COUNT))
        self._voice = np.zeros((0, LOW_SIZE))
        self._first_voice, self._given, self._heard = 0, 0, 0

    def push(self, block: np.ndarray) -> np.ndarray:
        """Take (S,) samples, 16 kHz mono in [-1, 1]; give the (f, 1, SIZE) float32 features that are ready."""
        return scaled(*self.unscaled(block))

    def finish(self) -> np.ndarray:
        """End the recording and give the rest of its features: (f, 1, SIZE) float32."""
        return scaled(*self.unscaled_rest())

    def unscaled(self, block: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """As `push`, before scaling.

        Returns:
            (f, SUB_FRAMES, 1 + SUB_BAND_COUNT) dB below the highest level, that of the level first; (f,) 0 to 1, how
            far somebody has spoken lately; (f, LOW_SIZE).
        """
        for start in range(0, len(block), PIECE_SAMPLES):
            self._take(block[start : start + PIECE_SAMPLES])
        self._heard += len(block)
        self._note(self._analyser.push(block))
        known = self._first_voice + len(self._voice)
        # Frame f lies between two motion frames, both of which must be there.
        by_voice = int((known - 1) * VIDEO_FPS / MOTION_FPS + 0.5) if known else 0
        return self._give(min(self._given + len(self._sub_rows) // SUB_FRAMES, by_voice))

    def unscaled_rest(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """As `finish`, before scaling."""
        self._take(np.zeros(PADDING_SAMPLES, np.float32))
        self._note(self._analyser.finish())
        return self._give(video_frame_count(self._heard) if self._heard else 0)

    def _take(self, block: np.ndarray) -> None:
        rows = self._framer.push(block)
        highest = self._highest.push(rows[:, 0])[:, np.newaxis]
        deepest = np.array([DEEPEST_DROP_DB, *[DEEPEST_BAND_DB] * SUB_BAND_COUNT])
        self._sub_rows = np.concatenate([self._sub_rows, np.maximum(rows - highest, -deepest)])

    def _note(self, prosody: Prosody) -> None:
        low, _ = self._rhythm.unscaled(prosody)
        self._voice = np.concatenate([self._voice, low])

    def _give(self, stop: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The frames up to `stop`, of which nothing is remembered but what later frames need."""
        count = max(0, stop - self._given)
        subs, self._sub_rows = np.split(self._sub_rows, [count * SUB_FRAMES])
        places = (np.arange(self._given, self._given + count) + 0.5) * (MOTION_FPS / VIDEO_FPS)
        frames = np.arange(self._first_voice, self._first_voice + len(self._voice))
        voice = self._voice[:0]
        if count:
            voice = np.column_stack([np.interp(places, frames, column) for column in self._voice.T])
        self._given += count
        kept = max(0, int((self._given + 0.5) * MOTION_FPS / VIDEO_FPS) - self._first_voice)
        kept = min(kept, max(len(self._voice) - 1, 0))
        self._voice, self._first_voice = self._voice[kept:], self._first_voice + kept
        spoken = np.clip(self._spoken.push(voice[:, LOUDNESS]) / PRESENT_LOUDNESS, 0.0, 1.0)
        return subs.reshape(count, SUB_FRAMES, 1 + SUB_BAND_COUNT), spoken, voice


def scaled(subs: np.ndarray, spoken: np.ndarray, voice: np.ndarray) -> np.ndarray:
    """What `SpectralVideoStream.unscaled` gives as features of about unit variance: (f, 1, SIZE) float32."""
    bands = (subs[..., 1:] - BAND_CENTRES_DB) * spoken[:, np.newaxis, np.newaxis] / BAND_SCALES_DB
    drop = (subs[..., 0] - DROP[0]) / DROP[1]
    centres, scales = np.array(list(LOW.values())).T
    rows = [bands.reshape(len(subs), SUB_FRAMES * SUB_BAND_COUNT), drop, (voice - centres) / scales]
    return np.concatenate(rows, axis=1).astype(np.float32)[:, np.newaxis]


class SpectralVideoFeatures(VideoFeatures):
    """The spectral features of recordings; see the module."""

    name = NAME
    fingerprint = FINGERPRINT
    layers = 1
    size = SIZE

    def stretches(self, speech: Speech) -> Iterator[np.ndarray]:
        """Consecutive (f, 1, SIZE) features of a recording, about a second at a time, none empty."""
        stream = SpectralVideoStream()
        for block in speech.source.blocks():
            if len(ready := stream.push(block)):
                yield ready
        if len(rest := stream.finish()):
            yield rest
