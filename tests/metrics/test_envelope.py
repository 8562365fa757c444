"""The speech envelope: what it is, and that it does not depend on how the sound is cut into blocks."""

import numpy as np
import pytest
from scipy import ndimage, signal

from gesta.metrics.motion.envelope import envelope_peaks, speech_envelope
from gesta.units import SAMPLE_RATE


def noise(seconds: float) -> np.ndarray:
    """Noise whose loudness swells three times a second."""
    count = round(seconds * SAMPLE_RATE)
    swell = 1.0 - np.cos(2 * np.pi * 3.0 * np.arange(count) / SAMPLE_RATE)
    return (np.random.default_rng(1).standard_normal(count) * swell * 0.1).astype(np.float32)


def whole_file(sound: np.ndarray) -> np.ndarray:
    """The definition, straight: silence around the recording, filtered both ways at once."""
    padded = np.concatenate([np.zeros(SAMPLE_RATE), np.abs(sound.astype(np.float64)), np.zeros(SAMPLE_RATE)])
    sections = signal.butter(2, 8.0, fs=SAMPLE_RATE, output="sos")
    smooth = signal.sosfiltfilt(sections, padded, padtype=None)[SAMPLE_RATE:-SAMPLE_RATE]
    return ndimage.gaussian_filter1d(smooth[::160], 3)


@pytest.mark.parametrize("seconds", [0.05, 0.999, 3.0, 31.37])
def test_blocks_give_what_the_whole_file_gives(seconds: float) -> None:
    sound = noise(seconds)
    wanted = whole_file(sound)
    for size in (1000, 44_444, len(sound)):
        blocks = (sound[start : start + size] for start in range(0, len(sound), size))
        found = speech_envelope(blocks)
        assert len(found) == len(wanted)
        assert np.abs(found - wanted).max() <= 1e-6 * wanted.max()


def test_peaks_are_where_the_sound_swells() -> None:
    peaks = envelope_peaks(speech_envelope([noise(4.0)]))
    assert len(peaks) == 12
    assert peaks == pytest.approx((np.arange(12) + 0.5) / 3.0, abs=0.06)


def test_silence_has_no_peaks() -> None:
    assert len(envelope_peaks(speech_envelope([]))) == 0
    assert len(envelope_peaks(speech_envelope([np.zeros(16_000, np.float32)]))) == 0
