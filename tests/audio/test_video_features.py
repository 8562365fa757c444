"""The spectral video features: one row for each video frame, streams as files, gain apart, closed lips seen."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import gesta
from gesta.audio.encoders.spectral import LOW_SIZE
from gesta.audio.read import open_speech, speech_from_samples
from gesta.audio.video_features.config import VideoFeaturesConfig
from gesta.audio.video_features.make import make_video_features
from gesta.audio.video_features.spectral import SIZE, SpectralVideoFeatures, SpectralVideoStream
from gesta.audio.video_features.sub_frames import SUB_BAND_COUNT, SUB_FRAMES, SubFramer
from gesta.errors import InputError
from gesta.records import Speech
from gesta.units import SAMPLE_RATE, VIDEO_FPS
from tests.audio.made_sounds import buzz, sine, speech_like, write_wav

VOICE = Path(gesta.__file__).parent / "assets" / "demo_voice.flac"
SOUND = speech_like(seed=5, duration_s=9.0)
LEVELS = slice(SUB_FRAMES * SUB_BAND_COUNT, SUB_FRAMES * (SUB_BAND_COUNT + 1))


def whole(sound: np.ndarray) -> np.ndarray:
    return SpectralVideoFeatures().encode(speech_from_samples(sound, SAMPLE_RATE))[:, 0]


@pytest.mark.parametrize("duration_s", [0.1, 0.1001, 0.4, 3.2, 3.2001, 9.0])
def test_one_row_for_each_video_frame(duration_s: float) -> None:
    speech = speech_from_samples(SOUND[: round(duration_s * SAMPLE_RATE)], SAMPLE_RATE)
    features = SpectralVideoFeatures().encode(speech)
    assert features.shape == (speech.video_frame_count, 1, SIZE)
    assert features.dtype == np.float32
    assert np.isfinite(features).all()


@pytest.mark.parametrize("rate", [8000, 22_050, 44_100])
def test_any_sample_rate(rate: int, tmp_path: Path) -> None:
    speech = open_speech(write_wav(tmp_path / "tone.wav", sine(440.0, 1.5, rate), rate))
    features = SpectralVideoFeatures().encode(speech)
    assert features.shape == (38, 1, SIZE)
    bands = features[10:30, 0, :SUB_BAND_COUNT].mean(axis=0)
    assert np.argmax(bands) == np.argmax(whole(sine(440.0, 1.5))[10:30, :SUB_BAND_COUNT].mean(axis=0))


@pytest.mark.parametrize("look_ahead_s", [0.1, 0.4])
@pytest.mark.parametrize("block", [333, 4000, 40_000])
def test_a_stream_gives_what_the_file_gives(look_ahead_s: float, block: int) -> None:
    stream = SpectralVideoStream(look_ahead_s)
    parts = [stream.push(SOUND[start : start + block]) for start in range(0, len(SOUND), block)]
    np.testing.assert_allclose(np.concatenate([*parts, stream.finish()])[:, 0], whole(SOUND), atol=1e-4)


def test_a_stream_is_behind_by_what_it_says() -> None:
    stream, given = SpectralVideoStream(look_ahead_s=0.2), 0
    for heard in range(160, len(SOUND) + 1, 160):
        given += len(stream.push(SOUND[heard - 160 : heard]))
        assert heard / SAMPLE_RATE - given / VIDEO_FPS <= 0.020 + 1 / 30 + 0.2 + 0.011


def test_nothing_heard_gives_nothing() -> None:
    assert SpectralVideoStream().finish().shape == (0, 1, SIZE)


def test_only_what_is_new_is_remembered() -> None:
    class Long:
        def blocks(self) -> Iterator[np.ndarray]:
            for _ in range(40):
                yield SOUND[:SAMPLE_RATE]

    stretches = list(SpectralVideoFeatures().stretches(Speech("long", 40 * SAMPLE_RATE, "0" * 64, Long())))
    assert max(len(part) for part in stretches) <= 2 * VIDEO_FPS
    assert sum(len(part) for part in stretches) == 40 * VIDEO_FPS


def test_the_gain_of_a_microphone_does_not_matter() -> None:
    difference = np.abs(whole(SOUND) - whole(SOUND * np.float32(10 ** (-15 / 20))))[5 * VIDEO_FPS :]
    assert np.quantile(difference, 0.98) < 0.12


def test_real_speech_has_about_unit_variance() -> None:
    features = SpectralVideoFeatures().encode(open_speech(VOICE))[:, 0]
    assert np.abs(features.mean(axis=0)).max() < 1.5, "the lowest band tells women from men"
    assert features.std(axis=0).min() > 0.35
    assert features.std(axis=0).max() < 2.0


def test_silence_says_nothing() -> None:
    features = whole(np.zeros(2 * SAMPLE_RATE, np.float32))
    assert np.abs(features[:, : SUB_FRAMES * SUB_BAND_COUNT]).max() == pytest.approx(0.0, abs=1e-6)
    assert np.ptp(features[30:, -LOW_SIZE:], axis=0).max() < 0.2


@pytest.mark.parametrize("closed_ms", [40, 60, 90])
def test_lips_closed_for_a_moment_show_at_their_time(closed_ms: int) -> None:
    time = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    vowel = buzz(np.full(len(time), 120.0)) + np.random.default_rng(0).normal(0.0, 1e-4, len(time))
    closed = np.abs(time - 1.0) < closed_ms / 2000.0
    levels = whole((vowel * np.where(closed, 0.003, 1.0)).astype(np.float32))[:, LEVELS].reshape(-1)
    middles = (np.arange(len(levels)) + 0.5) * 0.01
    open_level = np.median(levels)
    deep = middles[levels < open_level - 1.0]
    assert abs(deep.mean() - 1.0) < 0.006
    assert abs(len(deep) * 10 - closed_ms) <= 20


def test_sub_frames_measure_the_level_where_they_stand() -> None:
    """A full-scale sine is at -3 dB, and a sound that begins at 0.5 s shows in sub-frame 50 and not in 48."""
    tone = sine(1000.0, 1.0, amplitude=1.0)
    framer = SubFramer()
    rows = framer.push(np.concatenate([np.zeros(8000, np.float32), tone]))
    assert rows[60:120, 0] == pytest.approx(-3.01, abs=0.1)
    assert rows[48, 0] < -100.0
    assert rows[51, 0] > -6.0


def test_the_default_needs_no_download() -> None:
    features = make_video_features(VideoFeaturesConfig())
    assert (features.name, features.layers, features.size) == ("spectral", 1, SIZE)
    assert features.fingerprint == SpectralVideoFeatures.fingerprint


def test_chunks_are_whole_frames() -> None:
    with pytest.raises(InputError, match=r"chunk_s must be a multiple of 0\.04 s"):
        VideoFeaturesConfig.checked({"chunk_s": 4.01}, "a test")
