"""Altered copies sound as their settings say: length, pitch, level, noise and room are measured."""

import math

import numpy as np
import pytest

from gesta.audio.prosody import analyse
from gesta.audio.read import open_speech, speech_from_samples
from gesta.data.synthetic_sound import (
    Alterations,
    Level,
    Noise,
    Sound,
    altered,
    drawn_sound,
    in_room,
    level_of,
    respeeded,
    room_response,
)
from gesta.units import SAMPLE_RATE
from tests.cli.running import VOICE


@pytest.fixture(scope="module")
def voice() -> list[np.ndarray]:
    return list(open_speech(VOICE).source.blocks())


def whole(blocks: object) -> np.ndarray:
    return np.concatenate(list(blocks))  # type: ignore[call-overload]


def median_pitch(samples: np.ndarray) -> float:
    prosody = analyse(speech_from_samples(samples, SAMPLE_RATE))
    return float(np.median(prosody.f0_hz[prosody.f0_hz > 0]))


@pytest.mark.parametrize(("speed", "pitch"), [(1.1, 1.0), (0.9, 0.9), (1.0, 1.15), (0.88, 1.1)])
def test_speed_and_pitch_are_independent(voice: list[np.ndarray], speed: float, pitch: float) -> None:
    before, after = whole(voice), whole(respeeded(voice, speed, pitch))
    assert len(after) * speed == pytest.approx(len(before), abs=0.05 * SAMPLE_RATE)
    assert median_pitch(after) / median_pitch(before) == pytest.approx(pitch, rel=0.03)


def test_events_move_with_the_speed(voice: list[np.ndarray]) -> None:
    before = analyse(speech_from_samples(whole(voice), SAMPLE_RATE)).nuclei.times_s
    after = analyse(speech_from_samples(whole(respeeded(voice, 1.12, 1.0)), SAMPLE_RATE)).nuclei.times_s * 1.12
    nearest = np.abs(after[:, None] - before[None]).min(axis=1)
    assert np.median(nearest) < 0.03, "the copy's syllables are the recording's"


def test_noise_has_the_stated_level_and_colour(voice: list[np.ndarray]) -> None:
    level = level_of(voice)
    clean = Sound(name="x", speed=1.0, pitch=1.0, gain_db=-3.0)
    noisy = clean.model_copy(update={"snr_db": 20.0, "noise_slope": 1.0})
    noise = whole(altered(voice, noisy, level)) - whole(altered(voice, clean, level))
    speech = level.speech * 10 ** (-3 / 20)
    assert 20 * math.log10(speech / noise.std()) == pytest.approx(20.0, abs=0.5)
    whiter, browner = (Noise("y", slope, 0.1) for slope in (0.0, 1.5))
    power = [np.abs(np.fft.rfft(n.next(2**16))) ** 2 for n in (whiter, browner)]
    low, high = slice(400, 800), slice(6400, 12800)
    falls = [10 * math.log10(p[low].mean() / p[high].mean()) / 4 for p in power]
    assert falls == pytest.approx([0.0, 1.5 * 3.01], abs=0.4), "dB an octave"


def test_level_is_that_of_the_speech_and_not_of_pauses() -> None:
    tone = 0.5 * np.sin(np.arange(SAMPLE_RATE) * 0.3)
    found = level_of([tone, np.zeros(5 * SAMPLE_RATE), tone])
    assert found.speech == pytest.approx(0.5 / math.sqrt(2), rel=0.01)
    assert found.peak == pytest.approx(0.5, rel=1e-3)
    assert level_of([]) == Level(peak=0.0, speech=0.0)


def test_a_room_keeps_the_direct_sound_first_and_the_energy() -> None:
    response = room_response("r", 0.5, 6.0)
    assert np.sum(response**2) == pytest.approx(1.0, rel=1e-5)
    assert np.argmax(np.abs(response)) == 0
    echo = response[1:]
    assert 10 * math.log10(response[0] ** 2 / np.sum(echo**2)) == pytest.approx(6.0, abs=0.01)
    early, late = echo[1600:3200], echo[4800:6400]
    assert 10 * math.log10(np.mean(early**2) / np.mean(late**2)) == pytest.approx(60.0 * 0.2 / 0.5, abs=2.5)
    blocks = [np.random.default_rng(0).standard_normal(size) for size in (100, 5000, 1, 9000)]
    expected = np.convolve(np.concatenate(blocks), response)[:14101]
    assert np.allclose(whole(in_room(blocks, response)), expected, atol=1e-4)


def test_copies_are_drawn_within_their_ranges_and_never_clip(voice: list[np.ndarray]) -> None:
    alterations = Alterations()
    sounds = [drawn_sound(alterations, f"copy{number}") for number in range(300)]
    assert drawn_sound(alterations, "copy7") == sounds[7]
    assert len({sound.speed for sound in sounds}) > 280
    assert {alterations.speed[0] <= sound.speed <= alterations.speed[1] for sound in sounds} == {True}
    assert np.mean([sound.snr_db is not None for sound in sounds]) == pytest.approx(0.7, abs=0.1)
    assert np.mean([sound.pitch == 1.0 for sound in sounds]) == pytest.approx(0.25, abs=0.1)
    assert np.mean([sound.pitch == sound.speed for sound in sounds]) == pytest.approx(0.25, abs=0.1)
    loud = sounds[0].model_copy(update={"gain_db": 30.0, "snr_db": None, "reverberation_s": None})
    assert np.abs(whole(altered(voice, loud, level_of(voice)))).max() < 1.0
