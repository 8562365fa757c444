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
    assert at[0] > 0.78
    ours, recorded = (
        [float(number) for number in re.findall(rf"{name} +jaw.*% ([\d.]+)/([\d.]+)/([\d.]+)", result.stdout)[0]]
        for name in ("ours", "recorded")
    )
    assert ours == pytest.approx(recorded, abs=0.05)
    closings = re.search(r"met ([\d.]+) \(chance ([\d.]+)\)", result.stdout)
    assert closings is not None
    assert float(closings[1]) > 2 * float(closings[2])


def test_live_with_a_tenth_of_a_second_the_mouth_is_nearly_as_good() -> None:
    result = run("mouth_against_faces.py", "face", "--look-ahead", "0.1")
    at = {int(lag): float(r) for lag, r in re.findall(r"lag\s+([+-]\d+) ms  r ([\d.]+)", result.stdout)}
    assert max(at, key=lambda lag: at[lag]) in (-33, 0, 33)
    assert at[0] > 0.75
