"""What the tests of `render` share: still and moving motions, synthetic speech, small pictures."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from gesta.motion.skeleton import skeleton
from gesta.records import Motion, Speech
from gesta.units import SAMPLE_RATE


@dataclass(frozen=True)
class Samples:
    """A recording held in memory and given in uneven blocks."""

    samples: np.ndarray

    def blocks(self) -> Iterator[np.ndarray]:
        for start in range(0, len(self.samples), 7001):
            yield self.samples[start : start + 7001]


def rest_motion(frames: int = 1, **changes: object) -> Motion:
    """A figure that stands at rest."""
    return Motion(
        np.tile(np.eye(3, dtype=np.float32), (frames, 55, 1, 1)),
        np.tile(skeleton().rest_positions()[0].astype(np.float32), (frames, 1)),
        np.zeros((frames, 52), np.float32),
    ).replaced(**changes)


def speech_of(samples: np.ndarray) -> Speech:
    """Samples (S,) as a recording."""
    return Speech("test", len(samples), "0" * 64, Samples(samples.astype(np.float32)))


@pytest.fixture
def click() -> Speech:
    """Two seconds of silence with a click at 1.0 s."""
    samples = np.zeros(2 * SAMPLE_RATE)
    samples[SAMPLE_RATE : SAMPLE_RATE + 16] = 0.9
    return speech_of(samples)
