"""A recording's sound as it is, at its own rate and in mono or stereo, for films that shall sound like the recording.

It lasts as long as what the body hears (gesta.audio.decode): the same frames of the file, one after the other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from gesta.audio.decode import Decoder
from gesta.audio.limits import DEFAULT_LIMITS, Limits
from gesta.audio.resample import MonoResampler, frame_to_channels, mix, to_float
from gesta.errors import InputError
from gesta.records import SampleSource, Speech
from gesta.units import SAMPLE_RATE

STEREO = 2
FILM_RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
"""Rates, Hz, that AAC in films is written at and players take."""


class Sound(Protocol):
    """Sound for a film.

    Attributes:
        rate: samples a second.
        channels: 1 or 2.
    """

    @property
    def rate(self) -> int: ...

    @property
    def channels(self) -> int: ...

    def blocks(self) -> Iterator[np.ndarray]:
        """The sound as consecutive (channels, S) float32 blocks in [-1, 1]."""
        ...


@dataclass(frozen=True)
class FileSound:
    """The sound of a file; each reading decodes it again.

    Attributes:
        path: the file.
        rate: samples a second, one of FILM_RATES.
        channels: 1 or 2; what has more is mixed to 1.
        limits: caps on what is read.
    """

    path: Path
    rate: int
    channels: int
    limits: Limits = DEFAULT_LIMITS

    def blocks(self) -> Iterator[np.ndarray]:
        """The sound as consecutive (channels, S) float32 blocks in [-1, 1]."""
        resamplers = [MonoResampler(self.rate) for _ in range(self.channels)]
        for frame in Decoder(self.path, self.limits).codec_frames():
            tracks = self._tracks(frame_to_channels(frame))
            yield from _together(
                [part.push(track, frame.sample_rate) for part, track in zip(resamplers, tracks, strict=True)]
            )
        yield from _together([part.finish() for part in resamplers])

    def _tracks(self, samples: np.ndarray) -> np.ndarray:
        """The channels of a frame as the film has them."""
        if len(samples) == self.channels:
            return to_float(samples)
        return np.repeat(mix(samples)[None], self.channels, axis=0)


@dataclass(frozen=True)
class HeardSound:
    """What the body hears, 16 kHz mono, as the sound of a film.

    Attributes:
        source: of the samples.
    """

    source: SampleSource
    rate: int = SAMPLE_RATE
    channels: int = 1

    def blocks(self) -> Iterator[np.ndarray]:
        """The sound as consecutive (1, S) float32 blocks in [-1, 1]."""
        for block in self.source.blocks():
            yield block[None]


def own_sound(speech: Speech, limits: Limits = DEFAULT_LIMITS) -> Sound:
    """The sound of a recording's file as it is; what the body hears where there is no file.

    Raises:
        InputError: the file is gone or has been changed into something that cannot be read.
    """
    if speech.path is None:
        return HeardSound(speech.source)
    first = next(Decoder(speech.path, limits).codec_frames(), None)
    if first is None:
        raise InputError(f"'{speech.path}' has no sound any more; check the file.")
    rate = min((rate for rate in FILM_RATES if rate >= first.sample_rate), default=FILM_RATES[-1])
    return FileSound(speech.path, rate, STEREO if first.layout.nb_channels == STEREO else 1, limits)


def _together(tracks: list[Iterator[np.ndarray]]) -> Iterator[np.ndarray]:
    """Blocks of several tracks, which are resampled alike, side by side."""
    for blocks in zip(*tracks, strict=True):
        yield np.stack(blocks)
