"""`gesta speak` for folders: names that never meet, bad files that stop nobody, finished ones kept, processes alike."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from gesta.cli import speaking_many
from gesta.cli.recordings import find_recordings
from gesta.errors import InputError
from gesta.motion.npz_read import read_npz
from tests.cli.running import demo_speech, everything_in, gesta_run

QUICK = ("--no-preview", "--formats", "npz", "--workers", "1")


@pytest.fixture
def talks(here: Path, speech: Path) -> Path:
    """A folder with recordings in folders, two of one name."""
    for name in ("talks/a/x.wav", "talks/b/x.wav", "talks/b/y.wav"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(speech.read_bytes())
    return Path("talks")


def folders(*named: str) -> list[str]:
    return [str(found.folder) for found in find_recordings([Path(name) for name in named], Path("out"))]


def test_results_lie_as_the_recordings_do(talks: Path) -> None:
    assert folders("talks") == ["out/a/x", "out/b/x", "out/b/y"]
    assert folders("talks/a/x.wav", "talks/b") == ["out/a/x", "out/b/x", "out/y"]
    assert folders("talks/b", "talks/a", "talks/a/x.wav") == ["out/b/x", "out/y", "out/a/x"]
    (talks / "b/y.mp3").touch()
    assert folders("talks/b") == ["out/x", "out/y.mp3", "out/y.wav"]
    assert folders("talks/b/y.wav") == ["out/y"]


def test_results_are_no_recordings(talks: Path) -> None:
    for name in ("out/film.mp4", "talks/b/film.mp4", "elsewhere/talk/preview.mp4", "elsewhere/talk.wav"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).touch()
    Path("elsewhere/talk/report.json").touch()
    found = [str(one.path) for one in find_recordings([Path()], Path("out"))]
    assert found == ["elsewhere/talk.wav", "talks/a/x.wav", "talks/b/film.mp4", "talks/b/x.wav", "talks/b/y.wav"]
    Path("empty").mkdir()
    with pytest.raises(InputError, match="'empty' holds no sound or video file"):
        find_recordings([Path("empty")], Path("out"))


def test_a_bad_recording_stops_nobody_and_is_named_at_the_end(talks: Path) -> None:
    (talks / "b/bad.wav").write_text("no sound")
    outcome = gesta_run("speak", talks, "-o", "out", *QUICK)
    assert outcome.status == 2
    said = outcome.stderr.splitlines()
    assert [line.split(":")[0] for line in said[:3]] == ["x", "x", "y"]
    assert said[3].startswith("failed: 'talks/b/bad.wav' ")
    assert said[4] == "4 recordings: 3 made, 1 failed."
    assert said[6].startswith("gesta: 1 of 4 recordings could not be spoken")
    assert len(outcome.files) == 9
    assert not Path("out/b/bad").exists()


def test_finished_recordings_are_kept_until_something_is_different(talks: Path, speech: Path) -> None:
    first = gesta_run("speak", talks, "-o", "out", *QUICK)
    times = {file: file.stat().st_mtime_ns for file in first.files}
    Path("out/b/y/motion.npz").unlink()
    demo_speech(talks / "a/x.wav", 0.5)
    second = gesta_run("speak", talks, "-o", "out", *QUICK)
    assert "3 recordings: 2 made, 1 kept from before." in second.stderr
    assert second.files == first.files
    made = {file.parent.as_posix() for file in first.files if file.stat().st_mtime_ns != times[file]}
    assert made == {"out/a/x", "out/b/y"}
    assert read_npz("out/a/x/motion.npz").frame_count == 15
    for options, count in (((), 0), (("--seed", "1"), 3), (("--seed", "1"), 0), (("--seed", "1", "--again"), 3)):
        outcome = gesta_run("speak", talks, "-o", "out", *QUICK, *options)
        assert (f"{count} made" in outcome.stderr) == (count > 0)


def test_a_style_file_that_changed_is_another_style(here: Path, speech: Path) -> None:
    for size, kept in ((1.5, False), (1.5, True), (2.0, False)):
        Path("mine.toml").write_text(f"size = {size}\n")
        outcome = gesta_run("speak", speech, *QUICK, "--style", "mine.toml")
        assert outcome.status == 0
        assert ("kept" in outcome.stderr) == kept


def test_what_was_asked_is_in_the_report(here: Path, speech: Path) -> None:
    assert gesta_run("speak", speech, *QUICK, "--style", "calm", "--energy", "0.5").status == 0
    asked = json.loads(Path("gesta_out/speech/report.json").read_text())["asked"]
    assert (asked["style"], asked["energy"], asked["seed"], asked["formats"]) == ("calm", 0.5, 0, ["npz"])
    assert len(asked["fingerprint"]) == 64


def test_words_are_for_one_recording(talks: Path) -> None:
    outcome = gesta_run("speak", talks, *QUICK, "--words", "words.csv")
    assert outcome.status == 2
    assert "--words is for one recording at a time" in outcome.stderr
    assert not Path("gesta_out").exists()


def test_there_is_a_process_per_core_where_memory_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    class Loaded:
        model = None

    monkeypatch.setattr(speaking_many, "core_count", lambda: 8)
    some = ((100, 64e9, 8), (3, 64e9, 1), (9, 64e9, 2), (100, 2.5e9, 2), (100, 1e6, 1), (100, None, 8))
    for recordings, memory, wanted in some:
        monkeypatch.setattr(speaking_many, "available_memory_bytes", lambda memory=memory: memory and int(memory))
        assert speaking_many.workers_for(recordings, Loaded()) == wanted  # type: ignore[arg-type]


def test_the_bar_of_a_recording_never_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaking_many, "TOLD_EVERY_S", 0.0)
    told: list[float] = []
    report = speaking_many.stages(told.append, 2)
    for take in ("1 of 2", "2 of 2"):
        for stage in ("hearing", "moving", "hearing", "writing", "drawing", "measuring"):
            report(f"{stage}, take {take}", 1, 2)
            report(f"{stage}, take {take}", 2, 2)
    assert told == sorted(told)
    assert told[0] < 0.1
    assert 0.95 < told[-1] <= 1.0


@pytest.fixture
def one_thread() -> Iterator[None]:
    """As many threads as each of several processes has: sums over more of them are rounded otherwise."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.slow
@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("model", ["procedural", "debug"])
def test_two_processes_make_the_same_as_one(talks: Path, model: str) -> None:
    (talks / "b/bad.wav").write_text("no sound")
    for workers in ("1", "2"):
        options = ("--model", model, "--no-preview", "--formats", "npz", "-o", f"out{workers}", "--workers", workers)
        outcome = gesta_run("speak", talks, *options)
        assert outcome.status == 2
        assert "4 recordings: 3 made, 1 failed." in outcome.stderr
        assert ("in each of 2 processes" in outcome.stderr) == (workers == "2")
    for name in ("a/x", "b/x", "b/y"):
        assert Path("out1", name, "motion.npz").read_bytes() == Path("out2", name, "motion.npz").read_bytes()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_stopped_in_the_middle_nothing_is_half_written(here: Path, stop: signal.Signals) -> None:
    # What draws is compiled on a machine's first run, and whoever compiles cannot stop.
    assert gesta_run("speak", demo_speech(Path("warm.wav"), 0.2), "-o", "warm").status == 0
    for number in range(4):
        demo_speech(Path(f"talks-{number}.wav"), 9.0)
    command = [sys.executable, "-m", "gesta", "speak", str(here), "-o", "takes", "--workers", "2"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    until = time.monotonic() + 240
    while not list(Path("takes").glob("*/.gesta-*.partial/.*.mp4")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.02)
    # Ctrl-C comes to every process of the terminal, other requests to the one that was started.
    (os.killpg if stop == signal.SIGINT else os.kill)(process.pid, stop)
    _, said = process.communicate(timeout=150)
    assert process.returncode == {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGKILL: -9}[stop]
    assert "Traceback" not in said
    until = time.monotonic() + 60
    while (left := [path for path in everything_in(Path("takes")) if ".gesta-" in path]) and time.monotonic() < until:
        time.sleep(0.1)
    assert left == []
    for report in Path("takes").glob("*/report.json"):
        assert all((report.parent / name).is_file() for name in json.loads(report.read_text())["files"])
