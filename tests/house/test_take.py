"""Saving a take: all of its files or none, old ones whole, nothing of anybody else touched."""

import json
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import gesta
from gesta.avatar.formats import FORMATS, PLANNED_FORMATS, Format, check_formats
from gesta.errors import InputError, OutputError
from gesta.motion.writing_together import replacing_together
from gesta.take import Preview, Take


@pytest.fixture(scope="module")
def take() -> Take:
    noise = np.random.default_rng(0).normal(0, 0.1, 8000).astype(np.float32)
    return gesta.load("procedural").speak(noise, sample_rate=16_000)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_every_file_is_there_and_named(take: Take, tmp_path: Path) -> None:
    files = take.save(tmp_path / "a" / "b", formats=("npz", "bvh"), preview=Preview((64, 64)))
    assert [file.name for file in files] == ["motion.npz", "motion.bvh", "preview.mp4", "plan.json", "report.json"]
    assert names_in(tmp_path / "a" / "b") == sorted(file.name for file in files)
    report = json.loads(files[-1].read_text(encoding="utf-8"))
    assert report["files"] == [file.name for file in files]
    assert report["face"]["basis"] == "arkit52"


def test_the_report_says_what_a_preview_leaves_out(take: Take) -> None:
    flame = take.motion.replaced(face=np.zeros((take.motion.frame_count, 100)), face_basis="flame100")
    assert "not drawn" in replace(take, motion=flame).summary()["face"]["preview"]


def test_progress_is_told(take: Take, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    take.save(tmp_path, preview=Preview((64, 64)), progress=lambda *news: told.append(news))
    assert {what for what, _, _ in told} == {"writing", "drawing", "measuring"}
    assert all(0 <= done <= of for _, done, of in told)


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, OSError, ZeroDivisionError])
@pytest.mark.parametrize("old", [True, False], ids=["old", "new"])
def test_stopped_in_the_middle_all_is_as_it_was(
    take: Take, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: type[BaseException], old: bool
) -> None:
    folder = tmp_path / "deep" / "results"
    if old:
        take.save(folder, formats=("npz",), preview=None)
        (folder / "mine.txt").write_text("mine")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    def stopped(_motion: object, path: Path, _wearing: object) -> None:
        path.write_text("half")
        raise stop

    monkeypatch.setitem(FORMATS, "bvh", Format(".bvh", stopped))
    with pytest.raises(OutputError if stop is OSError else stop):
        take.save(folder, formats=("npz", "bvh"), preview=None)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert folder.exists() == old
    assert (tmp_path / "deep").exists() == old


def test_a_report_that_is_not_strict_json_is_never_written(take: Take, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        take.save(tmp_path / "a", preview=None, report={"cost": float("nan")})
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_the_way_is_said_before_the_work(take: Take, tmp_path: Path) -> None:
    (tmp_path / "report.json").mkdir()
    began: list[str] = []
    with pytest.raises(OutputError, match=r"report.json' is a folder"):
        take.save(tmp_path, preview=None, progress=lambda what, _done, _of: began.append(what))
    assert (began, names_in(tmp_path)) == ([], ["report.json"])


def test_messages_name_the_users_folder_and_the_reason(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    reason = r"results cannot be written to .*file.inside.*\(not a directory\)"
    with pytest.raises(OutputError, match=reason), replacing_together(tmp_path / "file" / "inside"):
        raise AssertionError("nothing may begin")


def partial_folders(folder: Path) -> list[Path]:
    return list(folder.glob(".gesta-*.partial"))


def test_what_a_killed_run_left_is_removed_and_what_a_live_one_holds_stays(tmp_path: Path) -> None:
    left = tmp_path / ".gesta-abc.partial"
    left.mkdir()
    (left / "motion.npz").write_text("half")
    (tmp_path / ".gesta-file.partial").write_text("no folder, not ours")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").touch()
    (tmp_path / ".gesta-link.partial").symlink_to(elsewhere)
    with replacing_together(tmp_path) as first:
        assert not left.exists()
        (first / "a").write_text("1")
        with replacing_together(tmp_path) as second:
            (second / "b").write_text("2")
        assert (first / "a").exists()
    assert (elsewhere / "precious").exists()
    assert {path.name for path in partial_folders(tmp_path)} == {".gesta-file.partial", ".gesta-link.partial"}
    assert ((tmp_path / "a").read_text(), (tmp_path / "b").read_text()) == ("1", "2")


def test_ctrl_c_while_files_move_into_place_waits_until_all_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def interrupted(path: Path, target: Path) -> Path:
        signal.raise_signal(signal.SIGINT)
        return replace(path, target)

    def write_two() -> Iterator[None]:
        with replacing_together(tmp_path) as beside:
            for name in ("a", "b"):
                (beside / name).write_text(name)
            monkeypatch.setattr(Path, "replace", interrupted)
            yield

    handler = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        list(write_two())
    assert names_in(tmp_path) == ["a", "b"]
    assert signal.getsignal(signal.SIGINT) is handler


def test_formats_are_checked_by_name() -> None:
    assert check_formats(["npz", "bvh", "npz"]) == ["npz", "bvh"]
    for name in PLANNED_FORMATS:
        with pytest.raises(InputError, match="not in this version"):
            check_formats([name])
    with pytest.raises(InputError, match="did you mean bvh"):
        check_formats(["bhv"])
