"""BVH: our files are what other readers think they are, and other programs' files become our motion."""

from pathlib import Path

import numpy as np
import pytest

from gesta.errors import InputError, OutputError
from gesta.motion.bvh_names import match_names
from gesta.motion.bvh_parse import parse_bvh
from gesta.motion.bvh_read import read_bvh
from gesta.motion.bvh_write import write_bvh
from gesta.motion.face import ARKIT_INDEX
from gesta.motion.kinematics import forward
from gesta.motion.rotations import angle_between
from gesta.motion.skeleton import skeleton
from gesta.records import Motion
from tests.motion.foreign_bvh import Z_UP, Foreign, hanging_arms, write_foreign
from tests.motion.moving import made_motion

pybvh = pytest.importorskip("pybvh")


def positions(motion: Motion) -> np.ndarray:
    return forward(motion.rotations, motion.translation).positions


def same(first: Motion, second: Motion) -> None:
    assert angle_between(first.rotations, second.rotations).max() < 1e-5
    assert np.abs(positions(first) - positions(second)).max() < 1e-4


def test_our_file_comes_back_as_it_was(tmp_path: Path) -> None:
    motion = made_motion()
    found = read_bvh(write_bvh(motion, tmp_path / "a.bvh"))
    same(motion, found)
    assert found.parts == {"upper", "hands", "lower", "translation"}
    assert found.provenance["notes"] == []


def test_an_independent_reader_sees_the_same_places(tmp_path: Path) -> None:
    motion = made_motion().replaced(face=np.zeros((40, 52), np.float32))
    clip = pybvh.read_bvh_file(write_bvh(motion, tmp_path / "a.bvh"))
    order = skeleton().indices(clip.joint_names)
    assert len(order) == 55
    assert clip.frame_count == 40
    assert clip.fps == pytest.approx(30.0, abs=1e-4)
    assert np.abs(clip.joint_positions() / 100.0 - positions(motion)[:, order]).max() < 1e-4


def test_the_jaw_opens_with_its_weight_and_angles_never_jump(tmp_path: Path) -> None:
    face = np.zeros((2100, 52), np.float32)
    face[:, ARKIT_INDEX["jawOpen"]] = 1.0
    turning = np.zeros((2100, 55, 3))
    turning[:, 0, 1] = np.arange(2100) * 0.02  # round and round about the vertical, over two blocks of frames
    from gesta.motion.rotations import matrix_from_axis_angle

    motion = made_motion(2100).replaced(face=face, rotations=matrix_from_axis_angle(turning.astype(np.float32)))
    clip = parse_bvh(write_bvh(motion, tmp_path / "a.bvh"))
    columns = [
        (name, channel) for name, channels in zip(clip.names, clip.channels, strict=True) for channel in channels
    ]
    assert clip.frames[:, columns.index(("jaw", "Xrotation"))] == pytest.approx(np.full(2100, 18.0), abs=1e-4)
    yaw = clip.frames[:, columns.index(("pelvis", "Yrotation"))]
    assert yaw == pytest.approx(np.degrees(turning[:, 0, 1]), abs=1e-3)


@pytest.mark.parametrize(
    "how",
    [
        Foreign(),
        Foreign(order="ZYX", unit_m=1.0),
        Foreign(order="YXZ", unit_m=0.0254),
        Foreign(turns=hanging_arms(), order="ZXY"),
        Foreign(world=Z_UP, turns=hanging_arms()),
    ],
    ids=["Mixamo", "metres", "inches", "hanging arms", "z up"],
)
def test_other_programs_files_become_the_same_motion(tmp_path: Path, how: Foreign) -> None:
    motion = made_motion()
    found = read_bvh(write_foreign(motion, tmp_path / "a.bvh", how))
    same(motion, found)
    assert "MotionBuilder" in found.provenance["notes"][0]


def test_a_faster_file_is_resampled(tmp_path: Path) -> None:
    slow = made_motion(31)
    fast = slow.replaced(
        rotations=np.repeat(slow.rotations, 2, axis=0), translation=np.repeat(slow.translation, 2, axis=0),
        face=np.repeat(slow.face, 2, axis=0), contacts=None, attention=None,
    )  # fmt: skip
    found = read_bvh(write_foreign(fast, tmp_path / "a.bvh", Foreign(rate=60.0)))
    assert found.frame_count == 31
    same(slow, found)


def test_the_scale_can_be_said(tmp_path: Path) -> None:
    motion = made_motion()
    path = write_foreign(motion, tmp_path / "a.bvh", Foreign(unit_m=0.02))
    found = read_bvh(path, scale=0.02)
    assert np.abs(found.translation - motion.translation).max() < 1e-4
    assert not any("scaled" in note for note in found.provenance["notes"])
    with pytest.raises(InputError, match="up axis"):
        read_bvh(path, up="x")


def test_conventions_are_told_apart() -> None:
    poser = [
        "hip",
        "abdomen",
        "chest",
        "neck",
        "head",
        "lCollar",
        "lShldr",
        "lForeArm",
        "lHand",
        "lThigh",
        "lShin",
        "lFoot",
    ]
    name, found = match_names(poser, [-1, 0, 1, 2, 3, 2, 5, 6, 7, 0, 9, 10])
    assert name == "Biped"
    assert (found["left_shoulder"], found["left_collar"], found["left_knee"]) == (6, 5, 10)
    assert (found["spine1"], found["spine3"]) == (1, 2)
    names = ["Hips", "Spine", "Spine1", "Spine2", "Spine3", "Neck", "Neck1", "Head", "LeftShoulder", "LeftArm"]
    name, found = match_names(names, [-1, 0, 1, 2, 3, 4, 5, 6, 4, 8])
    assert name == "MotionBuilder"
    assert (found["spine1"], found["spine3"], found["neck"], found["head"]) == (1, 4, 5, 7)
    assert (found["left_collar"], found["left_shoulder"]) == (8, 9)


TEXT = """HIERARCHY
ROOT a
{
  OFFSET 0 0 0
  CHANNELS 3 Xrotation Yrotation Zrotation
  End Site
  {
    OFFSET 0 1 0
  }
}
MOTION
Frames: 2
Frame Time: 0.1
0 0 0
1 2 3
"""


def test_a_small_file_is_parsed(tmp_path: Path) -> None:
    path = tmp_path / "a.bvh"
    path.write_text(TEXT)
    clip = parse_bvh(path)
    assert (clip.names, clip.parents, clip.frame_time) == (("a",), (-1,), 0.1)
    assert clip.frames.tolist() == [[0, 0, 0], [1, 2, 3]]
    with pytest.raises(InputError, match="no person"):
        read_bvh(path)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("HIERARCHY", "hello", "line 1: a BVH file begins"),
        ("ROOT a", "ROOT", "line 2"),
        ("OFFSET 0 0 0", "OFFSET 0 x 0", "line 4: a number"),
        ("OFFSET 0 0 0", "OFFSET 0 0", "line 4: 3 numbers"),
        ("OFFSET 0 0 0", "WHAT", "line 4: 'WHAT'"),
        ("CHANNELS 3", "CHANNELS 4", "line 5"),
        ("CHANNELS 3 Xrotation Yrotation", "CHANNELS 3 Xrotation Xrotation", "line 5"),
        ("MOTION", "}\nMOTION", "closes nothing"),
        ("Frames: 2", "Frames: 0", "line 12"),
        ("Frames: 2", "Frames: 3", "line 15: 3 frames are announced, but 2"),
        ("Frames: 2", "Frames: 1", "but more are there"),
        ("Frames: 2", "Frames: 2000000", "too short"),
        ("Frame Time: 0.1", "Frame Time: 0", "line 13"),
        ("1 2 3", "1 2", "line 15: 3 numbers"),
        ("1 2 3", "1 nan 3", "line 15: 3 numbers"),
        ("1 2 3", "1 b 3", "line 15: a number"),
        ("1 2 3", "1 1e300 3", "line 15: 3 numbers"),
        (TEXT[20:], "", "line"),
    ],
)
def test_malformed_files_name_the_line(tmp_path: Path, old: str, new: str, reason: str) -> None:
    path = tmp_path / "bad.bvh"
    path.write_text(TEXT.replace(old, new, 1))
    with pytest.raises(InputError, match=reason) as caught:
        parse_bvh(path)
    assert "bad.bvh" in str(caught.value)


def test_a_rest_pose_that_is_no_person_is_refused(tmp_path: Path) -> None:
    flat = np.tile(np.eye(3), (55, 1, 1))
    for name in ("left_hip", "right_hip"):  # legs folded up beside the trunk
        flat[skeleton().index(name)] = flat[skeleton().index(name.replace("hip", "knee"))] = np.diag([1.0, -1.0, -1.0])
    path = write_foreign(made_motion(2), tmp_path / "a.bvh", Foreign(turns=flat))
    with pytest.raises(InputError, match="nobody stands"):
        read_bvh(path)


def test_a_sitting_body_of_unknown_height_has_no_floor(tmp_path: Path) -> None:
    motion = made_motion()
    found = read_bvh(write_bvh(motion.replaced(translation=motion.translation * [1, 0, 1]), tmp_path / "a.bvh"))
    assert not found.floor_known
    assert "floor is unknown" in found.provenance["notes"][0]
    with pytest.raises(InputError, match="scale"):
        read_bvh(tmp_path / "a.bvh", scale=-1.0)


def test_missing_files_and_folders_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read_bvh(tmp_path / "a.bvh")
    with pytest.raises(OutputError, match="Cannot write"):
        write_bvh(made_motion(2), tmp_path / "absent" / "a.bvh")
