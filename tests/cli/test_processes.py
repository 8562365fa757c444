"""What only a process of its own can show: a full disk, Ctrl-C, SIGTERM and SIGKILL leave nothing half written."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.running import demo_speech, everything_in, gesta_run

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and limits")]

FULL_DISK = """
import os, resource, sys
from gesta.cli import main

def run(limit, *arguments):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        main(arguments)
    except SystemExit as end:
        sys.stderr.write(f"status {end.code}\\n")

speech = sys.argv[1]
drawn = ["--formats", "npz", "--size", "640x640"]
run(resource.RLIM_INFINITY, "speak", speech, "-o", "warm", *drawn)
motion, film = (os.path.getsize(f"warm/speech/{name}") for name in ("motion.npz", "preview.mp4"))
assert film > 1.2 * motion, (film, motion)
run(motion // 2, "speak", speech, "-o", "old", "--no-preview")
run(motion // 2, "speak", speech, "-o", "new", "--no-preview")
run(motion + 1000, "speak", speech, "-o", "old", *drawn)
run(1000, "inspect", speech, "-o", "seen.png")
"""


def test_a_full_disk_leaves_old_results_whole_and_no_new_ones(here: Path, speech: Path) -> None:
    Path("old/speech").mkdir(parents=True)
    for name in ("motion.npz", "preview.mp4", "report.json", "notes.txt"):
        Path("old/speech", name).write_text("from last week")
    before = everything_in(Path("old"))
    found = subprocess.run([sys.executable, "-c", FULL_DISK, speech], capture_output=True, text=True, timeout=120)
    assert found.returncode == 0, found.stderr
    # Where the kernels have to be compiled first, the run takes long enough to tell how far it is.
    cost, done, *said = [line for line in found.stderr.splitlines() if not line.endswith(" s left")]
    assert (cost.split(":")[0], done) == ("speech", "status 0"), found.stderr
    assert said[1::2] == ["status 2"] * 4, found.stderr
    assert all(line.startswith("gesta: ") and "file too large" in line.lower() for line in said[::2]), said
    assert ".gesta-" not in found.stderr, "temporary names mean nothing to anybody"
    assert everything_in(Path("old")) == before
    assert sorted(path.name for path in here.iterdir()) == ["old", "warm"]


def started_drawing(folder: Path) -> subprocess.Popen:
    """A run that is in the middle of drawing its film."""
    speech = demo_speech(Path(f"{folder.name}.wav"), 8.0)
    command = [sys.executable, "-m", "gesta", "speak", str(speech), "-o", str(folder.parent)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    # The first run on a machine compiles for some 15 s, and much longer where it has to share it.
    until = time.monotonic() + 240
    while not list(folder.glob(".gesta-*.partial/.*.mp4")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.02)
    return process


def test_ctrl_c_in_a_new_folder_leaves_no_folder(here: Path) -> None:
    process = started_drawing(Path("takes/talk"))
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 130
    assert said.splitlines()[-1] == "gesta: stopped; nothing is left half written."
    assert "Traceback" not in said
    assert sorted(everything_in(here)) == ["talk.wav"]


def test_a_request_to_end_leaves_old_results_whole(here: Path) -> None:
    folder = Path("takes/talk")
    folder.mkdir(parents=True)
    (folder / "motion.npz").write_text("from last week")
    process = started_drawing(folder)
    process.terminate()
    _, said = process.communicate(timeout=120)
    assert process.returncode == 143
    assert "Traceback" not in said
    assert everything_in(folder) == {"motion.npz": b"from last week"}


def test_killed_leaves_a_hidden_folder_that_the_next_run_removes(here: Path) -> None:
    folder = Path("takes/talk")
    process = started_drawing(folder)
    process.kill()
    process.communicate(timeout=120)
    assert [path.name.startswith(".gesta-") for path in folder.iterdir()] == [True]
    demo_speech(Path("talk.wav"), 0.5)
    assert gesta_run("speak", "talk.wav", "-o", "takes", "--no-preview").status == 0
    assert sorted(everything_in(folder)) == ["motion.bvh", "motion.npz", "plan.json", "report.json"]


def test_nobody_reads_the_output() -> None:
    command = f"{sys.executable} -m gesta version | true"
    found = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)
    assert found.stderr == ""
