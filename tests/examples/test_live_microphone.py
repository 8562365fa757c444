"""The example for live sound: samples through a pipe, a line of JSON for each frame."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gesta.motion.skeleton import skeleton
from tests.live.voices import demo_voice, samples_of

EXAMPLE = Path(__file__).parents[2] / "examples" / "live_microphone.py"


def run(*options: str, sound: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, str(EXAMPLE), "--model", "procedural", *options]
    return subprocess.run(command, input=sound, capture_output=True)


@pytest.mark.slow
def test_a_line_for_each_frame_comes_out_of_a_pipe() -> None:
    sound = (samples_of(demo_voice(), 1.5) * 32767).astype("<i2").tobytes()
    done = run("--look-ahead", "0.2", sound=sound)
    assert done.returncode == 0, done.stderr
    assert b"0.33 s after its sound" in done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["frame"] for line in lines] == list(range(45))
    assert lines[30]["time_s"] == pytest.approx(1.0)
    assert set(lines[0]["rotations"]) == set(skeleton().names)
    assert np.shape(list(lines[0]["rotations"].values())) == (55, 3)
    assert 0.5 < lines[0]["translation"][1] < 1.5
    assert any("jawOpen" in line["face"] for line in lines)


@pytest.mark.slow
def test_what_it_cannot_do_is_one_sentence() -> None:
    done = run("--look-ahead", "0.01")
    assert done.returncode == 1
    assert b"look_ahead_s" in done.stderr
    assert b"Traceback" not in done.stderr
