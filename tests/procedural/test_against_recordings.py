"""The procedural speaker against real recordings: its floor, and its mouth beside recorded ones."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not DATA.is_dir(), reason="the recordings of ../shared/data are not here"),
]


def run(program: str, folder: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "runs" / program, DATA / folder, *options]
    return subprocess.run(command, capture_output=True, text=True)


def test_the_floor_is_met() -> None:
    result = run("procedural_floor.py", "speech", "--seconds", "40")
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_mouth_follows_recorded_faces_in_time() -> None:
    result = run("mouth_against_faces.py", "face")
    at = {int(lag): float(r) for lag, r in re.findall(r"lag\s+([+-]\d+) ms  r ([\d.]+)", result.stdout)}
    assert max(at, key=lambda lag: at[lag]) in (-33, 0, 33)
    assert at[0] > 0.7
