"""The procedural speaker as a source: its motion and its strokes as it plans them, divided so that nothing leaks."""

from pathlib import Path

import numpy as np
import pytest

import gesta
from gesta.audio.read import open_speech
from gesta.data.clips import Dataset
from gesta.data.kinds import plan_source
from gesta.data.prepare import prepare
from gesta.errors import InputError
from gesta.motion.representation import Representation
from gesta.units import SAMPLE_RATE
from tests.cli.running import VOICE, demo_speech


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """The demo voice, two seeds, two styles."""
    folder = tmp_path_factory.mktemp("made")
    prepare(plan_source("synthetic", VOICE, {"seeds": 2, "styles": ["neutral", "lively"]}), folder / "set")
    return Dataset.open(folder / "set")


def test_takes_are_what_the_speaker_does_and_plans(made: Dataset) -> None:
    assert len(made.clips) == 8
    takes = gesta.load("procedural").speak(VOICE, seed=1, style="lively")
    expected = Representation().encode(takes.motion)
    clips = [clip for clip in made.clips if clip.id.startswith("demo_voice-lively-1")]
    whole = {part: np.concatenate([made.window(clip, 0, clip.frames)[0][part] for clip in clips]) for part in expected}
    for part, channels in expected.items():
        assert np.array_equal(whole[part], channels)
    truth = np.concatenate([made.strokes(clip) for clip in clips])
    times = np.arange(takes.motion.frame_count) / 30
    inside = np.zeros(len(times), bool)
    for move in takes.plan.strokes:
        inside |= (times >= move.start_s) & (times < move.end_s)
    assert np.array_equal(truth, inside)
    assert 0.05 < truth.mean() < 0.8
    assert {(clip.speaker, clip.speaker_index) for clip in made.clips} == {("neutral", 0), ("lively", 1)}


def test_a_single_recording_is_divided_by_time(made: Dataset) -> None:
    assert "by time" in made.info.split_rule
    train, validation = made.split("train"), made.split("validation")
    assert {clip.frames for clip in validation} == {64}
    speech = open_speech(VOICE)
    assert train[0].frames + validation[0].frames == speech.frame_count
    samples = np.concatenate(list(speech.source.blocks()))
    parts = [np.concatenate(list(made.speech(clip).source.blocks())) for clip in (train[0], validation[0])]
    assert np.abs(np.concatenate(parts) - samples).max() <= 1 / 32768
    assert len({clip.speech for clip in made.clips}) == 2, "takes share their sound"
    assert len(list((made.folder / "speech").iterdir())) == 2


def test_several_recordings_are_divided_by_recording(tmp_path: Path) -> None:
    for number in range(4):
        demo_speech(tmp_path / "voices" / f"v{number}.wav" if number else _made(tmp_path), 1.0 + number / 10)
    settings = {"seeds": 2, "validation_share": 0.25, "test_share": 0.25}
    prepare(plan_source("synthetic", tmp_path / "voices", settings), tmp_path / "set")
    dataset = Dataset.open(tmp_path / "set")
    splits = {clip.speech: clip.split for clip in dataset.clips}
    assert sorted(splits.values()) == ["test", "train", "train", "validation"]
    assert all(splits[clip.speech] == clip.split for clip in dataset.clips)
    assert "a recording is a group" in dataset.info.split_rule


def _made(folder: Path) -> Path:
    (folder / "voices").mkdir()
    return folder / "voices" / "v0.wav"


def test_a_short_recording_still_gives_both_splits(tmp_path: Path) -> None:
    voice = demo_speech(tmp_path / "v.wav", 0.5)
    prepare(plan_source("synthetic", voice, {"test_share": 0.2}), tmp_path / "set")
    dataset = Dataset.open(tmp_path / "set")
    assert {clip.split: clip.frames for clip in dataset.clips} == {"train": 9, "validation": 3, "test": 3}
    for clip in dataset.clips:
        assert clip.speech_samples == pytest.approx(clip.frames * SAMPLE_RATE / 30, abs=1)
    voice = demo_speech(tmp_path / "w.wav", 0.11)
    left_out = prepare(plan_source("synthetic", voice), tmp_path / "other").left_out
    assert "too short to be divided" in left_out["w-neutral-0-validation"]


def test_what_cannot_be_made(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="did you mean lively"):
        plan_source("synthetic", VOICE, {"styles": ["livly"]})
    with pytest.raises(InputError, match="'seeds'"):
        plan_source("synthetic", VOICE, {"seeds": 0})
    with pytest.raises(InputError, match="did you mean synthetic"):
        plan_source("sinthetic", VOICE)
    with pytest.raises(InputError, match="does not exist"):
        plan_source("synthetic", tmp_path / "absent.wav")
    with pytest.raises(InputError, match="nothing in"):
        prepare(plan_source("synthetic", tmp_path), tmp_path / "set")
