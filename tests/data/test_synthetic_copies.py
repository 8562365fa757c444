"""Copies, people, words: the data set's own sound gives its motion, and any number of processes gives the same."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import gesta
from gesta.data.clips import Dataset
from gesta.data.kinds import plan_source
from gesta.data.prepare import Prepared, prepare
from gesta.motion.representation import Representation
from gesta.procedural.style import Style, blend, style_from
from tests.cli.running import VOICE, demo_speech, everything_in
from tests.data.stopping import Killed

SETTINGS = {
    "styles": ["calm", "lively"],
    "people": True,
    "alterations": {"copies": 1, "room_share": 1.0, "noise_share": 1.0},
    "validation_share": 0.3,
}


def make(source: Path, folder: Path, workers: int = 1) -> Prepared:
    return prepare(plan_source("synthetic", source, SETTINGS), folder, workers=workers)


@pytest.fixture(scope="module")
def voices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three recordings; words lie beside one."""
    folder = tmp_path_factory.mktemp("source") / "voices"
    folder.mkdir()
    for number in range(3):
        demo_speech(folder / f"v{number}.wav", 3.0 + number)
    words = [{"word": word, "start": 0.5 + 0.4 * at, "end": 0.8 + 0.4 * at} for at, word in enumerate(("no", "never"))]
    for number in range(3):
        (folder / f"v{number}.json").write_text(json.dumps({"language": "en", "words": words}))
    (folder / "v1.json").write_text("{")
    return folder


@pytest.fixture(scope="module")
def made(voices: Path) -> Iterator[Dataset]:
    make(voices, voices.parent / "set")
    yield Dataset.open(voices.parent / "set")


def test_the_sets_own_sound_gives_its_motion(made: Dataset, voices: Path) -> None:
    clips = [clip for clip in made.clips if "sound" in clip.about]
    assert clips
    assert {clip.split for clip in clips} == {"train"}, "what is held out is heard as it is"
    for clip in clips[:2]:
        style = Style(**clip.about["person"]["numbers"])
        words = voices / f"{Path(clip.source).stem}.json"
        said = None
        if clip.about.get("words") == words.name:
            said = _scaled_words(words, 1.0 / clip.about["time_scale"], words.parent.parent / "scaled.json")
        seed = clip.about["person"]["seed"]
        take = gesta.load("procedural").speak(made.folder / clip.speech, seed=seed, style=style, words=said)
        rows = np.concatenate(list(Representation().encode(take.motion).values()), axis=1)
        assert np.allclose(made.rows(clip), rows, atol=2e-5)


def _scaled_words(path: Path, scale: float, target: Path) -> Path:
    table = json.loads(path.read_text())
    for word in table["words"]:
        word |= {"start": word["start"] / scale, "end": word["end"] / scale}
    target.write_text(json.dumps(table))
    return target


def test_every_take_is_a_person_of_its_own_between_two_styles(made: Dataset) -> None:
    people = [clip.about["person"] for clip in made.clips]
    assert len({person["seed"] for person in people}) == len(people)
    assert {clip.speaker for clip in made.clips} == {"calm", "lively"}
    assert all(0.0 <= person["share"] <= 0.5 for person in people)
    for person in people:
        mixed = blend(style_from(person["style"]), style_from(person["with"]), person["share"])
        assert mixed == Style(**person["numbers"])


def test_words_beside_call_for_strokes(made: Dataset) -> None:
    causes = {clip.id: made.labels(clip) for clip in made.clips}
    used = [clip for clip in made.clips if clip.about.get("words", "").endswith(".json")]
    assert {Path(clip.source).stem for clip in used} == {"v0", "v2"}
    called = [np.any(causes[clip.id][f"{hand}_cause"] == "content") for clip in used for hand in ("left", "right")]
    assert any(called)
    assert sum(clip.about["content_strokes"] for clip in used) > 0
    broken = next(clip for clip in made.clips if Path(clip.source).stem == "v1")
    assert broken.about["words"].startswith("not used")
    assert broken.about["content_strokes"] == 0
    assert set(causes[used[0].id]) == {f"{hand}_{kind}" for hand in ("left", "right") for kind in broken.labels}


def test_hours_of_speech_stand_beside_hours_of_motion(made: Dataset) -> None:
    assert made.info.distinct_speech_hours == pytest.approx((3 + 4 + 5) / 3600, rel=0.02)
    assert made.info.motion_hours == pytest.approx(made.info.frames / 30 / 3600, rel=0.01)
    assert made.info.motion_hours > 3 * made.info.distinct_speech_hours
    card = (made.folder / "card.md").read_text()
    assert "hours of different speech" in card
    assert "| train | 8 |" in card


@pytest.mark.slow
def test_processes_make_no_difference_and_a_stopped_run_goes_on(
    made: Dataset, voices: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = everything_in(made.folder)
    make(voices, tmp_path / "two", workers=2)
    assert everything_in(tmp_path / "two") == whole
    with monkeypatch.context() as stopping:
        stopping.setattr("gesta.data.growing.ClipLine.line", _killed_at_third())
        with pytest.raises(Killed):
            make(voices, tmp_path / "stopped", workers=2)
    done = make(voices, tmp_path / "stopped")
    assert done.kept == 2
    assert everything_in(tmp_path / "stopped") == whole


def _killed_at_third() -> object:
    from gesta.data.listing import ClipLine

    line, calls = ClipLine.line, 0

    def killed(self: ClipLine) -> str:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise Killed
        return line(self)

    return killed


def test_a_copy_of_a_single_recording_hears_nothing_of_what_is_held_out(tmp_path: Path) -> None:
    settings = {"alterations": {"copies": 2}, "validation_share": 0.25}
    prepare(plan_source("synthetic", VOICE, settings), tmp_path / "set")
    dataset = Dataset.open(tmp_path / "set")
    assert [clip.split for clip in dataset.clips] == ["train", "validation", "train", "train"]
    first = dataset.clips[0]
    for clip in dataset.clips[2:]:
        assert clip.about["source_s"] == first.about["source_s"]
        assert clip.frames == pytest.approx(first.frames / clip.about["sound"]["speed"], abs=2)
