"""A stream: blocks of any size give the same to the bit, what a recording gives too, and nothing comes late."""

import math

import numpy as np
import pytest

import gesta
from gesta.audio.read import speech_from_samples
from gesta.errors import InputError
from gesta.records import Speech
from gesta.units import MOTION_FPS, SAMPLE_RATE
from tests.live.voices import assert_identical, demo_voice, ended, pushed, samples_of, uneven


@pytest.fixture(scope="module")
def voice() -> Speech:
    return speech_from_samples(samples_of(demo_voice(), 5.03), SAMPLE_RATE)


@pytest.fixture(scope="module")
def sound(voice: Speech) -> np.ndarray:
    return samples_of(voice)


@pytest.mark.parametrize("look_ahead_s", [0.1, 0.4])
def test_any_blocks_give_what_the_recording_gives(voice: Speech, sound: np.ndarray, look_ahead_s: float) -> None:
    take = gesta.load("procedural").speak(voice, seed=3, look_ahead_s=look_ahead_s)
    for seed in (1, 2):
        stream = gesta.load("procedural").stream(look_ahead_s, seed=3)
        live = pushed(stream, uneven(sound, seed)) + ended(stream)
        assert_identical(live, [take.motion])
    assert stream.given == voice.frame_count


def test_with_all_ahead_everything_comes_at_the_end(voice: Speech, sound: np.ndarray) -> None:
    stream = gesta.load("procedural").stream(math.inf, seed=1)
    assert pushed(stream, uneven(sound, 4)) == []
    rest = stream.finish()
    assert rest is not None
    take = gesta.load("procedural").speak(voice, seed=1, clean=False)
    np.testing.assert_allclose(rest.rotations, take.motion.rotations, atol=1e-4)


@pytest.mark.parametrize("block_frames", [1, 4])
def test_frames_come_no_later_than_the_latency_says(sound: np.ndarray, block_frames: int) -> None:
    stream = gesta.load("procedural").stream(0.3, block_frames=block_frames)
    assert stream.latency_s == pytest.approx(0.3 + block_frames / MOTION_FPS)
    for number in range(1, 150):
        stream.push(sound[(number - 1) * 160 : number * 160])
        # The newest frame, at its own time, is not older than the latency; nor was the sound ahead of it unheard.
        behind_s = number * 0.01 - stream.given / MOTION_FPS
        assert 0.3 - 1.0 / MOTION_FPS - 1e-6 <= behind_s <= stream.latency_s + 0.01 or stream.given == 0


def test_what_it_says_of_its_motion(sound: np.ndarray) -> None:
    stream = gesta.load("procedural").stream(0.2, seed=5, style="calm")
    told = pushed(stream, [sound[:16_000]])[0].provenance
    assert told["model"] == "procedural"
    assert told["seed"] == 5
    assert told["latency_s"] == pytest.approx(0.2 + 4 / MOTION_FPS, abs=1e-3)


def test_it_hears_integers_and_channels_alike(sound: np.ndarray) -> None:
    whole = np.round(sound[:24_000] * 32767).astype(np.int16)
    mono, stereo = (gesta.load("procedural").stream(0.1) for _ in range(2))
    assert_identical(pushed(mono, [whole]), pushed(stereo, [np.stack([whole, whole], axis=1)]))


def test_nothing_heard_gives_nothing() -> None:
    stream = gesta.load("procedural").stream()
    assert stream.push(np.zeros(0, np.float32)) is None
    assert stream.finish() is None
    assert stream.finish() is None


def test_what_cannot_be_heard_is_refused() -> None:
    stream = gesta.load("procedural").stream()
    with pytest.raises(InputError, match="not finite"):
        stream.push(np.array([0.0, np.nan]))
    with pytest.raises(InputError, match="hears arrays"):
        stream.push(np.array(["a"]))
    stream.finish()
    with pytest.raises(InputError, match="ended"):
        stream.push(np.zeros(10))
    with pytest.raises(InputError, match="look_ahead_s"):
        gesta.load("procedural").stream(0.05)
    with pytest.raises(InputError, match="sample_rate"):
        gesta.load("procedural").stream(sample_rate=100)
