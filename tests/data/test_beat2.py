"""BEAT2 as a source: speakers, splits and options, on a made-up folder and, where it is, on the real take."""

from pathlib import Path

import numpy as np
import pytest

from gesta.data.clips import Dataset
from gesta.data.kinds import plan_source
from gesta.data.prepare import prepare
from gesta.data.windows import Windows
from gesta.errors import InputError
from gesta.motion.beat2 import NUMBERS, read_beat2, speaker_index
from gesta.motion.representation import Representation
from tests.data.making import DATA, write_beat2

TAKES = {
    "2_scott_0_1_1": ("test", 70),
    "2_scott_0_9_9": ("train", 100),
    "2_scott_0_56_56": ("val", 65),
    "2_scott_1_1_1": ("additional", 64),
    "28_tiffany_0_9_9": ("train", 80),
    "26_nobody_0_1_1": ("train", 64),
    "odd": ("train", 64),
}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_beat2(tmp_path / "beat", TAKES)


def test_speakers_have_the_places_of_the_released_models() -> None:
    assert sorted(map(speaker_index, NUMBERS)) == list(range(25))
    assert [speaker_index(number) for number in (1, 2, 7, 30, 9, 28, 27, 25)] == [0, 1, 6, 7, 8, 13, 18, 24]


def test_everything_but_the_additional_recordings(tmp_path: Path, source: Path) -> None:
    done = prepare(plan_source("beat2", source), tmp_path / "set")
    assert set(done.left_out) == {"26_nobody_0_1_1", "odd"}
    dataset = Dataset.open(tmp_path / "set")
    assert {clip.id: clip.split for clip in dataset.clips} == {
        "2_scott_0_1_1": "test",
        "2_scott_0_9_9": "train",
        "2_scott_0_56_56": "validation",
        "28_tiffany_0_9_9": "train",
    }
    assert {clip.speaker: clip.speaker_index for clip in dataset.clips} == {"2_scott": 1, "28_tiffany": 13}
    assert len(dataset.info.speakers) == 25
    assert dataset.info.face_basis == "flame100"
    assert "non-commercial" in dataset.clips[0].licence
    for clip in dataset.clips:
        motion = read_beat2(source / "smplxflame_30" / clip.source)
        parts, _ = dataset.window(clip, 0, clip.frames)
        for part, channels in Representation("flame100").encode(motion).items():
            assert np.array_equal(parts[part], channels)


def test_a_speaker_with_additional_recordings_in_whole_seconds(tmp_path: Path, source: Path) -> None:
    settings = {"speakers": [2], "additional": True, "whole_seconds": True}
    prepare(plan_source("beat2", source, settings), tmp_path / "set")
    dataset = Dataset.open(tmp_path / "set")
    assert {clip.id: clip.frames for clip in dataset.clips} == {
        "2_scott_0_1_1": 60,
        "2_scott_0_56_56": 60,
        "2_scott_0_9_9": 90,
        "2_scott_1_1_1": 60,
    }
    assert len(Windows(dataset, ("train", "additional"), length=60)) == 3


def test_takes_that_lack_something_are_left_out(tmp_path: Path, source: Path) -> None:
    (source / "smplxflame_30" / "2_scott_0_1_1.npz").unlink()
    (source / "smplxflame_30" / "2_scott_0_9_9.npz").write_bytes(b"no archive")
    table = source / "train_test_split.csv"
    table.write_text(table.read_text().replace("2_scott_0_56_56,val\n", ""))
    left_out = prepare(plan_source("beat2", source), tmp_path / "set").left_out
    assert "not there" in left_out["2_scott_0_1_1"]
    assert "not an npz file" in left_out["2_scott_0_9_9"]
    assert "does not say what it is for" in left_out["2_scott_0_56_56"]


def test_what_is_not_beat2_is_refused(tmp_path: Path, source: Path) -> None:
    with pytest.raises(InputError, match="not a BEAT2 folder"):
        plan_source("beat2", tmp_path)
    with pytest.raises(InputError, match="no speaker 8"):
        plan_source("beat2", source, {"speakers": [8]})
    (source / "train_test_split.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="no table of text"):
        plan_source("beat2", source)
    (source / "train_test_split.csv").unlink()
    with pytest.raises(InputError, match=r"lacks train_test_split\.csv"):
        plan_source("beat2", source)


@pytest.mark.skipif(not DATA.is_dir(), reason="the real take (../shared/data/beat2) is not here")
def test_the_real_take(tmp_path: Path) -> None:
    done = prepare(plan_source("beat2", DATA / "beat2"), tmp_path / "set")
    assert sorted(done.left_out) == ["2_scott_0_2_2", "2_scott_0_3_3", "2_scott_0_4_4"]
    dataset = Dataset.open(tmp_path / "set")
    (clip,) = dataset.clips
    assert (clip.id, clip.split, clip.frames, clip.speaker_index) == ("2_scott_0_1_1", "test", 1906, 1)
    assert any("approximate" in note for note in clip.notes)
    batch = Windows(dataset, "test").batch([0, 92])
    expected = Representation("flame100").encode(read_beat2(DATA / "beat2" / "smplxflame_30" / "2_scott_0_1_1.npz"))
    for part, channels in expected.items():
        assert np.array_equal(batch[f"motion.{part}"], np.stack([channels[:64], channels[1840:1904]]))
        assert batch[f"valid.{part}"].all()
