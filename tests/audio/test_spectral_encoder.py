"""The spectral encoder: streams and files give the same, gain and noise floors do not matter, closures are seen."""

import math
from pathlib import Path

import numpy as np
import pytest

import gesta
from gesta.audio.encoders.config import EncoderConfig
from gesta.audio.encoders.make import make_encoder
from gesta.audio.encoders.spectral import HIGH_SIZE, LOW_SIZE, SpectralEncoder, SpectralStream
from gesta.audio.encoders.spectral_scales import LOW
from gesta.audio.prosody import ProsodyAnalyser
from gesta.audio.read import open_speech, speech_from_samples
from gesta.audio.spectrum import BAND_COUNT
from gesta.records import SpeechFeatures
from gesta.units import SAMPLE_RATE
from tests.audio.made_sounds import speech_like

VOICE = Path(gesta.__file__).parent / "assets" / "demo_voice.flac"
SOUND = speech_like(seed=5, duration_s=9.0)
RHYTHM = list(LOW)


def streamed(sound: np.ndarray, cuts: list[int], look_ahead_s: float) -> list[SpeechFeatures]:
    analyser, stream = ProsodyAnalyser(look_ahead_s), SpectralStream()
    parts = [stream.push(analyser.push(block)) for block in np.split(sound, cuts)]
    return [*parts, stream.push(analyser.finish())]


def whole(sound: np.ndarray) -> SpeechFeatures:
    return SpectralEncoder().encode(speech_from_samples(sound, SAMPLE_RATE))


@pytest.mark.parametrize("look_ahead_s", [0.2, 0.4, math.inf])
@pytest.mark.parametrize("block", [333, 4000, SAMPLE_RATE])
def test_a_stream_gives_what_the_file_gives(look_ahead_s: float, block: int) -> None:
    expected = whole(SOUND)
    parts = streamed(SOUND, list(range(block, len(SOUND), block)), look_ahead_s)
    frames = np.cumsum([0, *(part.frame_count for part in parts)])
    assert [part.start_frame for part in parts] == frames[:-1].tolist()
    if block / SAMPLE_RATE < look_ahead_s:
        assert parts[0].frame_count == 0
    live = SpeechFeatures.concatenate(parts)
    np.testing.assert_allclose(live.low, expected.low, atol=1e-4)
    np.testing.assert_allclose(live.high, expected.high, atol=1e-4)
    assert live.encoder == expected.encoder == SpectralEncoder().fingerprint


@pytest.mark.parametrize("sample_count", [1600, 1601, 5333, 16_267, 144_000])
def test_one_row_for_each_frame(sample_count: int) -> None:
    speech = speech_from_samples(SOUND[:sample_count], SAMPLE_RATE)
    features = SpectralEncoder().encode(speech)
    assert features.low.shape == (speech.frame_count, LOW_SIZE)
    assert features.high.shape == (speech.frame_count, HIGH_SIZE)


def test_the_gain_of_a_microphone_does_not_matter() -> None:
    loud, quiet = whole(SOUND), whole(SOUND * np.float32(10 ** (-15 / 20)))
    settled = slice(5 * 30, None)  # by then the prior of the normaliser has faded
    # Nearly silent frames are judged against a fixed faint noise, and floors in steps of 0.25 dB.
    for level in ("low", "high"):
        difference = np.abs(getattr(loud, level) - getattr(quiet, level))[settled]
        assert difference.max() < 1.0
        assert np.quantile(difference, 0.98) < 0.12


def test_real_speech_has_about_unit_variance() -> None:
    features = SpectralEncoder().encode(open_speech(VOICE))
    for values in (features.low, features.high):
        assert np.abs(values.mean(axis=0)).max() < 1.0
        assert values.std(axis=0).min() > 0.35
        assert values.std(axis=0).max() < 2.0
        assert np.abs(values).max() < 20.0


def test_silence_says_nothing() -> None:
    features = whole(np.zeros(2 * SAMPLE_RATE, np.float32))
    assert np.ptp(features.low[30:], axis=0).max() < 0.2
    assert np.abs(features.high[:, : 2 * BAND_COUNT]).max() == pytest.approx(0.0, abs=1e-6)


def test_a_lip_closure_of_eighty_milliseconds_shows() -> None:
    time = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    phase = 2.0 * np.pi * 120.0 * time
    vowel = sum(np.cos(number * phase) / number for number in range(1, 30))
    noise = np.random.default_rng(0).normal(0.0, 1e-4, len(time))
    closed = np.abs(time - 1.0) < 0.04
    features = whole((0.1 * vowel * np.where(closed, 0.003, 1.0) + noise).astype(np.float32))
    drop = features.high[:, 2 * BAND_COUNT]
    assert abs(int(np.argmin(drop[15:50])) + 15 - 30) <= 1
    assert drop[30] < drop[20] - 1.0
    onset = features.low[:, RHYTHM.index("onset")]
    assert 30 <= int(np.argmax(onset[15:50])) + 15 <= 33


def test_the_default_encoder_is_the_spectral_one() -> None:
    encoder = make_encoder(EncoderConfig())
    assert (encoder.name, encoder.low_size, encoder.high_size) == ("spectral", LOW_SIZE, HIGH_SIZE)
    assert encoder.fingerprint == SpectralEncoder().fingerprint
