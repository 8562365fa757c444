"""Data sets from strangers: whatever their files say, one sentence is the answer, and no path leads out."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gesta.data.clips import Dataset
from gesta.data.prepare import prepare
from gesta.errors import InputError
from tests.data.making import made_plan, planned
from tests.motion.moving import made_motion


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    clips = [planned("one", made_motion(40)), planned("two", made_motion(30), "test", "bob")]
    prepare(made_plan(clips), tmp_path / "set")
    return tmp_path / "set"


def change_record(folder: Path, **changes: object) -> None:
    lines = (folder / "manifest.jsonl").read_text().splitlines()
    lines[1] = json.dumps(json.loads(lines[1]) | changes)
    (folder / "manifest.jsonl").write_text("\n".join(lines) + "\n")


def change_info(folder: Path, **changes: object) -> None:
    path = folder / "dataset.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"speech": "../../etc/passwd"}, "'speech'"),
        ({"speech": "/etc/passwd"}, "'speech'"),
        ({"speech": "speech/../../x.flac"}, "'speech'"),
        ({"speech": "speech/a/b.flac"}, "'speech'"),
        ({"id": "../one"}, "'id'"),
        ({"id": "a" * 121}, "'id'"),
        ({"id": "one"}, "there twice"),
        ({"split": "training"}, "'split'"),
        ({"speaker": "eve"}, "'eve' is not number 1"),
        ({"speaker_index": 7}, "not number 7"),
        ({"speaker_index": -1}, "'speaker_index'"),
        ({"frames": 0}, "'frames'"),
        ({"frames": 31}, "do not last 31 frames"),
        ({"frames": 60_000_000, "speech_samples": 32_000_000_000}, "lacks rows of the clip 'two'"),
        ({"first_row": 41}, "lacks rows of the clip 'two'"),
        ({"first_row": 2**63}, "lacks rows of the clip 'two'"),
        ({"shard": 1}, "no such file"),
        ({"shard": "0/../../x"}, "'shard'"),
        ({"parts": ["tail"]}, "'parts.0'"),
        ({"parts": []}, "no part that is real"),
        ({"strokes": True}, "tells of strokes"),
        ({"speech_sha256": "abc"}, "'speech_sha256'"),
        ({"colour": "red"}, "'colour'"),
    ],
    ids=str,
)
def test_a_record_that_does_not_fit(folder: Path, changes: dict[str, object], reason: str) -> None:
    change_record(folder, **changes)
    with pytest.raises(InputError, match=reason):
        Dataset.open(folder)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"hello\n", "line 3: the line is no JSON"),
        (b"\xff\xfe\n", "line 3: the line is no JSON"),
        (b"[1, 2]\n", "line 3: the line is no record"),
        (b"[" * 90_000 + b"\n", "line 3: the line is no JSON"),
        (b" " * 200_000 + b"\n", "line 3: the line is longer"),
        (b"{}\n", "'id' is missing"),
    ],
    ids=["words", "bytes", "list", "depth", "length", "empty"],
)
def test_a_line_that_is_no_record(folder: Path, line: bytes, reason: str) -> None:
    with (folder / "manifest.jsonl").open("ab") as file:
        file.write(line)
    with pytest.raises(InputError, match=reason):
        Dataset.open(folder)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"format_version": 2}, "another version"),
        ({"face_basis": "flame100"}, "channels"),
        ({"face_basis": "mask"}, "'face_basis'"),
        ({"channels": {"upper": 10**12}}, "channels"),
        ({"frames_per_second": 60}, "'frames_per_second'"),
        ({"complete": False}, "not finished"),
        ({"clips": 3}, "has 2 of its 3 clips"),
        ({"speakers": ["bob", "ann"]}, "is not number"),
        ({"colour": "red"}, "'colour'"),
    ],
    ids=str,
)
def test_a_description_that_does_not_fit(folder: Path, changes: dict[str, object], reason: str) -> None:
    change_info(folder, **changes)
    with pytest.raises(InputError, match=reason):
        Dataset.open(folder)


def shorten(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-4])


def widen(path: Path) -> None:
    np.save(path, np.zeros((70, 5), np.float32))


@pytest.mark.parametrize("damage", [shorten, widen, Path.unlink])
def test_rows_of_the_wrong_size(folder: Path, damage: Callable[[Path], None]) -> None:
    damage(folder / "motion" / "shard-0000.npy")
    with pytest.raises(InputError, match="shard-0000"):
        Dataset.open(folder)


def test_what_is_no_data_set(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(InputError, match="no prepared data set"):
        Dataset.open(tmp_path / "absent")
    (folder / "dataset.json").write_text("{")
    with pytest.raises(InputError, match="is not JSON"):
        Dataset.open(folder)


def test_splits_have_names(folder: Path) -> None:
    dataset = Dataset.open(folder)
    assert [clip.id for clip in dataset.split("train", "test")] == ["one", "two"]
    with pytest.raises(InputError, match="did you mean validation"):
        dataset.split("validaton")
    with pytest.raises(InputError, match="no clip for validation"):
        dataset.split("validation")
