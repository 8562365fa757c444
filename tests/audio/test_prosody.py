"""What is heard: level, loudness, pitch and activity of sounds whose truth is known."""

import numpy as np
import pytest

from gesta.audio.prosody import analyse
from gesta.audio.read import speech_from_samples
from gesta.records import Prosody
from gesta.units import SAMPLE_RATE
from tests.audio.made_sounds import buzz, sine, speech_like

EVENT_KINDS = ("nuclei", "onsets", "accents", "phrase_starts", "phrase_ends")


def heard(samples: np.ndarray) -> Prosody:
    return analyse(speech_from_samples(samples, SAMPLE_RATE))


def noise(duration_s: float, level_db: float) -> np.ndarray:
    random = np.random.default_rng(3)
    return (10.0 ** (level_db / 20.0) * random.normal(size=round(duration_s * SAMPLE_RATE))).astype(np.float32)


def assert_nothing_said(prosody: Prosody) -> None:
    assert np.all(prosody.activity == 0.0)
    assert all(len(getattr(prosody, name)) == 0 for name in EVENT_KINDS)


@pytest.mark.parametrize("frequency_hz", [65.0, 110.0, 220.0, 331.0, 480.0])
def test_pitch_of_a_sine(frequency_hz: float) -> None:
    prosody = heard(sine(frequency_hz, 2.0))
    np.testing.assert_allclose(prosody.f0_hz[2:-2], frequency_hz, rtol=1e-3)
    assert np.all(prosody.voicing[2:-2] > 0.9)


@pytest.mark.parametrize("voice", ["sine", "buzz"])
def test_pitch_of_a_glide(voice: str) -> None:
    time = np.arange(3 * SAMPLE_RATE) / SAMPLE_RATE
    true_hz = 90.0 * 2.0 ** (2.0 * time / 3.0)
    sound = buzz(true_hz) if voice == "buzz" else 0.5 * np.sin(2.0 * np.pi * np.cumsum(true_hz) / SAMPLE_RATE)
    prosody = heard(sound.astype(np.float32))
    frames = np.arange(2, prosody.frame_count - 2)
    np.testing.assert_allclose(prosody.f0_hz[frames], np.interp(frames / 30.0, time, true_hz), rtol=0.01)


def test_noise_has_no_pitch() -> None:
    prosody = heard(noise(2.0, -20.0))
    assert np.all(prosody.f0_hz == 0.0)
    assert np.mean(prosody.voicing) < 0.1


def test_level_is_relative_to_full_scale() -> None:
    prosody = heard(sine(1000.0, 2.0, amplitude=1.0))
    np.testing.assert_allclose(prosody.level_db[2:-2], -3.01, atol=0.05)
    quieter = heard(sine(1000.0, 2.0, amplitude=0.1))
    np.testing.assert_allclose(quieter.level_db[2:-2], -23.01, atol=0.05)


def test_bands_follow_frequency() -> None:
    low, high = (heard(sine(frequency, 1.0)).bands.mean(axis=0) for frequency in (200.0, 5000.0))
    assert low.shape == (24,)
    assert np.argmax(low) < 5 < 18 < np.argmax(high)


def test_a_quieter_copy_is_just_as_loud() -> None:
    sound = speech_like(seed=5, duration_s=20.0)
    usual, quiet = heard(sound), heard(0.1 * sound)
    later = slice(8 * 30, None)
    np.testing.assert_allclose(quiet.loudness[later], usual.loudness[later], atol=0.02)
    assert np.mean(np.abs(quiet.activity[later] - usual.activity[later])) < 0.05
    np.testing.assert_allclose(quiet.level_db[later], usual.level_db[later] - 20.0, atol=0.1)


def test_loudness_spans_quiet_to_loud() -> None:
    prosody = heard(speech_like(seed=5, duration_s=20.0))
    assert prosody.loudness.min() == 0.0
    assert 0.9 < np.percentile(prosody.loudness, 97.0) <= 1.2


def test_pitch_is_relative_to_the_usual_one() -> None:
    usual = speech_like(seed=5, duration_s=15.0)
    time = np.arange(len(usual)) / SAMPLE_RATE
    low, high = buzz(np.full(len(time), 120.0)), buzz(np.full(len(time), 240.0))
    # Mostly 120 Hz; in the last second an octave higher.
    prosody = heard(np.where(time < 14.0, low, high) * (0.3 + 0.7 * np.sin(2.0 * np.pi * 2.0 * time) ** 2))
    assert np.median(prosody.pitch[10 * 30 : 13 * 30]) == pytest.approx(0.0, abs=0.2)
    assert np.median(prosody.pitch[-20:-5]) == pytest.approx(12.0, abs=0.3)


def test_silence_is_nothing() -> None:
    prosody = heard(np.zeros(3 * SAMPLE_RATE, np.float32))
    assert_nothing_said(prosody)
    assert np.all(prosody.loudness == 0.0)
    assert np.all(prosody.f0_hz == 0.0)


@pytest.mark.parametrize("level_db", [-70.0, -50.0, -30.0, -15.0])
def test_steady_noise_is_nothing(level_db: float) -> None:
    prosody = heard(noise(6.0, level_db))
    assert_nothing_said(prosody)
    assert np.mean(prosody.loudness[60:]) < 0.2


def test_rising_noise_is_nothing() -> None:
    rise = 10.0 ** (np.linspace(-30.0, 0.0, 12 * SAMPLE_RATE) / 20.0)
    assert_nothing_said(heard((noise(12.0, -25.0) * rise).astype(np.float32)))


@pytest.mark.parametrize("frequency_hz", [50.0, 100.0, 120.0])
def test_steady_hum_is_nothing(frequency_hz: float) -> None:
    hum = sum(sine(frequency_hz * harmonic, 5.0, amplitude=0.1 / harmonic) for harmonic in range(1, 8))
    assert_nothing_said(heard(hum))


def test_speech_over_noise_is_active_only_while_it_lasts() -> None:
    sound = noise(14.0, -50.0)
    said = speech_like(seed=2, duration_s=5.0)
    sound[5 * SAMPLE_RATE : 10 * SAMPLE_RATE] += said
    activity = heard(sound).activity
    assert np.mean(activity[:150]) == 0.0
    assert np.mean(activity[160:295]) > 0.6
    assert np.mean(activity[10 * 30 + 15 :]) == 0.0
