"""BEAT2 and SHOW: what their files mean, on made-up files and, where they are, on real ones."""

from pathlib import Path

import numpy as np
import pytest

from gesta.errors import InputError
from gesta.motion.beat2 import beat2_takes, read_beat2
from gesta.motion.hand_model import HandModel, read_hand_model
from gesta.motion.kinematics import forward, sole_positions
from gesta.motion.npz import read_npz, write_npz
from gesta.motion.reading import read_motion
from gesta.motion.rotations import angle_between, matrix_from_axis_angle
from gesta.motion.show import read_show
from gesta.motion.skeleton import skeleton

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
real = pytest.mark.skipif(not DATA.is_dir(), reason="the real takes (../shared/data) are not here")


def show_arrays(frames: int = 4) -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    sizes = {"body_pose_axis": 63, "jaw_pose": 3, "leye_pose": 3, "reye_pose": 3, "expression": 100}
    arrays = {name: random.normal(0, 0.2, (frames, size)).astype(np.float32) for name, size in sizes.items()}
    arrays["global_orient"] = np.tile(np.float32([np.pi, 0, 0]), (frames, 1, 1))
    arrays["transl"] = np.tile(np.float32([0.1, -0.2, -0.3]), (frames, 1))
    arrays |= {f"{side}_hand_pose": np.ones((frames, 12), np.float32) for side in ("left", "right")}
    return arrays | {"fps": np.array(30)}


def hand_model() -> HandModel:
    return HandModel(np.full(45, 0.1), np.full(45, 0.2), np.eye(45)[:12] * 0.5, np.eye(45)[:12] * 0.25)


def test_a_show_clip_is_turned_upright_and_its_floor_is_unknown(tmp_path: Path) -> None:
    arrays = show_arrays()
    np.savez(tmp_path / "clip.npz", **arrays)
    motion = read_show(tmp_path / "clip.npz")
    assert angle_between(motion.rotations[:, 0], np.eye(3)[None]).max() < 1e-5
    assert motion.translation[0] == pytest.approx([0.103, 0.551, 0.288], abs=1e-6)
    assert not motion.floor_known
    assert motion.parts == {"upper", "lower", "translation", "face"}
    assert np.array_equal(motion.rotations[:, 25:], np.tile(np.eye(3), (4, 30, 1, 1)))
    body = matrix_from_axis_angle(arrays["body_pose_axis"].reshape(4, 21, 3))
    assert np.allclose(motion.rotations[:, 1:22], body, atol=1e-6)
    assert np.allclose(motion.rotations[:, 22], matrix_from_axis_angle(arrays["jaw_pose"]), atol=1e-6)
    assert np.array_equal(motion.face, arrays["expression"])
    assert len(motion.provenance["notes"]) == 2


def test_show_hands_need_the_users_own_components(tmp_path: Path) -> None:
    np.savez(tmp_path / "clip.npz", **show_arrays())
    motion = read_motion(tmp_path / "clip.npz", hands=hand_model())
    assert "hands" in motion.parts
    left = np.full(45, 0.1)
    left[:12] += 0.5
    assert np.allclose(motion.rotations[0, 25:40], matrix_from_axis_angle(left.reshape(15, 3)), atol=1e-6)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"expression": None}, "lacks expression"),
        ({"jaw_pose": np.zeros((3, 3))}, "jaw_pose"),
        ({"left_hand_pose": np.zeros((4, 46))}, "left_hand_pose"),
        ({"transl": np.zeros((0, 3))}, "1 frame"),
        ({"transl": np.array(1.0)}, "1 frame"),
        ({"expression": np.full((4, 100), np.nan)}, "not finite"),
        ({"left_hand_pose": np.full((4, 12), None)}, "Python objects"),
    ],
)
def test_bad_show_clips_are_refused(tmp_path: Path, changes: dict[str, np.ndarray | None], reason: str) -> None:
    arrays = {name: value for name, value in (show_arrays() | changes).items() if value is not None}
    np.savez(tmp_path / "clip.npz", **arrays)
    with pytest.raises(InputError, match=reason):
        read_show(tmp_path / "clip.npz")


def test_the_users_hand_model_is_read_without_unpickling(tmp_path: Path) -> None:
    model = hand_model()
    np.savez(
        tmp_path / "SMPLX_NEUTRAL.npz",
        hands_meanl=model.left_mean, hands_meanr=model.right_mean,
        hands_componentsl=model.left_components, hands_componentsr=model.right_components,
        part2num=np.array({"an": "object"}, dtype=object),
    )  # fmt: skip
    found = read_hand_model(tmp_path / "SMPLX_NEUTRAL.npz")
    assert found.mean_hands == pytest.approx(model.mean_hands)
    np.savez(tmp_path / "other.npz", hands_meanl=np.zeros(45))
    with pytest.raises(InputError, match="lacks hands_meanr"):
        read_hand_model(tmp_path / "other.npz")


def test_a_folder_that_is_not_beat2_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a BEAT2 folder"):
        list(beat2_takes(tmp_path))


@real
def test_the_real_beat2_take(tmp_path: Path) -> None:
    takes = {take.name: take for take in beat2_takes(DATA / "beat2")}
    assert len(takes) == 4
    take = takes["2_scott_0_1_1"]
    assert (take.speaker, take.words is not None) == (2, True)
    assert take.motion is not None
    motion = read_beat2(take.motion)
    assert motion.frame_count == 1906
    assert (motion.face_basis, motion.parts) == ("flame100", {"upper", "hands", "lower", "translation", "face"})
    assert "approximate" in motion.provenance["notes"][0]
    lowest = sole_positions(motion.rotations, motion.translation)[..., 1].min(axis=1)
    assert np.median(lowest) == pytest.approx(0.0, abs=0.03), "feet stand on the floor at y = 0"
    again = read_npz(write_npz(motion, tmp_path / "a.npz"))
    assert angle_between(again.rotations, motion.rotations).max() < 1e-5
    assert np.array_equal(again.face, motion.face)


@real
def test_the_real_show_clips_sit_upright() -> None:
    for path in sorted((DATA / "show").glob("*.npz")):
        motion = read_show(path)
        places = forward(motion.rotations, motion.translation).positions
        head, pelvis = (places[:, skeleton().index(name)] for name in ("head", "pelvis"))
        assert (head - pelvis)[:, 1].min() > 0.4
        across = places[:, skeleton().index("left_shoulder")] - places[:, skeleton().index("right_shoulder")]
        assert across[:, 0].mean() > 0.1, "faces the camera: the left side is on +X"
