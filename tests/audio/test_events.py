"""Events: syllables, accents and pauses are found where they were put."""

import numpy as np
import pytest

from gesta.audio.prosody import analyse
from gesta.audio.read import speech_from_samples
from gesta.records import Prosody
from gesta.units import SAMPLE_RATE
from tests.audio.made_sounds import buzz, speech_like, syllables

LOOK_AHEADS = [0.1, 0.4, float("inf")]


def heard(samples: np.ndarray, look_ahead_s: float = float("inf")) -> Prosody:
    return analyse(speech_from_samples(samples, SAMPLE_RATE), look_ahead_s)


@pytest.mark.parametrize("look_ahead_s", LOOK_AHEADS)
@pytest.mark.parametrize("f0_hz", [90.0, 120.0, 210.0])
def test_nuclei_are_where_syllables_were_put(f0_hz: float, look_ahead_s: float) -> None:
    planted = np.cumsum([0.5, 0.2, 0.25, 0.18, 0.3, 0.9, 0.22, 0.2, 0.35, 0.2, 0.21, 0.26])
    nuclei = heard(syllables(list(planted), 4.5, f0_hz=f0_hz), look_ahead_s).nuclei
    assert len(nuclei) == len(planted)
    assert np.max(np.abs(nuclei.times_s - planted)) < 0.03


@pytest.mark.parametrize("look_ahead_s", LOOK_AHEADS)
def test_onsets_are_where_syllables_rise(look_ahead_s: float) -> None:
    planted = np.arange(0.5, 4.0, 0.4)
    onsets = heard(syllables(list(planted), 4.5), look_ahead_s).onsets
    assert len(onsets) == len(planted)
    assert np.all((planted - onsets.times_s > 0.0) & (planted - onsets.times_s < 0.12))


@pytest.mark.parametrize("look_ahead_s", LOOK_AHEADS)
def test_accents_are_the_louder_and_higher_syllables(look_ahead_s: float) -> None:
    times = np.arange(0.5, 15.8, 0.3)
    accented = np.arange(len(times)) % 4 == 3
    time = np.arange(16 * SAMPLE_RATE) / SAMPLE_RATE
    nearest = np.argmin(np.abs(time[:, np.newaxis] - times), axis=1)
    strong = accented[nearest]
    sound = buzz(np.where(strong, 170.0, 120.0)) * np.where(strong, 1.0, 0.35) * _swell(time - times[nearest])
    accents = heard(sound.astype(np.float32), look_ahead_s).accents
    later = accents.times_s > 5.0
    near = np.argmin(np.abs(accents.times_s[:, np.newaxis] - times), axis=1)
    strongest = accents.strengths > 0.5
    assert np.all(accented[near[later & strongest]])
    found = set(near[later & strongest])
    assert len(found & set(np.flatnonzero(accented & (times > 5.0)))) >= 0.8 * np.sum(accented & (times > 5.0))


def _swell(distance_s: np.ndarray) -> np.ndarray:
    return np.where(np.abs(distance_s) < 0.1, 0.5 + 0.5 * np.cos(np.pi * distance_s / 0.1), 0.0)


@pytest.mark.parametrize("look_ahead_s", LOOK_AHEADS)
def test_pauses_end_and_start_phrases(look_ahead_s: float) -> None:
    first, second, third = np.arange(0.5, 2.5, 0.2), np.arange(3.1, 4.5, 0.2), np.arange(5.5, 7.0, 0.2)
    prosody = heard(syllables([*first, *second, *third], 8.0), look_ahead_s)
    starts, ends = prosody.phrase_starts, prosody.phrase_ends
    assert len(starts) == len(ends) == 3
    np.testing.assert_allclose(starts.times_s, [first[0] - 0.07, second[0] - 0.07, third[0] - 0.07], atol=0.05)
    np.testing.assert_allclose(ends.times_s, [first[-1] + 0.07, second[-1] + 0.07, third[-1] + 0.07], atol=0.05)
    assert np.all(ends.decided_s - ends.times_s < 0.3)
    assert np.all(starts.decided_s - starts.times_s < 0.2)


def test_short_gaps_end_no_phrase() -> None:
    planted = np.arange(0.5, 4.0, 0.33)
    prosody = heard(syllables(list(planted), 4.5))
    assert len(prosody.phrase_starts) == len(prosody.phrase_ends) == 1


def test_a_click_is_no_phrase() -> None:
    sound = np.random.default_rng(0).normal(0.0, 3e-4, 3 * SAMPLE_RATE)
    sound[SAMPLE_RATE : SAMPLE_RATE + 40] = 0.5
    prosody = heard(sound.astype(np.float32))
    assert len(prosody.phrase_starts) == len(prosody.nuclei) == len(prosody.accents) == 0


def test_strengths_are_spread() -> None:
    accents = heard(speech_like(seed=4, duration_s=40.0)).accents
    assert 0.7 < len(accents) / 40.0 < 2.5
    low, high = np.percentile(accents.strengths, [15.0, 85.0])
    assert low < 0.35 < 0.65 < high
    assert np.all(np.diff(accents.times_s) >= 0.2)


def test_speech_that_fills_the_recording() -> None:
    sound = speech_like(seed=6, duration_s=3.0)[SAMPLE_RATE // 3 : 2 * SAMPLE_RATE]
    prosody = heard(sound)
    assert len(prosody.phrase_starts) >= 1
    assert len(prosody.phrase_ends) == len(prosody.phrase_starts)
