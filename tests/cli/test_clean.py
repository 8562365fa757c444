"""`gesta speak --clean`: what is mended by default, and what the report says of it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gesta.api import load
from gesta.audio.read import speech_from_samples
from gesta.motion.rotations import angle_between
from gesta.motion.skeleton import skeleton
from gesta.units import SAMPLE_RATE
from tests.cli.running import gesta_run


def report_of(speech: Path, *options: str) -> dict[str, Any]:
    outcome = gesta_run("speak", speech, "--no-preview", "--formats", "npz", *options)
    assert outcome.status == 0, outcome
    report: dict[str, Any] = json.loads(outcome.files[-1].read_text())
    return report


def steps(report: dict[str, Any]) -> set[str]:
    return {name for name, taken in report["clean_up"]["steps"].items() if taken}


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ((), {"hands"}),
        (("--clean",), {"seams", "jitter", "limits", "feet", "hands"}),
        (("--model", "debug"), {"seams", "jitter", "limits", "feet", "hands"}),
    ],
)
def test_each_model_is_mended_as_it_needs(here: Path, speech: Path, options: tuple[str, ...], wanted: set[str]) -> None:
    report = report_of(speech, *options)
    assert steps(report) == wanted
    faults = report["clean_up"]["faults"]
    assert faults["hand_longest_frames"]["after"] <= 3
    assert set(faults["hand_depth_mm"]) == {"before", "after"}


@pytest.mark.parametrize("options", [("--no-clean",), ("--no-clean", "--model", "debug"), ("--look-ahead", "0.4")])
def test_what_is_not_wanted_or_comes_too_late_is_not_mended(here: Path, speech: Path, options: tuple[str, ...]) -> None:
    assert "clean_up" not in report_of(speech, *options)


def test_a_trained_model_idles_where_nobody_speaks() -> None:
    silence = speech_from_samples(np.zeros(4 * SAMPLE_RATE, np.float32), SAMPLE_RATE)
    found, raw = (load("debug").speak(silence, clean=clean).motion for clean in (True, False))
    idle = load("procedural").speak(silence, style="calm", energy=0.0, clean=False).motion
    arms = skeleton().indices(["left_shoulder", "left_elbow", "right_elbow"])
    assert angle_between(found.rotations[:, arms], idle.rotations[:, arms]).max() < 0.15
    assert angle_between(raw.rotations[:, arms], idle.rotations[:, arms]).max() > 0.3
