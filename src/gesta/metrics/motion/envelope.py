"""The speech envelope and its peaks: the speech events that motion is matched against.

Definition: the absolute value of 16 kHz mono sound goes through a second-order Butterworth low-pass of 8 Hz, forwards
and backwards (no delay), every 160th sample is kept (100 Hz), and the result is smoothed by a Gaussian of three
values. Before and after the recording there is silence. Events are peaks at least 0.15 s apart that stand out by 0.3
standard deviations of the envelope.

Sound comes block by block and is never whole in memory: the forward pass carries its state on, and the backward pass
of a block starts `LOOK_AHEAD_SAMPLES` later, where its start is forgotten (2e-15 of it is left) when the block begins.
"""

from collections.abc import Iterable, Iterator

import numpy as np
from scipy import ndimage, signal

from gesta.records import Speech
from gesta.units import SAMPLE_RATE

ENVELOPE_RATE = 100
"""Envelope values a second."""
CUTOFF_HZ = 8.0
FILTER_ORDER = 2
SMOOTHING_VALUES = 3.0
"""Sigma of the last Gaussian smoothing, in envelope values."""
PEAK_DISTANCE_VALUES = 15
"""Speech events are at least this many envelope values apart."""
PEAK_PROMINENCE_SD = 0.3
"""How far an event stands out, in standard deviations of the envelope."""

SAMPLES_PER_VALUE = SAMPLE_RATE // ENVELOPE_RATE
LOOK_AHEAD_SAMPLES = SAMPLE_RATE
BLOCK_SAMPLES = 10 * SAMPLE_RATE
"""Samples smoothed at once; a multiple of SAMPLES_PER_VALUE."""


def speech_envelope(blocks: Iterable[np.ndarray]) -> np.ndarray:
    """Envelope of a recording.

    Args:
        blocks: consecutive (S,) blocks of 16 kHz mono sound, of any sizes.

    Returns:
        (N,) float64 at 100 Hz, value n at n / 100 s; empty if there is no sound.
    """
    parts = list(_low_passed(blocks))
    values = np.concatenate(parts) if parts else np.zeros(0)
    return ndimage.gaussian_filter1d(values, SMOOTHING_VALUES) if len(values) else values


def envelope_of(speech: Speech | np.ndarray | None) -> np.ndarray | None:
    """The envelope of a recording; one that was found already, or none, stays as it is."""
    return speech_envelope(speech.source.blocks()) if isinstance(speech, Speech) else speech


def _low_passed(blocks: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
    """Yield the low-passed, decimated envelope of consecutive stretches."""
    numerator, denominator = signal.butter(FILTER_ORDER, CUTOFF_HZ, fs=SAMPLE_RATE)
    state = np.zeros(max(len(numerator), len(denominator)) - 1)
    waiting = np.zeros(0)
    for block in _sized(blocks, BLOCK_SAMPLES):
        forward, state = signal.lfilter(numerator, denominator, np.abs(block.astype(np.float64)), zi=state)
        waiting = np.concatenate([waiting, forward])
        if (ready := len(waiting) - LOOK_AHEAD_SAMPLES) > 0:
            ready -= ready % SAMPLES_PER_VALUE
            # A copy: the slice alone would keep every sample of the block alive.
            yield _backwards(numerator, denominator, waiting)[:ready:SAMPLES_PER_VALUE].copy()
            waiting = waiting[ready:]
    if len(waiting):
        tail, _ = signal.lfilter(numerator, denominator, np.zeros(LOOK_AHEAD_SAMPLES), zi=state)
        smooth = _backwards(numerator, denominator, np.concatenate([waiting, tail]))
        yield smooth[: len(waiting) : SAMPLES_PER_VALUE]


def _backwards(numerator: np.ndarray, denominator: np.ndarray, samples: np.ndarray) -> np.ndarray:
    """Filter (S,) samples from the last to the first one, starting at rest."""
    return signal.lfilter(numerator, denominator, samples[::-1])[::-1]


def _sized(blocks: Iterable[np.ndarray], size: int) -> Iterator[np.ndarray]:
    """The same sound in blocks of `size` samples; the last one may be shorter."""
    waiting: list[np.ndarray] = []
    count = 0
    for block in blocks:
        waiting.append(np.asarray(block))
        count += len(block)
        if count >= size:
            joined = np.concatenate(waiting)
            whole = count - count % size
            yield from (joined[start : start + size] for start in range(0, whole, size))
            waiting, count = [joined[whole:]], count - whole
    if count:
        yield np.concatenate(waiting)


def envelope_peaks(envelope: np.ndarray) -> np.ndarray:
    """Times of the speech events in an (N,) envelope at 100 Hz: (M,) seconds."""
    if len(envelope) == 0:
        return np.zeros(0)
    peaks, _ = signal.find_peaks(
        envelope, distance=PEAK_DISTANCE_VALUES, prominence=PEAK_PROMINENCE_SD * float(envelope.std())
    )
    return peaks / ENVELOPE_RATE
