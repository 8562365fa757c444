"""The pictures of a clip as a file of its data set, from which any of them can be read by its number.

H.264 in MP4 with full colour resolution, a key picture every 12, no picture that depends on a later one. Measured on a
talking person at 512 x 512 pixels on one core: 10.5 kB a picture at 46 dB, written in 5 ms, and any picture in 16 ms,
opening the file included; with key pictures alone 27.6 kB at 42 dB and 12 ms; JPEG of quality 90 takes 49 kB at 44 dB.
Small pictures have more detail in each pixel and get better quality: at 64 x 64 pixels 1.9 kB at 43 dB, where the
quality of large ones would give 0.8 kB at 38 dB.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import av
import numpy as np

from gesta.audio.decode import open_container
from gesta.audio.limits import DEFAULT_LIMITS
from gesta.errors import InputError
from gesta.units import VIDEO_FPS
from gesta.writing import replacing

SUFFIX = ".mp4"
KEY_EVERY = 12
PIXELS = "yuv444p"
QUALITY, SMALL_QUALITY, SMALL_PX = "12", "3", 128
"""x264's constant rate factor, lower is better: of pictures, and of those of up to so many pixels."""
OPTIONS = {
    "preset": "veryfast",
    "g": str(KEY_EVERY),
    "keyint_min": str(KEY_EVERY),
    "sc_threshold": "0",
    "bf": "0",
    # More threads make other bytes.
    "threads": "1",
}


@contextmanager
def film_file(path: Path, side: int) -> Iterator[Callable[[np.ndarray], None]]:
    """Write a film picture by picture, 25 a second; an older file stays whole until the block ends well.

    Args:
        path: of the file.
        side: of its pictures, pixels.

    Yields:
        what takes each (side, side, 3) uint8 picture.

    Raises:
        OutputError: the file cannot be written.
    """
    # The encoder's version would make files of two installations differ for nothing.
    plain = {"fflags": "+bitexact"}
    count = 0
    with replacing(path) as temporary, av.open(str(temporary), "w", format="mp4", options=plain) as container:
        track = container.add_stream("libx264", rate=VIDEO_FPS)
        track.width = track.height = side
        track.pix_fmt = PIXELS
        track.options = {**OPTIONS, "crf": SMALL_QUALITY if side <= SMALL_PX else QUALITY}

        def write(picture: np.ndarray) -> None:
            nonlocal count
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame = frame.reformat(format=PIXELS)
            frame.pts = count
            container.mux(track.encode(frame))
            count += 1

        yield write
        container.mux(track.encode(None))


def write_film(path: Path, pictures: Iterable[np.ndarray], side: int) -> int:
    """Write (side, side, 3) uint8 pictures, 25 a second, as `film_file` does.

    Returns:
        how many pictures came.

    Raises:
        OutputError: the file cannot be written.
    """
    count = 0
    with film_file(path, side) as write:
        for picture in pictures:
            write(picture)
            count += 1
    return count


def read_film(path: Path, frames: Sequence[int] | np.ndarray, side: int) -> np.ndarray:
    """Pictures of a file that `write_film` wrote, by their numbers.

    Args:
        path: the file.
        frames: (n,) numbers in any order, from 0 on.
        side: of the pictures, as the data set says.

    Returns:
        (n, side, side, 3) uint8.

    Raises:
        InputError: the file is missing or damaged, or does not hold these pictures.
    """
    wanted = sorted({int(frame) for frame in frames})
    found: dict[int, np.ndarray] = {}
    with open_container(path, DEFAULT_LIMITS) as container:
        if not container.streams.video:
            raise _damaged(path)
        stream = container.streams.video[0]
        if (stream.codec_context.width, stream.codec_context.height) != (side, side):
            raise _damaged(path)
        stream.codec_context.thread_count = 1
        try:
            for run in _runs(wanted):
                _read_run(container, stream, run, found)
        except (av.FFmpegError, OSError, ValueError):
            raise _damaged(path) from None
    if len(found) != len(wanted):
        raise _damaged(path)
    return np.stack([found[int(frame)] for frame in frames])


def _runs(wanted: Sequence[int]) -> Iterator[list[int]]:
    """Numbers in order, divided where seeking is quicker than decoding on."""
    run: list[int] = []
    for frame in wanted:
        if run and frame // KEY_EVERY > run[-1] // KEY_EVERY + 1:
            yield run
            run = []
        run.append(frame)
    if run:
        yield run


def _read_run(
    container: av.container.InputContainer, stream: av.VideoStream, run: Sequence[int], found: dict[int, np.ndarray]
) -> None:
    """Decode from the key picture before a run to its end, and keep what is wanted."""
    assert stream.time_base is not None
    wanted = set(run)
    container.seek(round(run[0] / VIDEO_FPS / stream.time_base), stream=stream)
    for frame in container.decode(stream):
        number = round(float(frame.pts * stream.time_base) * VIDEO_FPS) if frame.pts is not None else -1
        if number in wanted:
            found[number] = frame.to_ndarray(format="rgb24")
        if number >= run[-1]:
            return


def _damaged(path: Path) -> InputError:
    return InputError(f"'{path}' is damaged or does not hold the pictures of its clip; prepare the data set again.")
