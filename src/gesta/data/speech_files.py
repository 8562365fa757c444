"""The speech of a clip as a file of its data set: FLAC, 16 kHz, mono, 16 bits; lossless, so its hash is known."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from gesta.units import SAMPLE_RATE
from gesta.writing import replacing

FULL_SCALE = 32_768.0
"""16-bit steps in 1: what the reader divides by."""
LARGEST = 32_767
SUFFIX = ".flac"


@dataclass(frozen=True)
class WrittenSpeech:
    """Speech that is on the disk already, whole and flushed, beside where it belongs, under a temporary name."""

    path: Path
    samples: int
    sha256: str


def cut(blocks: Iterable[np.ndarray], start: int, stop: int) -> Iterator[np.ndarray]:
    """The samples [start, stop) of a recording that comes in blocks; what follows is not read."""
    at = 0
    for block in blocks:
        if at >= stop:
            return
        chosen = block[max(start - at, 0) : stop - at]
        at += len(block)
        if len(chosen):
            yield chosen


def as_steps(block: np.ndarray) -> np.ndarray:
    """(S,) samples in [-1, 1] as the 16-bit steps that the file holds."""
    return np.minimum(np.rint(block * FULL_SCALE), LARGEST).astype("<i2")


def from_steps(steps: np.ndarray) -> np.ndarray:
    """(S,) float32 samples, as the reader gives them back."""
    return (steps / np.float32(FULL_SCALE)).astype("<f4")


def write_speech(path: Path, blocks: Iterable[np.ndarray]) -> tuple[int, str]:
    """Write (S,) float32 blocks, 16 kHz mono in [-1, 1], as FLAC; an older file stays whole until the new one is.

    Returns:
        number of samples, and the sha256 that `audio.read.open_speech` finds for the file.

    Raises:
        OutputError: the file cannot be written.
    """
    count, digest = 0, hashlib.sha256()
    with replacing(path) as temporary:
        # The encoder's version would make files of two installations differ for nothing.
        options = {"fflags": "+bitexact"}
        with av.open(str(temporary), "w", format="flac", options=options) as container:
            track = container.add_stream("flac", rate=SAMPLE_RATE, layout="mono")
            track.codec_context.options = {"flags": "+bitexact"}
            for block in blocks:
                steps = as_steps(block)
                frame = av.AudioFrame.from_ndarray(steps[None], "s16", "mono")
                frame.sample_rate, frame.time_base, frame.pts = SAMPLE_RATE, Fraction(1, SAMPLE_RATE), count
                container.mux(track.encode(frame))
                digest.update(from_steps(steps).tobytes())
                count += len(block)
            container.mux(track.encode(None))
    return count, digest.hexdigest()
