"""What a speech network is given of a recording: samples at the rate it hears, normalised, in chunks.

The networks' convolutions are together one of kernel 400 and stride 320. A chunk of n features therefore takes 320 n
samples, and 80 of the next chunk so that its last kernel is whole; what is left over after whole chunks is heard if it
holds one kernel (released code of EchoMask, utils/audio_to_frame_tokens.py).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from gesta.audio.resample import MonoResampler
from gesta.records import Speech
from gesta.units import SAMPLE_RATE

KERNEL = 400
STRIDE = 320
OVERHANG = KERNEL - STRIDE
PUBLISHED_RATE = 22_050
"""Rate of the samples that the released code hands over as if they were 16,000 Hz ones."""
LEAST_VARIANCE = 1e-7
"""Added to the variance before dividing (transformers' feature extractor)."""


@dataclass(frozen=True)
class Waveform:
    """A recording as the network hears it.

    Attributes:
        speech: the recording.
        as_published: whether samples come at 22,050 Hz.
        sample_count: of those samples.
        mean, scale: (samples - mean) * scale is what the network is given.
        padding: zeros that it is given after those samples.
    """

    speech: Speech
    as_published: bool
    sample_count: int
    mean: float = 0.0
    scale: float = 1.0
    padding: int = 0

    @classmethod
    def of(
        cls, speech: Speech, as_published: bool, normalised: bool, least_variance: float = LEAST_VARIANCE
    ) -> "Waveform":
        """Read a recording through once to know its length, mean and variance.

        Args:
            speech: the recording.
            as_published: see the class.
            normalised: whether the network wants mean 0 and variance 1 over the whole recording.
            least_variance: added to the variance before dividing.
        """
        count, total, squares = 0, 0.0, 0.0
        for block in _blocks(speech, as_published):
            exact = block.astype(np.float64)
            count, total, squares = count + len(block), total + float(exact.sum()), squares + float(exact @ exact)
        if not normalised:
            return cls(speech, as_published, count)
        mean = total / count
        variance = max(squares / count - mean**2, 0.0)
        return cls(speech, as_published, count, mean, 1.0 / math.sqrt(variance + least_variance))

    def padded(self, samples: int) -> "Waveform":
        """The same with so many zeros after it, in what the network is given."""
        return replace(self, padding=samples)

    @property
    def feature_count(self) -> int:
        """Number of features that all chunks give together."""
        return (self.sample_count + self.padding - OVERHANG) // STRIDE

    def blocks(self) -> Iterator[np.ndarray]:
        """What the network is given, as consecutive (S,) float32 blocks."""
        for block in _blocks(self.speech, self.as_published):
            yield ((block - self.mean) * self.scale).astype(np.float32)
        if self.padding:
            yield np.zeros(self.padding, np.float32)

    def chunks(self, features: int) -> Iterator[np.ndarray]:
        """What the network is given, (S,) float32 each, `features` features at once."""
        length, waiting = features * STRIDE, np.zeros(0, np.float32)
        for block in self.blocks():
            waiting = np.concatenate([waiting, block])
            while len(waiting) >= length + OVERHANG:
                yield waiting[: length + OVERHANG]
                waiting = waiting[length:]
        if len(waiting) >= length:
            yield waiting[: length + OVERHANG]
            waiting = waiting[length:]
        if len(waiting) >= KERNEL:
            yield waiting


def _blocks(speech: Speech, as_published: bool) -> Iterator[np.ndarray]:
    """The recording block by block, at the rate that is asked for."""
    if not as_published:
        yield from speech.source.blocks()
        return
    resampler = MonoResampler(PUBLISHED_RATE)
    for block in speech.source.blocks():
        yield from resampler.push(block, SAMPLE_RATE)
    yield from resampler.finish()
