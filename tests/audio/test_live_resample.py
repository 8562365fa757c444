"""The streaming resampler: any blocks give the same to the bit, tones pass, and what would fold back does not."""

import numpy as np
import pytest

from gesta.audio.live_resample import LiveResampler

RATES = [8_000, 11_025, 22_050, 44_100, 48_000, 96_000]


def tone(rate: int, hertz: float, seconds: float = 0.5) -> np.ndarray:
    return (0.5 * np.sin(2.0 * np.pi * hertz * np.arange(int(rate * seconds)) / rate)).astype(np.float32)


def resampled(sound: np.ndarray, rate: int, cuts: list[int]) -> np.ndarray:
    resampler = LiveResampler(rate)
    parts = [resampler.push(block) for block in np.split(sound, cuts)]
    return np.concatenate([*parts, resampler.finish()])


@pytest.mark.parametrize("rate", RATES)
def test_tones_pass_in_time_and_size(rate: int) -> None:
    found = resampled(tone(rate, 440.0), rate, [])
    assert len(found) == round(int(rate * 0.5) * 16_000 / rate)
    inner = slice(200, -200)
    np.testing.assert_allclose(found[inner], tone(16_000, 440.0)[: len(found)][inner], atol=2e-4)


@pytest.mark.parametrize("rate", RATES)
def test_blocks_of_any_size_give_the_same(rate: int) -> None:
    sound = np.random.default_rng(rate).uniform(-0.9, 0.9, rate // 4).astype(np.float32)
    cuts = sorted(np.random.default_rng(1).integers(0, len(sound), 90).tolist())
    np.testing.assert_array_equal(resampled(sound, rate, cuts), resampled(sound, rate, []))


def test_what_lies_above_is_taken_out() -> None:
    found = resampled(tone(48_000, 11_000.0), 48_000, [])
    assert np.abs(found[200:-200]).max() < 1e-3


def test_the_usual_rate_passes_untouched() -> None:
    sound = tone(16_000, 440.0)
    np.testing.assert_array_equal(resampled(sound, 16_000, [17]), sound)


@pytest.mark.parametrize("rate", RATES)
def test_it_waits_no_longer_than_it_says(rate: int) -> None:
    resampler = LiveResampler(rate)
    came_s = rate // 10 / rate
    gave_s = len(resampler.push(np.zeros(rate // 10, np.float32))) / 16_000
    assert came_s - gave_s <= resampler.delay_s + 2.0 / 16_000 + 1.0 / rate
    assert len(resampler.held) < 3 * resampler.reach + 2
