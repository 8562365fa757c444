"""Preparing: what comes out is what went in, a stopped run goes on to the same bytes, broken clips are left out."""

from pathlib import Path

import numpy as np
import pytest

from gesta.data import building
from gesta.data.clips import Dataset
from gesta.data.plans import DatasetPlan, whole_clip
from gesta.data.prepare import prepare
from gesta.errors import InputError, OutputError
from gesta.locking import locked
from gesta.motion.representation import Representation
from gesta.motion.rotations import angle_between
from tests.cli.running import everything_in
from tests.data.making import in_pieces, made_plan, made_speech, planned
from tests.data.stopping import Killed, flushes_survived
from tests.motion.moving import made_motion

STROKES = (np.arange(90) % 30 < 10).astype(np.float32)


def broken() -> None:
    raise InputError("the file is damaged.")


def varied_plan(**changes: object) -> DatasetPlan:
    """Three good clips, one in pieces with strokes, and a broken one."""
    long = made_motion(90, seed=2)
    clips = [
        planned("one", made_motion(70, seed=1)),
        planned("two", made_motion(50), "validation", "bob", broken),
        planned("three", long, load=lambda: in_pieces(long, (30, 30, 30), STROKES)),
        planned("four", made_motion(40, seed=3), "validation", "bob"),
    ]
    return made_plan(clips, strokes=True, **changes)


def test_a_data_set_holds_what_the_clips_are(tmp_path: Path) -> None:
    plan = varied_plan()
    done = prepare(plan, tmp_path / "set")
    assert (done.made, done.kept, done.left_out) == (3, 0, {"two": "the file is damaged."})
    dataset = Dataset.open(tmp_path / "set")
    assert (dataset.info.clips, dataset.info.frames, dataset.info.skipped) == (3, 200, ("two",))
    assert [clip.id for clip in dataset.clips] == ["one", "three", "four"]
    assert [clip.id for clip in dataset.split("validation")] == ["four"]
    assert [clip.speaker_index for clip in dataset.clips] == [0, 0, 1]
    representation = Representation()
    motions = (made_motion(70, seed=1), made_motion(90, seed=2), made_motion(40, seed=3))
    for clip, motion in zip(dataset.clips, motions, strict=True):
        parts, real = dataset.window(clip, 0, clip.frames)
        assert real.all()
        for part, channels in representation.encode(motion).items():
            assert np.array_equal(parts[part], channels)
        again = dataset.motion(clip)
        assert angle_between(again.rotations, motion.rotations).max() < 1e-5
        assert np.array_equal(again.translation, motion.translation)
    assert np.array_equal(dataset.strokes(dataset.clips[1]), STROKES)
    assert not dataset.strokes(dataset.clips[0]).any()
    speech = dataset.speech(dataset.clips[1])
    assert speech.sha256 == made_speech(90).sha256
    assert speech.frame_count == 90
    assert np.concatenate(list(speech.source.blocks())).shape == (speech.sample_count,)


def test_the_longer_of_motion_and_sound_is_cut(tmp_path: Path) -> None:
    motion = made_motion(100)
    clips = [
        planned("short", motion, load=lambda: whole_clip(motion, made_speech(66))),
        planned("long", motion, load=lambda: whole_clip(motion, made_speech(150))),
        planned("seconds", motion, load=lambda: whole_clip(motion, made_speech(150), whole_seconds=True)),
    ]
    prepare(made_plan(clips), tmp_path / "set")
    dataset = Dataset.open(tmp_path / "set")
    assert [clip.frames for clip in dataset.clips] == [66, 100, 90]
    assert "motion lasted" in dataset.clips[0].notes[0]
    assert "sound lasted" in dataset.clips[1].notes[0]
    for clip in dataset.clips:
        assert dataset.speech(clip).frame_count == clip.frames
        parts, _ = dataset.window(clip, 0, clip.frames)
        assert np.array_equal(parts["upper"], Representation().encode(motion)["upper"][: clip.frames])


def test_a_run_stopped_at_any_moment_goes_on_to_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "SHARD_FRAMES", 100)
    plan = varied_plan()
    prepare(plan, tmp_path / "whole")
    whole = everything_in(tmp_path / "whole")
    assert sum(name.startswith("motion/") for name in whole) == 3, "a file for each clip, as two do not fit one"
    assert flushes_survived(lambda folder: prepare(plan, folder), tmp_path) > 20


def test_what_a_killed_run_left_is_cut_off(tmp_path: Path) -> None:
    plan = varied_plan()
    prepare(plan, tmp_path / "whole")
    whole = everything_in(tmp_path / "whole")

    def killed() -> None:
        raise Killed

    cut_short = made_plan(
        [*plan.clips[:3], planned("four", made_motion(40), "validation", "bob", killed)], strokes=True
    )
    folder = tmp_path / "killed"
    with pytest.raises(Killed):
        prepare(cut_short, folder)
    with pytest.raises(InputError, match="not finished"):
        Dataset.open(folder)
    for name, junk in (
        ("manifest.jsonl", b'{"id": "fou'),
        ("motion/shard-0000.npy", b"\1" * 5000),
        ("truth/shard-0000.npy", b"\2" * 5),
    ):
        with (folder / name).open("ab") as file:
            file.write(junk)
    (folder / "speech" / "four.flac").write_bytes(b"half a file")
    (folder / "speech" / ".four.0123.part.flac").write_bytes(b"half a file")
    (folder / ".dataset.0123.part.json").write_bytes(b"{")
    done = prepare(plan, folder)
    assert (done.made, done.kept) == (1, 2)
    assert everything_in(folder) == whole
    assert prepare(plan, folder).made == 0, "a finished set stays as it is"
    assert everything_in(folder) == whole


def test_a_folder_of_something_else_is_refused_and_stays(tmp_path: Path) -> None:
    prepare(varied_plan(), tmp_path / "set")
    before = everything_in(tmp_path / "set")
    for plan, reason in (
        (varied_plan(settings={"seeds": 2}), "another seeds"),
        (made_plan([planned("one", made_motion(40))], strokes=True), "source have changed"),
    ):
        with pytest.raises(InputError, match=reason):
            prepare(plan, tmp_path / "set")
    assert everything_in(tmp_path / "set") == before
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.txt").write_text("dear aunt")
    with pytest.raises(OutputError, match="no prepared data set"):
        prepare(varied_plan(), tmp_path / "letters")
    with pytest.raises(OutputError, match="no prepared data set"):
        prepare(varied_plan(), tmp_path / "letters" / "a.txt")


def test_where_nothing_can_be_used_nothing_is_written(tmp_path: Path) -> None:
    bad = made_plan([planned(name, made_motion(40), load=broken) for name in ("one", "two")])
    with pytest.raises(InputError, match="None of the 2 clips can be used; the first, one: the file is damaged"):
        prepare(bad, tmp_path / "set")
    with pytest.raises(InputError, match="nothing in 'nowhere'"):
        prepare(made_plan([]), tmp_path / "set")
    assert everything_in(tmp_path) == {}


def test_two_runs_do_not_write_at_once(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    with locked(tmp_path / "set"), pytest.raises(OutputError, match="Another run"):
        prepare(varied_plan(), tmp_path / "set")


def test_progress_counts_what_is_still_to_do(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    prepare(varied_plan(), tmp_path / "set", lambda _what, done, of: told.append((done, of)))
    assert told == [(0, 400), (100, 400), (200, 400), (300, 400), (400, 400)]
