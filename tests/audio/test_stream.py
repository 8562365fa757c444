"""A stream: how the sound is cut makes no difference, and nothing comes later or earlier than promised."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gesta.audio.prosody import ProsodyAnalyser, analyse
from gesta.audio.read import speech_from_samples
from gesta.errors import InputError
from gesta.records import Prosody
from gesta.units import SAMPLE_RATE, frame_count
from tests.audio.made_sounds import speech_like

EVENT_KINDS = ("nuclei", "onsets", "accents", "phrase_starts", "phrase_ends")
TRACKS = ("level_db", "loudness", "f0_hz", "voicing", "pitch", "activity", "bands")
SOUND = speech_like(seed=1, duration_s=6.3)


def streamed(sound: np.ndarray, cuts: list[int], look_ahead_s: float) -> list[Prosody]:
    analyser = ProsodyAnalyser(look_ahead_s)
    return [*(analyser.push(block) for block in np.split(sound, cuts)), analyser.finish()]


def assert_same(left: Prosody, right: Prosody) -> None:
    for name in TRACKS:
        np.testing.assert_allclose(getattr(left, name), getattr(right, name), atol=1e-5, err_msg=name)
    for name in EVENT_KINDS:
        for field in ("times_s", "strengths", "decided_s"):
            ours, theirs = getattr(getattr(left, name), field), getattr(getattr(right, name), field)
            np.testing.assert_allclose(ours, theirs, atol=1e-9, err_msg=f"{name}.{field}")


@settings(max_examples=12, deadline=None)
@given(
    cuts=st.lists(st.integers(0, len(SOUND)), max_size=40).map(sorted),
    look_ahead_s=st.sampled_from([0.1, 0.25, 0.4, 1.0, math.inf]),
)
def test_blocks_of_any_size_give_the_same(cuts: list[int], look_ahead_s: float) -> None:
    assert_same(
        Prosody.concatenate(streamed(SOUND, cuts, look_ahead_s)),
        Prosody.concatenate(streamed(SOUND, [], look_ahead_s)),
    )


def test_tiny_blocks_give_the_same() -> None:
    short = SOUND[: 2 * SAMPLE_RATE]
    assert_same(
        Prosody.concatenate(streamed(short, list(range(0, len(short), 37)), 0.4)),
        Prosody.concatenate(streamed(short, [], 0.4)),
    )


@pytest.mark.parametrize("look_ahead_s", [0.1, 0.13, 0.4, 2.0])
def test_what_comes_when(look_ahead_s: float) -> None:
    cuts = list(range(160, len(SOUND), 160))
    parts = streamed(SOUND, cuts, look_ahead_s)
    heard_before, next_frame = 0.0, 0
    for part in parts[:-1]:
        assert part.start_frame == next_frame
        next_frame += part.frame_count
        assert next_frame == max(0, math.floor((part.heard_s - look_ahead_s) * 30 + 1e-6) + 1)
        for name in EVENT_KINDS:
            events = getattr(part, name)
            assert np.all(events.decided_s >= events.times_s)
            assert np.all(events.decided_s <= part.heard_s + 1e-9)
            assert np.all(events.decided_s > heard_before - 1e-9)
        heard_before = part.heard_s
    assert next_frame + parts[-1].frame_count == frame_count(len(SOUND))


def test_accents_are_known_before_they_play() -> None:
    live = Prosody.concatenate(streamed(SOUND, [], 0.4))
    assert len(live.accents) > 3
    assert np.all(live.accents.decided_s - live.accents.times_s <= 0.1 + 0.005)
    whole = Prosody.concatenate(streamed(SOUND, [], math.inf))
    assert np.all(whole.accents.decided_s - whole.accents.times_s <= 0.4 + 0.005)


def test_a_whole_file_comes_at_the_end() -> None:
    parts = streamed(SOUND, list(range(0, len(SOUND), SAMPLE_RATE)), math.inf)
    assert all(part.frame_count == 0 for part in parts[:-1])
    assert all(len(getattr(part, name)) == 0 for part in parts[:-1] for name in EVENT_KINDS)
    assert parts[-1].frame_count == frame_count(len(SOUND))


@pytest.mark.parametrize("sample_count", [1600, 1601, 5333, 16_000, 16_267])
def test_frame_count_is_that_of_the_recording(sample_count: int) -> None:
    speech = speech_from_samples(SOUND[:sample_count], SAMPLE_RATE)
    prosody = analyse(speech)
    assert prosody.frame_count == speech.frame_count
    assert prosody.start_frame == 0
    assert prosody.heard_s == speech.duration_s
    for name in EVENT_KINDS:
        events = getattr(prosody, name)
        assert np.all(events.times_s <= speech.duration_s)
        assert np.all(events.decided_s <= speech.duration_s)


def test_nothing_heard() -> None:
    assert ProsodyAnalyser().finish().frame_count == 0
    assert ProsodyAnalyser(0.4).push(np.zeros(0, np.float32)).frame_count == 0


@pytest.mark.parametrize("look_ahead_s", [0.05, 0.0, -1.0, math.nan])
def test_too_little_look_ahead(look_ahead_s: float) -> None:
    with pytest.raises(InputError, match="look-ahead"):
        ProsodyAnalyser(look_ahead_s)
