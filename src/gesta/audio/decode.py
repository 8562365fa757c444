"""Decoding a local sound or video file, block by block, without trusting it.

The file is opened here and handed to FFmpeg as an open file, FFmpeg may use no protocol of its own, and only the
containers and codecs in `limits` are read: whatever a file says, no other file and no network is reached.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import av
import numpy as np

from gesta.audio.limits import CONTAINERS, SECONDS_PER_HOUR, Limits, codec_allowed
from gesta.audio.resample import MonoResampler, frame_to_mono
from gesta.errors import InputError
from gesta.units import SAMPLE_RATE

UNREADABLE = "'{path}' is not a sound or video file that can be read; convert it to WAV, FLAC or MP3 and try again."
NO_PROTOCOL = "none"
"""A name that no FFmpeg protocol has: the only one that demuxers may use."""
MICROSECONDS = 1_000_000


def open_regular(path: Path, kind: str = "sound or video file") -> BinaryIO:
    """Open an existing, non-empty, regular file, or raise InputError saying why not; `kind` is what it should be."""
    try:
        status = path.stat()
    except FileNotFoundError:
        raise InputError(f"'{path}' does not exist; check the name of the {kind}.") from None
    except (OSError, ValueError) as error:
        raise InputError(f"'{path}' cannot be opened ({_reason(error)}); check its name and permissions.") from None
    if stat.S_ISDIR(status.st_mode):
        raise InputError(f"'{path}' is a folder; name a {kind} inside it.")
    if not stat.S_ISREG(status.st_mode):
        raise InputError(f"'{path}' is not a regular file; save a {kind} first.")
    if status.st_size == 0:
        raise InputError(f"'{path}' is empty (0 bytes); make or copy it again.")
    try:
        return path.open("rb")
    except OSError as error:
        raise InputError(f"'{path}' cannot be opened ({_reason(error)}); check its permissions.") from None


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()


class QuietFile:
    """An open file for FFmpeg: damaged files ask for impossible places, which is an answer and not an exception."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self.name = name

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; none where the disk cannot give them."""
        try:
            return self._file.read(size)
        except OSError:
            return b""

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place and return it, or -1 if there is no such place."""
        try:
            return self._file.seek(offset, whence)
        except (OSError, ValueError, OverflowError):
            return -1

    def tell(self) -> int:
        """The current place."""
        return self._file.tell()


@contextmanager
def open_container(path: Path, limits: Limits) -> Iterator[av.container.InputContainer]:
    """Open a file's container with every way to other files and to the network closed."""
    options = {"protocol_whitelist": NO_PROTOCOL, "format_whitelist": CONTAINERS, "max_streams": str(limits.streams)}
    with open_regular(path) as file:
        try:
            shown = QuietFile(file, path.name)
            container = av.open(
                shown, mode="r", options=codec_caps(limits), container_options=options, metadata_errors="replace"
            )
        except (av.FFmpegError, ValueError, OSError):
            raise InputError(UNREADABLE.format(path=path)) from None
        with container:
            yield container


def codec_caps(limits: Limits) -> dict[str, str]:
    """What FFmpeg's decoders are told, so that no picture takes more memory than the caps allow."""
    return {"max_pixels": str(limits.picture_pixels)}


def sound_stream(container: av.container.InputContainer, path: Path, limits: Limits) -> av.AudioStream:
    """The file's first sound stream, after checking what its header states against the caps."""
    if len(container.streams) > limits.streams:
        raise InputError(f"'{path}' has {len(container.streams)} streams, but at most {limits.streams} are read.")
    if not container.streams.audio:
        raise InputError(f"'{path}' has no sound in it; name a file with speech.")
    stream = container.streams.audio[0]
    codec = stream.codec_context
    if codec is None or not codec_allowed(codec.name):
        name = codec.name if codec is not None else "unknown"
        raise InputError(f"'{path}' holds sound in the codec '{name}', which is not read; convert it to WAV or FLAC.")
    check_shape(codec.channels, codec.sample_rate, path, limits)
    if container.duration is not None:
        check_duration(container.duration / MICROSECONDS, path, limits)
    return stream


def check_shape(channels: int, rate: int, path: Path, limits: Limits) -> None:
    """Raise InputError unless channels and rate (Hz) are within the caps."""
    if not 1 <= channels <= limits.channels:
        raise InputError(
            f"'{path}' has {channels} channels, but at most {limits.channels} are read; mix it down first."
        )
    if not limits.lowest_sample_rate <= rate <= limits.sample_rate:
        raise InputError(
            f"'{path}' has a sample rate of {rate} Hz, but {limits.lowest_sample_rate} to {limits.sample_rate} Hz "
            "can be read; resample it first."
        )


def check_duration(seconds: float, path: Path, limits: Limits) -> None:
    """Raise InputError if a recording is over the cap."""
    if seconds > limits.duration_s:
        raise InputError(
            f"'{path}' is longer than {limits.duration_s / SECONDS_PER_HOUR:g} hours, the longest that is read; "
            "cut it into parts."
        )


class Decoder:
    """Decodes one file once.

    Attributes:
        path: the file.
        limits: the caps.
        frames: codec frames decoded.
        damaged: stretches of the file that could not be decoded and were left out.
    """

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path = path
        self.limits = limits
        self.frames = 0
        self.damaged = 0
        self._resampler = MonoResampler()

    @property
    def peak(self) -> float:
        """Largest absolute value given out so far, before clipping."""
        return self._resampler.peak

    def blocks(self) -> Iterator[np.ndarray]:
        """The sound as consecutive (S,) float32 blocks, 16 kHz mono in [-1, 1].

        Raises:
            InputError: what is wrong with the file, in one sentence.
        """
        count = 0
        for block in self._resampled():
            count += len(block)
            check_duration(count / SAMPLE_RATE, self.path, self.limits)
            if not np.isfinite(np.abs(block).max()):
                raise InputError(f"'{self.path}' holds samples that are not finite (NaN or infinity); export it again.")
            yield block
        if self.damaged > self.frames:
            raise InputError(UNREADABLE.format(path=self.path))

    def codec_frames(self) -> Iterator[av.AudioFrame]:
        """The sound as the codec gives it: frames of any rate, channels and sample type within the caps.

        Raises:
            InputError: what is wrong with the file, in one sentence.
        """
        with open_container(self.path, self.limits) as container:
            stream = sound_stream(container, self.path, self.limits)
            for frame in self._decoded(container, stream):
                check_shape(frame.layout.nb_channels, frame.sample_rate, self.path, self.limits)
                yield frame

    def _resampled(self) -> Iterator[np.ndarray]:
        for frame in self.codec_frames():
            yield from self._resampler.push(frame_to_mono(frame), frame.sample_rate)
        yield from self._resampler.finish()

    def _decoded(self, container: av.container.InputContainer, stream: av.AudioStream) -> Iterator[av.AudioFrame]:
        for frames in packets_of(container, stream):
            if frames is None:
                self.damaged += 1
                continue
            self.frames += len(frames)
            yield from frames


def packets_of(
    container: av.container.InputContainer, stream: av.AudioStream | av.VideoStream
) -> Iterator[list[Any] | None]:
    """The frames of each packet of a stream that can be decoded; None for one that cannot, which may be the last."""
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except (av.FFmpegError, OSError):
            yield None
            return
        if packet is None:
            return
        try:
            frames = packet.decode()
        except (av.FFmpegError, ValueError):
            yield None
            continue
        yield frames
