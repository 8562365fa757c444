"""Where a recording's samples come from: a file, decoded again at each reading, or an array in memory."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from gesta.audio.decode import Decoder
from gesta.audio.limits import DEFAULT_LIMITS, Limits
from gesta.units import SAMPLE_RATE

BLOCK_SAMPLES = SAMPLE_RATE
"""Length of the blocks that an array is given out in."""


@dataclass(frozen=True)
class FileSource:
    """A sound or video file; each reading decodes it again, so that it is never whole in memory.

    Attributes:
        path: the file.
        limits: caps on what is read.
    """

    path: Path
    limits: Limits = DEFAULT_LIMITS

    def blocks(self) -> Iterator[np.ndarray]:
        """The recording as consecutive (S,) float32 blocks, 16 kHz mono in [-1, 1].

        Raises:
            InputError: the file is gone or has been changed into something that cannot be read.
        """
        return Decoder(self.path, self.limits).blocks()


@dataclass(frozen=True)
class ArraySource:
    """Samples in memory.

    Attributes:
        samples: (S,) float32, 16 kHz mono in [-1, 1], read-only.
    """

    samples: np.ndarray = field(repr=False)

    def __post_init__(self) -> None:
        view = np.asarray(self.samples, dtype=np.float32).view()
        view.setflags(write=False)
        object.__setattr__(self, "samples", view)

    def blocks(self) -> Iterator[np.ndarray]:
        """The recording as consecutive (S,) float32 blocks of up to a second."""
        for start in range(0, len(self.samples), BLOCK_SAMPLES):
            yield self.samples[start : start + BLOCK_SAMPLES]
