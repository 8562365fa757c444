"""What was said: a recording, what is heard in it, and what a network hears of it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np

from gesta.records.arrays import frozen
from gesta.units import MOTION_FPS, SAMPLE_RATE, frame_count, video_frame_count

LEAST_LOOK_AHEAD_S = 0.1
"""The features of a frame need this much of the sound after it."""
MOST_FRAMES_AHEAD = 3
"""So many frames after a stretch go with it, where the look-ahead allows."""


class SampleSource(Protocol):
    """Where a recording's sound comes from; reading it again gives the same samples."""

    def blocks(self) -> Iterator[np.ndarray]:
        """The recording as consecutive (S,) float32 blocks, 16 kHz mono in [-1, 1]."""
        ...


@dataclass(frozen=True)
class Speech:
    """A recording that has been read through once and found usable; its samples are never whole in memory.

    Attributes:
        name: the file's stem, or a name the caller chose.
        sample_count: S, at 16 kHz.
        sha256: of the 16 kHz float32 samples.
        source: gives the samples, block by block, as often as wanted.
        path: the file, where there is one.
    """

    name: str
    sample_count: int
    sha256: str
    source: SampleSource
    path: Path | None = None

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.sample_count / SAMPLE_RATE

    @property
    def frame_count(self) -> int:
        """Number of motion frames T."""
        return frame_count(self.sample_count)

    @property
    def video_frame_count(self) -> int:
        """Number of video frames F."""
        return video_frame_count(self.sample_count)


@dataclass(frozen=True)
class Events:
    """Points in time that something marks, in order.

    Attributes:
        times_s: (N,) seconds, increasing.
        strengths: (N,) 0 to 1.
        decided_s: (N,) seconds: how far the sound had been heard when the event was certain. A live stream with
            look-ahead L learns of it at playback time decided_s - L.
    """

    times_s: np.ndarray
    strengths: np.ndarray
    decided_s: np.ndarray

    def __post_init__(self) -> None:
        count = len(self.times_s)
        for item in fields(self):
            object.__setattr__(self, item.name, frozen(getattr(self, item.name), item.name, (count,), np.float64))
        if np.any(np.diff(self.times_s) < 0.0):
            raise ValueError("event times must not decrease")

    def __len__(self) -> int:
        return len(self.times_s)

    @classmethod
    @cache
    def none(cls) -> Self:
        """No event at all: one object, since streams ask for it thirty times a token."""
        return cls(np.zeros(0), np.zeros(0), np.zeros(0))

    @classmethod
    def concatenate(cls, parts: Sequence[Self]) -> Self:
        """The events of consecutive stretches as one record."""
        return cls(*(np.concatenate([getattr(part, item.name) for part in parts]) for item in fields(cls)))


@dataclass(frozen=True)
class Prosody:
    """What is heard, per motion frame, and the events in it; also one stretch of a stream.

    Attributes:
        start_frame: index of the first frame here (0 for a whole recording).
        level_db: (T,) sound level, dB relative to full scale.
        loudness: (T,) the level between the speaker's own quiet (0) and loud (1), by the past 30 s.
        f0_hz: (T,) fundamental frequency, 0 where there is none.
        voicing: (T,) confidence that the frame is voiced, 0 to 1.
        pitch: (T,) semitones above the speaker's median of the past 30 s, 0 where unvoiced.
        activity: (T,) 1 where somebody speaks, 0 in silence and noise, between at the edges.
        bands: (T, M) level in mel bands, dB.
        nuclei: syllable nuclei.
        onsets: steep rises of loudness.
        accents: prominent syllables with their strength.
        phrase_starts: first sound after a pause.
        phrase_ends: last sound before a pause.
        look_ahead_s: how far ahead of a frame the sound was heard; infinite for a whole file.
        heard_s: the sound has been heard up to this time.
        ahead: the next `frames_ahead` frames, without events, where they are known; nothing ahead of a recording's end.
    """

    start_frame: int
    level_db: np.ndarray
    loudness: np.ndarray
    f0_hz: np.ndarray
    voicing: np.ndarray
    pitch: np.ndarray
    activity: np.ndarray
    bands: np.ndarray
    nuclei: Events
    onsets: Events
    accents: Events
    phrase_starts: Events
    phrase_ends: Events
    look_ahead_s: float
    heard_s: float
    ahead: Self | None = None

    def __post_init__(self) -> None:
        frames = len(self.level_db)
        for name in ("level_db", "loudness", "f0_hz", "voicing", "pitch", "activity"):
            object.__setattr__(self, name, frozen(getattr(self, name), name, (frames,)))
        object.__setattr__(self, "bands", frozen(self.bands, "bands", (frames, None)))

    @property
    def frame_count(self) -> int:
        """Number of frames T here."""
        return len(self.level_db)

    @property
    def frames_ahead(self) -> int:
        """How many frames after the given ones are certain at this look-ahead: 0 to MOST_FRAMES_AHEAD."""
        spare_s = min(self.look_ahead_s - LEAST_LOOK_AHEAD_S, MOST_FRAMES_AHEAD / MOTION_FPS)
        return math.floor(spare_s * MOTION_FPS + 1e-6)

    def frames(self, start: int, stop: int) -> Self:
        """The frames [start, stop) counted from this stretch's first, without events, and those ahead of them."""
        stop, wanted = min(stop, self.frame_count), self.frames_ahead
        following = self._alone(stop, stop + wanted)
        if self.ahead is not None and following.frame_count < wanted:
            more = self.ahead._alone(0, wanted - following.frame_count)
            following = self.concatenate([following, more])
        return replace(self._alone(start, stop), ahead=following)

    def _alone(self, start: int, stop: int) -> Self:
        """The frames [start, stop), without events and without those ahead."""
        changes: dict[str, Any] = {"start_frame": self.start_frame + start, "ahead": None}
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, np.ndarray):
                changes[item.name] = value[start:stop]
            elif isinstance(value, Events):
                changes[item.name] = Events.none()
        return replace(self, **changes)

    @classmethod
    def concatenate(cls, parts: Sequence[Self]) -> Self:
        """Consecutive stretches of one recording as one record."""
        joined: dict[str, Any] = {"start_frame": parts[0].start_frame}
        for item in fields(cls):
            values = [getattr(part, item.name) for part in parts]
            if isinstance(values[0], np.ndarray):
                joined[item.name] = np.concatenate(values)
            elif isinstance(values[0], Events):
                joined[item.name] = Events.concatenate(values)
        return cls(**joined, look_ahead_s=parts[0].look_ahead_s, heard_s=parts[-1].heard_s, ahead=parts[-1].ahead)


@dataclass(frozen=True)
class SpeechFeatures:
    """What a network hears, per motion frame: also one stretch of a stream.

    Attributes:
        low: (T, C) float32, the lower level: how it is said (rhythm).
        high: (T, D) float32, the higher level: what is said.
        encoder: which encoder made them, with its settings; features of other encoders do not fit the same network.
        start_frame: index of the first frame here (0 for a whole recording).
    """

    low: np.ndarray
    high: np.ndarray
    encoder: str
    start_frame: int = 0

    def __post_init__(self) -> None:
        for name in ("low", "high"):
            object.__setattr__(self, name, frozen(getattr(self, name), name, (len(self.low), None)))

    @property
    def frame_count(self) -> int:
        """Number of frames T here."""
        return len(self.low)

    @classmethod
    def concatenate(cls, parts: Sequence[Self]) -> Self:
        """Consecutive stretches of one recording as one record."""
        low, high = (np.concatenate([getattr(part, name) for part in parts]) for name in ("low", "high"))
        return cls(low, high, parts[0].encoder, parts[0].start_frame)
