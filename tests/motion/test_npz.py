"""motion.npz: what goes in comes out, other tools' files are understood, and bad files are refused in one sentence."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from gesta.errors import InputError, OutputError
from gesta.motion.face import ARKIT_INDEX, ARKIT_NAMES
from gesta.motion.kinematics import forward
from gesta.motion.npz import read_npz, write_npz
from gesta.motion.rotations import angle_between, matrix_from_axis_angle
from gesta.records import Motion
from tests.motion.moving import made_motion
from tests.npy_headers import HOSTILE_HEADERS, with_header


def positions(motion: Motion) -> np.ndarray:
    return forward(motion.rotations, motion.translation).positions


@pytest.mark.parametrize("basis", ["arkit52", "flame100"])
def test_a_motion_comes_back_as_it_was(tmp_path: Path, basis: str) -> None:
    motion = made_motion(face_basis=basis)
    found = read_npz(write_npz(motion, tmp_path / "motion.npz"))
    assert angle_between(motion.rotations, found.rotations).max() < 1e-5
    assert np.abs(positions(motion) - positions(found)).max() < 1e-4
    assert found.face_basis == basis
    assert np.array_equal(found.face, motion.face)
    assert np.array_equal(found.contacts, motion.contacts)
    assert np.array_equal(found.attention, motion.attention)
    assert found.provenance == motion.provenance
    assert (found.parts, found.floor_known) == (motion.parts, motion.floor_known)


def test_parts_and_floor_come_back(tmp_path: Path) -> None:
    motion = made_motion().replaced(parts=frozenset({"upper", "face"}), floor_known=False, contacts=None)
    found = read_npz(write_npz(motion, tmp_path / "a.npz"))
    assert found.parts == {"upper", "face"}
    assert not found.floor_known
    assert found.contacts is None


def test_the_file_is_what_amass_and_beat2_tools_read(tmp_path: Path) -> None:
    motion = made_motion(7)
    with np.load(write_npz(motion, tmp_path / "a.npz"), allow_pickle=False) as file:
        assert file["poses"].shape == (7, 165)
        assert file["poses"].dtype == np.float32
        assert file["trans"] == pytest.approx(motion.translation - [0.003, -0.351, 0.012], abs=1e-6)
        assert file["betas"].shape == (300,)
        assert file["expressions"].shape == (7, 100)
        assert not file["expressions"].any()
        assert file["mocap_frame_rate"] == 30
        assert file["flat_hand_mean"]
        assert str(file["gender"]) == "neutral"
        assert list(file["arkit_names"]) == list(ARKIT_NAMES)
        assert np.array_equal(file["arkit"], motion.face)


def test_jaw_and_eyes_are_derived_when_writing_and_rest_when_reading(tmp_path: Path) -> None:
    face = np.zeros((3, 52), np.float32)
    face[1, ARKIT_INDEX["jawOpen"]] = 1.0
    face[2, [ARKIT_INDEX["eyeLookOutLeft"], ARKIT_INDEX["eyeLookInRight"]]] = 1.0
    path = write_npz(made_motion(3).replaced(face=face), tmp_path / "a.npz")
    with np.load(path) as file:
        jaw, left, right = file["poses"].reshape(3, 55, 3)[:, 22:25].transpose(1, 0, 2)
    assert jaw == pytest.approx(np.array([[0, 0, 0], [np.radians(18), 0, 0], [0, 0, 0]]), abs=1e-6)
    assert left[2] == pytest.approx([0, np.radians(30), 0], abs=1e-6), "towards +X, the speaker's left"
    assert right[2] == pytest.approx(left[2], abs=1e-6)
    assert np.array_equal(read_npz(path).rotations[:, 22:25], np.tile(np.eye(3), (3, 3, 1, 1)))


def test_the_same_motion_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (write_npz(made_motion(), tmp_path / name).read_bytes() for name in ("a.npz", "b.npz"))
    assert first == second


def save(path: Path, **arrays: object) -> Path:
    np.savez(path, **{name: np.asarray(value) for name, value in arrays.items()})
    return path


def test_other_rates_are_resampled_on_the_sphere(tmp_path: Path) -> None:
    angles = np.zeros((120, 165))
    angles[:, 2] = np.linspace(0, 119 / 120, 120)
    trans = np.stack([np.arange(120) / 120, np.zeros(120), np.zeros(120)], axis=1)
    found = read_npz(save(tmp_path / "a.npz", poses=angles, trans=trans, mocap_framerate=120.0, gender="male"))
    assert found.frame_count == 30
    assert found.translation[:, 0] - 0.003 == pytest.approx(np.arange(30) / 30, abs=1e-6)
    wanted = matrix_from_axis_angle(np.stack([np.zeros(30), np.zeros(30), np.arange(30) / 30], axis=1))
    assert angle_between(found.rotations[:, 0], wanted).max() < 1e-5
    slow = read_npz(save(tmp_path / "b.npz", poses=angles[:20], trans=trans[:20], fps=20))
    assert slow.frame_count == 30
    assert slow.translation[15, 0] - 0.003 == pytest.approx(10 / 120, abs=1e-6)


def test_smpl_h_files_fill_body_and_hands(tmp_path: Path) -> None:
    poses = np.zeros((2, 52, 3))
    poses[:, 22] = [0.1, 0.2, 0.3]
    poses[:, 51] = [0.3, 0.2, 0.1]
    found = read_npz(save(tmp_path / "a.npz", poses=poses.reshape(2, 156), trans=np.zeros((2, 3)), fps=30))
    assert angle_between(found.rotations[:, 25], matrix_from_axis_angle(poses[:, 22])).max() < 1e-6
    assert angle_between(found.rotations[:, 54], matrix_from_axis_angle(poses[:, 51])).max() < 1e-6
    assert "face" not in found.parts
    assert "hands" in found.parts


def test_z_up_files_are_turned_upright(tmp_path: Path) -> None:
    poses = np.zeros((1, 165))
    poses[0, 0] = np.pi / 2  # a body that stands in a z-up world, facing -y
    path = save(tmp_path / "a.npz", poses=poses, trans=[[1.0, 2.0, 3.0]], fps=30)
    found = read_npz(path, up="z")
    assert angle_between(found.rotations[:, 0], np.eye(3)[None]).max() < 1e-6
    pelvis = np.array([1.0, 2.0, 3.0]) + [0.003, -0.351, 0.012]
    assert found.translation[0] == pytest.approx([pelvis[0], pelvis[2], -pelvis[1]])
    with pytest.raises(InputError, match="Unknown up axis"):
        read_npz(path, up="x")


def test_fingers_stored_as_offsets_need_the_mean_hand(tmp_path: Path) -> None:
    path = save(
        tmp_path / "a.npz",
        poses=np.zeros((1, 165)), trans=np.zeros((1, 3)), expressions=np.zeros((1, 100)), mocap_frame_rate=30,
    )  # fmt: skip
    assert "approximate" in read_npz(path).provenance["notes"][0]
    mean = np.full((30, 3), 0.1)
    found = read_npz(path, mean_hands=mean)
    assert found.provenance["notes"] == []
    assert angle_between(found.rotations[:, 25:], matrix_from_axis_angle(mean)[None]).max() < 1e-6
    assert angle_between(found.rotations[:, :25], np.eye(3)).max() == 0.0


GOOD = {"poses": np.zeros((2, 165)), "trans": np.zeros((2, 3)), "fps": 30}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"poses": None}, "no 'poses'"),
        ({"poses": np.zeros((2, 100))}, "shape"),
        ({"poses": np.zeros((0, 165))}, "0 frames"),
        ({"poses": np.full((2, 165), np.nan)}, "not finite"),
        ({"poses": np.full((2, 165), "x")}, "numbers"),
        ({"poses": np.full((2, 165), None)}, "Python objects"),
        ({"trans": np.zeros((3, 3))}, "trans"),
        ({"fps": None}, "frame rate"),
        ({"fps": 0}, "frame rate"),
        ({"fps": [1, 2]}, "single number"),
        ({"provenance": "["}, "JSON"),
    ],
)
def test_bad_files_are_refused_in_one_sentence(tmp_path: Path, changes: dict[str, object], reason: str) -> None:
    arrays = {name: value for name, value in (GOOD | changes).items() if value is not None}
    path = save(tmp_path / "bad.npz", **arrays)
    with pytest.raises(InputError, match=reason) as caught:
        read_npz(path)
    assert "bad.npz" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_files_that_are_no_npz_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    with pytest.raises(InputError, match="No such file"):
        read_npz(path)
    path.write_bytes(b"hello")
    with pytest.raises(InputError, match="not an npz"):
        read_npz(path)
    whole = write_npz(made_motion(), tmp_path / "b.npz").read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError):
        read_npz(path)
    flipped = bytearray(whole)
    flipped[2000] ^= 0xFF
    path.write_bytes(bytes(flipped))
    with pytest.raises(InputError):
        read_npz(path)


def test_whatever_is_damaged_is_one_sentence(tmp_path: Path) -> None:
    whole = write_npz(made_motion(3), tmp_path / "whole.npz").read_bytes()
    random = np.random.default_rng(0)
    path = tmp_path / "damaged.npz"
    for _ in range(150):
        data = bytearray(whole)
        for place in random.integers(0, len(whole), 5):
            data[place if random.random() < 0.5 else -1 - place % 1500] = random.integers(0, 256)
        path.write_bytes(data)
        try:
            read_npz(path)
        except InputError as error:
            assert "\n" not in str(error)


@pytest.mark.parametrize("header", HOSTILE_HEADERS)
def test_hostile_headers_are_refused_in_one_sentence(tmp_path: Path, header: bytes) -> None:
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("poses.npy", with_header(header) + bytes(1320))
        for name in ("trans", "fps"):
            array = io.BytesIO()
            np.save(array, GOOD[name])
            archive.writestr(f"{name}.npy", array.getvalue())
    with pytest.raises(InputError, match="'poses' has a damaged header") as caught:
        read_npz(tmp_path / "a.npz")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("frames", [10**9, 3_000_000])
def test_a_bomb_is_refused_before_memory_is_taken(tmp_path: Path, frames: int) -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f4", "fortran_order": False, "shape": (frames, 165)})
    path = tmp_path / "bomb.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("poses.npy", header.getvalue() + bytes(1000))
        number = io.BytesIO()
        np.save(number, np.array(30))
        archive.writestr("fps.npy", number.getvalue())
    with pytest.raises(InputError, match="as long as it says"):
        read_npz(path)


def test_a_failure_leaves_the_old_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_npz(made_motion(), tmp_path / "a.npz")
    before = path.read_bytes()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("gesta.motion.npz_write.axis_angle_from_matrix", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_npz(made_motion(seed=1), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_an_unwritable_place_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="Cannot write"):
        write_npz(made_motion(), tmp_path / "absent" / "a.npz")
