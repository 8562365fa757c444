"""A corpus for training: recordings held out by name, styles drawn for each recording, people whose numbers stray."""

from pathlib import Path

import numpy as np
import pytest

from gesta.data.clips import Dataset
from gesta.data.kinds import plan_source
from gesta.data.prepare import prepare
from gesta.data.synthetic_people import own_person
from gesta.data.traits import clip_traits
from gesta.errors import InputError
from gesta.procedural.style import style_from
from tests.cli.running import demo_speech

STYLES = ("still", "calm", "neutral", "lively", "host")


@pytest.fixture(scope="module")
def voices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus") / "voices"
    folder.mkdir()
    for name in ("ann_1", "ann_2", "ben_1", "cal_1"):
        demo_speech(folder / f"{name}.wav", 2.2)
    return folder


def settings(**changes: object) -> dict[str, object]:
    return {"styles": STYLES, "styles_each": 2, "people": True, "spread": 1.0, "validation_share": 0.0} | changes


def test_what_is_held_out_by_name_tests_and_nothing_else(voices: Path) -> None:
    plan = plan_source("synthetic", voices, settings(held_out=["ann_*"], alterations={"copies": 1}))
    assert {clip.source: clip.split for clip in plan.clips} == {
        "ann_1.wav": "test",
        "ann_2.wav": "test",
        "ben_1.wav": "train",
        "cal_1.wav": "train",
    }
    assert "ann_*" in plan.split_rule
    assert all("-a1" not in clip.id for clip in plan.clips if clip.split == "test")


def test_each_recording_and_copy_is_moved_in_styles_of_its_own(voices: Path) -> None:
    plan = plan_source("synthetic", voices, settings(alterations={"copies": 2}))
    chosen: dict[str, set[str]] = {}
    for clip in plan.clips:
        chosen.setdefault(clip.speech_name, set()).add(clip.speaker)
    assert len(chosen) == 12
    assert all(len(styles) == 2 for styles in chosen.values())
    assert len({frozenset(styles) for styles in chosen.values()}) > 3


def test_names_that_hold_nothing_out_are_refused(voices: Path) -> None:
    with pytest.raises(InputError, match=r"'dan_\*' is to be held out"):
        plan_source("synthetic", voices, settings(held_out=["dan_*"]))
    with pytest.raises(InputError, match="All recordings are held out"):
        plan_source("synthetic", voices, settings(held_out=["*"]))


def test_numbers_stray_within_their_limits_and_one_by_one() -> None:
    people = [own_person(STYLES, "neutral", f"take {number}", 1.0).style for number in range(300)]
    for name, low, high in (("energy", 0.0, 1.5), ("size", 0.0, 3.5), ("strokes", 0.0, 1.0), ("height_m", -0.25, 0.3)):
        values = np.array([getattr(style, name) for style in people])
        assert low <= values.min() < values.max() <= high
        assert values.std() > 0.02
    sizes, tempos = (np.array([getattr(style, name) for style in people]) for name in ("size", "tempo"))
    assert abs(np.corrcoef(sizes, tempos)[0, 1]) < 0.9, "what goes together in the presets must come apart"
    assert own_person(STYLES, "neutral", "take 1").style.energy == style_from("neutral").energy


def test_traits_are_those_that_moved_the_take(voices: Path, tmp_path: Path) -> None:
    for people in (True, False):
        folder = tmp_path / str(people)
        prepare(plan_source("synthetic", voices, settings(people=people, styles_each=1)), folder)
        dataset = Dataset.open(folder)
        found = clip_traits(dataset, dataset.clips, ("size", "seated"))
        for clip, row in zip(dataset.clips, found, strict=True):
            expected = clip.about["person"]["numbers"]["size"] if people else style_from(clip.speaker).size
            assert row.tolist() == pytest.approx([expected, 0.0])
    with pytest.raises(InputError, match="'shoe_size'"):
        clip_traits(dataset, dataset.clips, ("shoe_size",))
