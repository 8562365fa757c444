"""Films of any kind as pictures at 25 a second, decoded one after another without trusting the file.

A file is opened as `gesta.audio.decode` opens sound: no network, no other file, known containers only; pictures of
known codecs only, and not beyond the caps. One picture is in memory at a time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from gesta.audio.decode import MICROSECONDS, check_duration, codec_caps, open_container, packets_of
from gesta.audio.limits import DEFAULT_LIMITS
from gesta.errors import InputError
from gesta.units import VIDEO_FPS

LEAST_SIDE_PX = 16
HIGHEST_RATE = 480
CODECS = frozenset(
    {"h264", "hevc", "vp8", "vp9", "libvpx", "libvpx-vp9", "av1", "libdav1d", "libaom-av1", "mpeg4", "mpeg2video"}
    | {"mpeg1video", "mjpeg", "prores", "dnxhd", "ffv1", "h263", "theora", "wmv3", "vc1", "rawvideo", "png"}
)
"""FFmpeg's names of the decoders of pictures that are used."""
UNREADABLE = "'{path}' holds no film that can be decoded; convert it to MP4 (H.264) and try again."
QUARTER_TURN_DEG = 90


@dataclass(frozen=True)
class FilmHeader:
    """What is known of a film before it is decoded.

    Attributes:
        size: (width, height) of its pictures as they are shown, in pixels.
        rate: pictures a second.
        start_s: when its first picture is shown, on the file's clock.
        sound_start_s: when its sound begins, on the same clock; None where it has none.
        duration_s: how long it says it lasts; None where it does not say.
    """

    size: tuple[int, int]
    rate: Fraction
    start_s: float
    sound_start_s: float | None
    duration_s: float | None = None


@dataclass(frozen=True)
class _Shown:
    """A picture and when it is shown, on the file's clock."""

    frame: av.VideoFrame
    time_s: float


def film_header(path: Path) -> FilmHeader:
    """Look at a film, up to its first picture.

    Raises:
        InputError: it is no film that can be used, in one sentence.
    """
    with open_container(path, DEFAULT_LIMITS) as container:
        stream = _picture_stream(container, path)
        shown = next(_decoded(container, stream, path), None)
        if shown is None:
            raise InputError(UNREADABLE.format(path=path))
        width, height = shown.frame.width, shown.frame.height
        if _quarter_turns(shown.frame) % 2:
            width, height = height, width
        sound = container.streams.audio[0] if container.streams.audio else None
        sound_start = None
        if sound is not None and sound.time_base is not None:
            sound_start = float((sound.start_time or 0) * sound.time_base)
        duration = None if container.duration is None else container.duration / MICROSECONDS
        return FilmHeader((width, height), _rate(stream), shown.time_s, sound_start, duration)


def pictures(path: Path, start_s: float) -> Iterator[np.ndarray]:
    """The pictures that are nearest in time to start_s, start_s + 1/25 s, ..., as far as the film lasts.

    Args:
        path: the film.
        start_s: on the file's clock, not before its first picture.

    Yields:
        (H, W, 3) uint8, red, green and blue, the right way up; a picture that lasts is given again.

    Raises:
        InputError: the file is gone or cannot be decoded, or its pictures change their size.
    """
    with open_container(path, DEFAULT_LIMITS) as container:
        stream = _picture_stream(container, path)
        shown_s = 1.0 / float(_rate(stream))
        count, before = 0, None
        for shown in _decoded(container, stream, path):
            if before is not None:
                check_duration(shown.time_s - start_s, path, DEFAULT_LIMITS)
                middle = (before.time_s + shown.time_s) / 2.0
                while start_s + count / VIDEO_FPS <= middle:
                    yield _upright(before.frame)
                    count += 1
            before = shown
        if before is None:
            return
        # The last picture stands for a frame of which it fills at least half.
        while start_s + (count + 0.5) / VIDEO_FPS <= before.time_s + shown_s + 1e-6:
            yield _upright(before.frame)
            count += 1


def _picture_stream(container: av.container.InputContainer, path: Path) -> av.VideoStream:
    """The file's first stream of pictures, after checking what its header states against the caps."""
    if not container.streams.video:
        raise InputError(f"'{path}' has no pictures in it; name a film.")
    stream = container.streams.video[0]
    codec = stream.codec_context
    if codec is None or codec.name not in CODECS:
        name = codec.name if codec is not None else "unknown"
        raise InputError(f"'{path}' holds pictures in the codec '{name}', which is not read; convert it to H.264.")
    _check_size(codec.width, codec.height, path)
    # A picture may be larger than the header says.
    codec.options = codec_caps(DEFAULT_LIMITS)
    if container.duration is not None:
        check_duration(container.duration / MICROSECONDS, path, DEFAULT_LIMITS)
    return stream


def _check_size(width: int, height: int, path: Path) -> None:
    if min(width, height) < LEAST_SIDE_PX or width * height > DEFAULT_LIMITS.picture_pixels:
        # FFmpeg gives no size where it is over the cap that it was told.
        has = f"pictures of {width} x {height} pixels" if width and height else "pictures of no size or a huge one"
        raise InputError(
            f"'{path}' has {has}, but {LEAST_SIDE_PX} x {LEAST_SIDE_PX} to 7680 x 4320 can be read; make it another "
            "size."
        )


def _rate(stream: av.VideoStream) -> Fraction:
    rate = stream.average_rate or stream.guessed_rate
    return Fraction(rate) if rate and 1 <= rate <= HIGHEST_RATE else Fraction(VIDEO_FPS)


def _decoded(container: av.container.InputContainer, stream: av.VideoStream, path: Path) -> Iterator[_Shown]:
    """The pictures in the order in which they are shown; those that come late or twice are left out."""
    step_s, size, last_s = 1.0 / float(_rate(stream)), None, None
    for frame in _frames(container, stream):
        if size not in (None, (frame.width, frame.height)):
            raise InputError(f"The pictures of '{path}' change their size; convert it to MP4 (H.264) first.")
        size = (frame.width, frame.height)
        if frame.pts is not None and frame.time_base is not None:
            time_s = float(frame.pts * frame.time_base)
        else:
            time_s = 0.0 if last_s is None else last_s + step_s
        if last_s is None or time_s > last_s:
            yield _Shown(frame, time_s)
            last_s = time_s


def _frames(container: av.container.InputContainer, stream: av.VideoStream) -> Iterator[av.VideoFrame]:
    """Whatever can be decoded."""
    for frames in packets_of(container, stream):
        yield from frames or ()


def _quarter_turns(frame: av.VideoFrame) -> int:
    """Quarter turns to the left that set a picture upright."""
    return round(frame.rotation / QUARTER_TURN_DEG) % 4


def _upright(frame: av.VideoFrame) -> np.ndarray:
    return np.rot90(frame.to_ndarray(format="rgb24"), _quarter_turns(frame))
