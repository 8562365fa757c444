"""Speech in: any sound or video file, or an array, becomes a checked `Speech` record."""

import hashlib
import logging
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from gesta.audio.decode import Decoder, check_duration, check_shape
from gesta.audio.limits import DEFAULT_LIMITS, Limits
from gesta.audio.resample import MonoResampler, mix
from gesta.audio.source import ArraySource, FileSource
from gesta.errors import InputError
from gesta.records import Speech
from gesta.units import MINIMUM_SPEECH_S, SAMPLE_RATE

LOGGER = logging.getLogger("gesta")
LOUD_PEAK = 2.0
"""Above this peak clipping is worth a warning; lossy codecs overshoot full scale by less."""


def open_speech(path: str | Path, limits: Limits = DEFAULT_LIMITS) -> Speech:
    """Read a sound or video file through once, check it, and return it as a record.

    Any container, codec, rate, channel count and length within `limits`; channels are mixed by their mean and samples
    beyond full scale clipped to [-1, 1]. Stretches that are damaged are left out, and a warning is logged.

    Raises:
        InputError: what is wrong with the file and what to do, in one sentence.
    """
    path = Path(path)
    decoder = Decoder(path, limits)
    count, sha256 = _counted(decoder.blocks())
    if not count:
        raise InputError(f"'{path}' has a sound track without a single sample in it; record or export it again.")
    _check_length(count, f"'{path}'")
    if decoder.damaged:
        LOGGER.warning("'%s' is damaged in %d places; what could be read is used.", path, decoder.damaged)
    _warn_if_clipped(decoder.peak, f"'{path}'")
    return Speech(path.stem, count, sha256, FileSource(path, limits), path)


def speech_from_samples(
    samples: np.ndarray, sample_rate: float, name: str = "speech", limits: Limits = DEFAULT_LIMITS
) -> Speech:
    """Samples in memory as a record, resampled to 16 kHz mono just as a file would be.

    Args:
        samples: (S,) or (S, channels), float in [-1, 1] or any integer type, scaled by its range; values beyond full
            scale are clipped.
        sample_rate: Hz, a whole number.
        name: what the recording is called in messages and results.
        limits: caps on what is read.

    Raises:
        InputError: what is wrong with the samples and what to do, in one sentence.
    """
    shown = f"'{name}'"
    array = np.asarray(samples)
    if array.ndim not in (1, 2) or array.dtype.kind not in "fiu":
        raise InputError(f"{shown} must be an array (S,) or (S, channels) of floats or integers, not {array.shape}.")
    if sample_rate != int(sample_rate):
        raise InputError(f"{shown} has a sample rate of {sample_rate} Hz, but a whole number is needed.")
    channels = array[np.newaxis] if array.ndim == 1 else array.T
    check_shape(len(channels), int(sample_rate), Path(name), limits)
    check_duration(channels.shape[1] / sample_rate, Path(name), limits)
    if not np.isfinite(channels).all():
        raise InputError(f"{shown} holds samples that are not finite (NaN or infinity); clean them first.")
    resampler = MonoResampler()
    blocks = [*resampler.push(mix(channels), int(sample_rate)), *resampler.finish()]
    mono = np.concatenate(blocks) if blocks else np.zeros(0, np.float32)
    _check_length(len(mono), shown)
    _warn_if_clipped(resampler.peak, shown)
    source = ArraySource(mono)
    count, sha256 = _counted(source.blocks())
    return Speech(name, count, sha256, source)


def _counted(blocks: Iterable[np.ndarray]) -> tuple[int, str]:
    """Number of samples in all blocks, and the sha256 of their float32 bytes (little-endian)."""
    count, digest = 0, hashlib.sha256()
    for block in blocks:
        count += len(block)
        digest.update(np.ascontiguousarray(block, dtype="<f4").data)
    return count, digest.hexdigest()


def _check_length(count: int, shown: str) -> None:
    if count < MINIMUM_SPEECH_S * SAMPLE_RATE:
        raise InputError(
            f"{shown} is {count / SAMPLE_RATE:.3f} s long, but at least {MINIMUM_SPEECH_S:g} s of sound is needed."
        )


def _warn_if_clipped(peak: float, shown: str) -> None:
    if peak > LOUD_PEAK:
        LOGGER.warning("%s reaches %.3g times full scale; samples are clipped to [-1, 1].", shown, peak)
