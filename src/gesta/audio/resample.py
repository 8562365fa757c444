"""From sound of any rate, channel count and sample format to mono float32 in [-1, 1], at 16 kHz if not asked otherwise.

Channels are mixed by their mean, which cannot overflow. The rate is changed by FFmpeg's resampler, on stretches of
about a second so that short codec frames cost little. Values beyond full scale (lossy codecs overshoot a little) are
clipped to [-1, 1].
"""

from collections.abc import Iterator

import av
import numpy as np

from gesta.units import SAMPLE_RATE

STRETCH_S = 1.0
"""Sound is gathered up to this length before it is resampled, seconds."""

PLANES_IN_FRAME = 8
"""PyAV looks for the end of a frame's planes and reads beyond them where FFmpeg's own list of so many is full."""


def to_float(samples: np.ndarray) -> np.ndarray:
    """Samples of any integer or float type as float32; integers are scaled so that full scale is 1."""
    if samples.dtype.kind == "f":
        # A double beyond float32's range becomes infinite here and is refused as such where samples are checked.
        with np.errstate(over="ignore"):
            return samples.astype(np.float32, copy=False)
    full_scale = 2.0 ** (8 * samples.dtype.itemsize - 1)
    offset = full_scale if samples.dtype.kind == "u" else 0.0
    return ((samples.astype(np.float64) - offset) / full_scale).astype(np.float32)


def mix(samples: np.ndarray) -> np.ndarray:
    """The mean over channels: (channels, S) of any sample type to (S,) float32."""
    scaled = to_float(samples)
    if len(scaled) == 1:
        return scaled[0]
    return scaled.mean(axis=0, dtype=np.float64).astype(np.float32)


def frame_to_mono(frame: av.AudioFrame) -> np.ndarray:
    """One decoded frame as (S,) float32 mono at its own rate."""
    return mix(frame_to_channels(frame))


def frame_to_channels(frame: av.AudioFrame) -> np.ndarray:
    """One decoded frame as (channels, S) of its own sample type, at its own rate."""
    channels = frame.layout.nb_channels
    if not frame.format.is_planar:
        return frame.to_ndarray().reshape(-1, channels).T
    if channels < PLANES_IN_FRAME:
        return frame.to_ndarray()
    packer = av.AudioResampler(format="flt", layout=frame.layout, rate=frame.sample_rate)
    packed = [*packer.resample(frame), *packer.resample(None)]
    return np.concatenate([part.to_ndarray().reshape(-1, channels).T for part in packed], axis=1)


class MonoResampler:
    """Mono sound at any rate, which may change on the way, to one rate.

    Attributes:
        target_rate: Hz, of what is given out.
        peak: largest absolute value given out so far, before clipping.
    """

    def __init__(self, target_rate: int = SAMPLE_RATE) -> None:
        self.target_rate = target_rate
        self.peak = 0.0
        self._waiting: list[np.ndarray] = []
        self._waiting_count = 0
        self._rate = 0
        self._resampler: av.AudioResampler | None = None

    def push(self, mono: np.ndarray, rate: int) -> Iterator[np.ndarray]:
        """Take (S,) float32 at `rate` Hz; give what is ready as (S,) float32 blocks."""
        if rate != self._rate:
            yield from self.finish()
            self._rate = rate
        self._waiting.append(mono)
        self._waiting_count += len(mono)
        if self._waiting_count >= STRETCH_S * rate:
            yield from self._convert()

    def finish(self) -> Iterator[np.ndarray]:
        """Give what is left."""
        yield from self._convert()
        if self._resampler is not None:
            yield from self._clipped(self._resampler.resample(None))
            self._resampler = None

    def _convert(self) -> Iterator[np.ndarray]:
        if not self._waiting_count:
            return
        stretch = np.concatenate(self._waiting)
        self._waiting, self._waiting_count = [], 0
        frame = av.AudioFrame.from_ndarray(stretch[np.newaxis], format="fltp", layout="mono")
        frame.sample_rate = self._rate
        if self._resampler is None:
            self._resampler = av.AudioResampler(format="fltp", layout="mono", rate=self.target_rate)
        yield from self._clipped(self._resampler.resample(frame))

    def _clipped(self, frames: list[av.AudioFrame]) -> Iterator[np.ndarray]:
        for frame in frames:
            samples = frame.to_ndarray()[0]
            if not len(samples):
                continue
            peak = float(np.max(np.abs(samples)))
            self.peak = max(self.peak, peak)
            # Infinite values stay, so that whoever checks the block finds them.
            yield np.clip(samples, -1.0, 1.0) if 1.0 < peak < np.inf else samples
