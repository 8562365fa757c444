"""The report: everything in one call, None where something cannot be measured, ready for JSON."""

import json

import numpy as np
import pytest

from gesta.audio.read import speech_from_samples
from gesta.errors import InputError
from gesta.metrics.motion import measure
from gesta.metrics.motion.__main__ import main
from gesta.metrics.motion.table import markdown_table
from gesta.motion.npz import write_npz
from gesta.motion.reading import read_motion
from gesta.records import Motion
from gesta.units import SAMPLE_RATE
from tests.motion.moving import made_motion


def swelling(seconds: float) -> np.ndarray:
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (0.3 * np.sin(2 * np.pi * 200 * time) * (1 - np.cos(2 * np.pi * 3 * time)) / 2).astype(np.float32)


def test_a_take_with_speech_has_everything() -> None:
    motion = made_motion(300, seed=2)
    report = measure(motion, speech_from_samples(swelling(10.0), SAMPLE_RATE))
    assert report.hand_alignment is not None
    assert report.head_alignment is not None
    assert report.foot_slide is not None
    assert report.limits.joint_frames > 0, "random joints are beyond people's limits"
    assert json.loads(json.dumps(report.to_dict()))["frames"] == 300
    assert "wrist speed" in markdown_table({"a": report, "b": measure(motion)})


def test_a_single_frame_and_absent_parts_are_measured_as_far_as_can_be() -> None:
    alone = measure(made_motion(1), speech_from_samples(swelling(1.0), SAMPLE_RATE))
    assert alone.hand_alignment is None
    assert alone.hands is not None
    assert alone.hands.speed_m_s is None
    assert alone.hands.activity is None
    assert alone.angular_speeds_deg_s is None
    face_only = measure(made_motion(60).replaced(parts=frozenset({"face"})))
    assert (face_only.hands, face_only.trunk, face_only.foot_slide, face_only.root_drift) == (None,) * 4
    json.dumps(alone.to_dict())
    json.dumps(face_only.to_dict())
    assert "-" in markdown_table({"face": face_only})


def test_measures_within_the_body_do_not_depend_on_where_it_stands_and_faces() -> None:
    motion = made_motion(120)
    turn = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]], np.float32)
    rotations = motion.rotations.copy()
    rotations[:, 0] = turn @ rotations[:, 0]
    moved: Motion = motion.replaced(rotations=rotations, translation=motion.translation @ turn.T + [3.0, 0.0, 1.0])
    here, there = measure(motion).hands, measure(moved).hands
    assert here is not None
    assert there is not None
    assert there.speed_m_s == pytest.approx(dict(here.speed_m_s or {}), rel=1e-3)
    assert there.height["left"] == pytest.approx(here.height["left"], rel=1e-3)


def test_the_command_writes_a_table(tmp_path: object, capsys: pytest.CaptureFixture[str]) -> None:
    from pathlib import Path

    path = write_npz(made_motion(60), Path(str(tmp_path)) / "take.npz")
    assert main([str(path)]) == 0
    assert "| take | take |" in capsys.readouterr().out
    assert main([str(path) + "x"]) == 2
    assert "Cannot read" in capsys.readouterr().err
    assert main([]) == 2


def test_files_of_other_kinds_are_refused() -> None:
    with pytest.raises(InputError, match=r"\.npz or a \.bvh"):
        read_motion("a.fbx")
