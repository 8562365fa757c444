"""Keypoints in files: what is written comes back, DWPose sequences are understood, bad files are one sentence."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from gesta.errors import InputError, OutputError
from gesta.keypoints.files import read_keypoints, resampled, write_keypoints
from gesta.keypoints.layout import GROUPS, VISIBLE, body_index
from gesta.records import KEYPOINT_COUNT
from tests.keypoints.made_points import gesturing, person
from tests.npy_headers import HOSTILE_HEADERS, with_header

POSES = Path(__file__).parents[2].parent / "shared" / "data" / "poses"


@pytest.mark.parametrize(("suffix", "precision"), [(".npz", 0.0), (".json", 1e-4)])
def test_keypoints_come_back(tmp_path: Path, suffix: str, precision: float) -> None:
    keypoints = gesturing(7, fps=24).replaced(size=(640, 480))
    found = read_keypoints(write_keypoints(tmp_path / f"points{suffix}", keypoints))
    assert np.abs(found.points - keypoints.points).max() <= precision
    assert np.abs(found.scores - keypoints.scores).max() <= precision
    assert (found.size, found.fps) == ((640, 480), 24)


def test_the_same_keypoints_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = (write_keypoints(tmp_path / name, person(3)).read_bytes() for name in ("a.npz", "b.npz"))
    assert first == second


def test_json_by_hand_needs_no_rate(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text(json.dumps({"size": [100, 200], "frames": [[[10, 20, 1.3]] * KEYPOINT_COUNT]}))
    found = read_keypoints(path)
    assert (found.size, found.fps, found.frame_count) == ((100, 200), 25, 1)
    assert found.scores.max() == 1.0


def dwpose_arrays(frames: int = 4) -> dict[str, np.ndarray]:
    """Arrays in the layout of EchoMimicV2, at places that say which point they are."""
    random = np.random.default_rng(0)
    return {
        "body": random.random((frames, 18, 2)),
        "body_score": random.random((frames, 1, 18)) * 1.2,
        "hands": random.random((frames, 2, 21, 2)),
        "hands_score": random.random((frames, 2, 21)),
        "faces": random.random((frames, 1, 68, 2)),
        "faces_score": random.random((frames, 1, 68)),
        "draw_pose_params": np.tile([480.0, 640, 0, 480, 0, 640], (frames, 1)),
        "fps": np.array(24),
    }


def test_dwpose_sequences_are_read(tmp_path: Path) -> None:
    arrays = dwpose_arrays()
    np.savez(tmp_path / "a.npz", **arrays)
    found = read_keypoints(tmp_path / "a.npz")
    assert (found.size, found.fps, found.frame_count) == ((640, 480), 24, 4)
    assert found.points[:, GROUPS["body"]] == pytest.approx(arrays["body"] * [640, 480], abs=1e-3)
    assert found.points[:, GROUPS["face"]] == pytest.approx(arrays["faces"][:, 0] * [640, 480], abs=1e-3)
    assert found.points[:, GROUPS["left_hand"]] == pytest.approx(arrays["hands"][:, 0] * [640, 480], abs=1e-3)
    assert found.scores[:, GROUPS["right_hand"]] == pytest.approx(arrays["hands_score"][:, 1])
    assert found.scores[:, GROUPS["body"]] == pytest.approx(np.minimum(arrays["body_score"][:, 0], 1.0))
    assert not found.scores[:, GROUPS["feet"]].any()


@pytest.mark.parametrize("name", ["01", "02", "good", "salute"])
def test_real_sequences_show_a_person(name: str) -> None:
    if not (path := POSES / f"{name}.npz").exists():
        pytest.skip("needs the DWPose sequences in ../shared, which are not here")
    found = read_keypoints(path)
    assert (found.size, found.fps) == ((768, 768), 24)
    middle = np.median(found.points, axis=0)
    face, neck = middle[GROUPS["face"]].mean(axis=0), middle[body_index("neck")]
    assert face[1] < neck[1]
    assert np.linalg.norm(face - middle[body_index("nose")]) < 60
    for hand in ("left", "right"):
        wrist = found.points[:, body_index(f"{hand}_wrist")]
        seen = found.scores[:, body_index(f"{hand}_wrist")] >= VISIBLE
        distance = np.linalg.norm(found.points[:, GROUPS[f"{hand}_hand"].start] - wrist, axis=-1)
        assert np.median(distance[seen]) < 40, "hands are at the wrists of their own side"
    assert middle[body_index("left_shoulder"), 0] > middle[body_index("right_shoulder"), 0]


@pytest.mark.parametrize(("fps", "new"), [(24, 25), (25, 30), (30, 25), (25, 24), (30, 24), (24, 30)])
def test_resampled_points_are_where_the_movement_is(fps: int, new: int) -> None:
    count = 3 * fps
    offset = np.stack([np.arange(count) / fps * 50.0, 8.0 * np.sin(np.arange(count) / fps * 4.0)], axis=1)
    points = person(count).points + offset[:, None]
    found = resampled(person(count, fps).replaced(points=points), new)
    assert (found.frame_count, found.fps) == (3 * new, new)
    times = np.minimum(np.arange(3 * new) / new, (count - 1) / fps)
    wanted = person(3 * new).points + np.stack([times * 50.0, 8.0 * np.sin(times * 4.0)], axis=1)[:, None]
    assert np.abs(found.points - wanted).max() < 0.1


def test_the_same_rate_changes_nothing_and_one_frame_stays_one() -> None:
    keypoints = person(3)
    assert resampled(keypoints, 25) is keypoints
    assert resampled(person(1, fps=25), 30).frame_count == 1


def test_hidden_positions_do_not_pull_visible_ones() -> None:
    keypoints = person(2, fps=25)
    points, scores = keypoints.points.copy(), keypoints.scores.copy()
    points[1, 100], scores[1, 100] = 0.0, 0.0
    found = resampled(keypoints.replaced(points=points, scores=scores), 30)
    assert found.points[:, 100] == pytest.approx(np.tile(points[0, 100], (2, 1)))
    assert found.scores[0, 100] == pytest.approx(0.9)
    assert found.scores[1, 100] < VISIBLE


GOOD = {
    "points": np.zeros((2, 134, 2)), "scores": np.ones((2, 134)), "size": [512, 512], "fps": 25, "format_version": 1,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"points": None}, "'points' is missing"),
        ({"points": np.zeros((2, 133, 2))}, "shape"),
        ({"points": np.zeros((0, 134, 2))}, "0 frames"),
        ({"points": np.array(3.0)}, "0 frames"),
        ({"points": np.full((2, 134, 2), np.nan)}, "not finite"),
        ({"points": np.full((2, 134, 2), "x")}, "numbers"),
        ({"points": np.full((2, 134, 2), None)}, "Python objects"),
        ({"scores": np.zeros((3, 134))}, "scores"),
        ({"scores": np.full((2, 134), np.nan)}, "not finite"),
        ({"size": [0, 512]}, "size"),
        ({"size": [512]}, "size"),
        ({"size": [1, 2, 3]}, "size"),
        ({"size": ["a", "b"]}, "size"),
        ({"size": [np.inf, 5]}, "size"),
        ({"fps": 0}, "frame rate"),
        ({"fps": [1, 2]}, "single number"),
        ({"format_version": 2}, "format_version"),
    ],
)
def test_bad_npz_is_refused_in_one_sentence(tmp_path: Path, changes: dict[str, object], reason: str) -> None:
    path = tmp_path / "bad.npz"
    np.savez(path, **{name: np.asarray(value) for name, value in (GOOD | changes).items() if value is not None})
    with pytest.raises(InputError, match=reason) as caught:
        read_keypoints(path)
    assert "bad.npz" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"hands": np.zeros((4, 21, 2))}, "hands"),
        ({"faces_score": np.zeros((3, 1, 68))}, "faces_score"),
        ({"draw_pose_params": np.zeros((4, 6))}, "size"),
        ({"draw_pose_params": np.arange(24).reshape(4, 6) + 1}, "change their size"),
        ({"body_score": None}, "body_score"),
    ],
)
def test_bad_dwpose_sequences_are_refused(tmp_path: Path, changes: dict[str, object], reason: str) -> None:
    arrays = {name: value for name, value in (dwpose_arrays() | changes).items() if value is not None}
    np.savez(tmp_path / "bad.npz", **arrays)
    with pytest.raises(InputError, match=reason):
        read_keypoints(tmp_path / "bad.npz")


FRAME = [[1.0, 2.0, 0.5]] * KEYPOINT_COUNT


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not JSON"),
        ("[1]", "no table"),
        ("[" * 100_000, "not JSON"),
        (json.dumps({"size": [5, 5]}), "no 'frames'"),
        (json.dumps({"size": [5, 5], "frames": [FRAME], "colour": 1}), "colour"),
        (json.dumps({"size": [5, 5], "frames": [FRAME], "format_version": 9}), "format_version"),
        (json.dumps({"size": [5, 5], "frames": [FRAME[:-1]]}), "134 points"),
        (json.dumps({"size": [5, 5], "frames": [FRAME, FRAME[:-1]]}), "equal length"),
        (json.dumps({"size": [5, 5], "frames": [[["1", "2", "3"]] * 134]}), "numbers alone"),
        (json.dumps({"size": [5, 5], "frames": []}), "134 points"),
        (json.dumps({"size": [5, 5], "frames": [[[float("nan"), 1, 1]] * 134]}), "not finite"),
        ('{"size": [5, 5], "frames": 1e999}', "134 points"),
        (json.dumps({"size": [5, 5], "frames": [[[10**400, 1, 1]] * 134]}), "numbers alone"),
        (json.dumps({"size": 5, "frames": [FRAME]}), "size"),
        (json.dumps({"size": [5, 5], "frames": [FRAME], "fps": 0}), "frame rate"),
        (json.dumps({"size": [5, 5], "frames": [FRAME], "fps": None}), "fps"),
    ],
)
def test_bad_json_is_refused_in_one_sentence(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(text)
    with pytest.raises(InputError, match=reason) as caught:
        read_keypoints(path)
    assert "bad.json" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_files_that_are_absent_or_of_another_kind(tmp_path: Path) -> None:
    for name in ("absent.npz", "absent.json"):
        with pytest.raises(InputError, match=name):
            read_keypoints(tmp_path / name)
    with pytest.raises(InputError, match=r"\.npz or \.json"):
        read_keypoints(tmp_path / "a.txt")
    with pytest.raises(InputError, match=r"\.npz or \.json"):
        write_keypoints(tmp_path / "a.txt", person())
    with pytest.raises(OutputError):
        write_keypoints(tmp_path / "absent" / "a.npz", person())


@pytest.mark.parametrize("header", HOSTILE_HEADERS)
def test_hostile_headers_are_refused(tmp_path: Path, header: bytes) -> None:
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("points.npy", with_header(header) + bytes(2144))
        for name in set(GOOD) - {"points"}:
            array = io.BytesIO()
            np.save(array, np.asarray(GOOD[name]))
            archive.writestr(f"{name}.npy", array.getvalue())
    with pytest.raises(InputError, match="'points' has a damaged header"):
        read_keypoints(tmp_path / "a.npz")


def test_whatever_is_damaged_is_one_sentence(tmp_path: Path) -> None:
    whole = write_keypoints(tmp_path / "whole.npz", person(2)).read_bytes()
    random = np.random.default_rng(0)
    path = tmp_path / "damaged.npz"
    for _ in range(150):
        data = bytearray(whole)
        for place in random.integers(0, len(whole), 5):
            data[place if random.random() < 0.5 else -1 - place % 900] = random.integers(0, 256)
        path.write_bytes(data)
        try:
            read_keypoints(path)
        except InputError as error:
            assert "\n" not in str(error)


def test_a_bomb_is_refused_before_memory_is_taken(tmp_path: Path) -> None:
    header = io.BytesIO()
    entry = {"descr": "<f4", "fortran_order": False, "shape": (500_000, 134, 2)}
    np.lib.format.write_array_header_1_0(header, entry)
    with zipfile.ZipFile(tmp_path / "bomb.npz", "w") as archive:
        archive.writestr("points.npy", header.getvalue() + bytes(1000))
        for name in set(GOOD) - {"points"}:
            array = io.BytesIO()
            np.save(array, np.asarray(GOOD[name]))
            archive.writestr(f"{name}.npy", array.getvalue())
    with pytest.raises(InputError, match="as long as it says"):
        read_keypoints(tmp_path / "bomb.npz")


def test_a_failure_leaves_the_old_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_keypoints(tmp_path / "a.npz", person())
    before = path.read_bytes()

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("gesta.keypoints.npz_files.write_member", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_keypoints(path, gesturing(3))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
