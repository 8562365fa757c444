"""Units and records: the one clock, and what a record refuses."""

import numpy as np
import pytest

from gesta.records import KEYPOINT_COUNT, Capsules, Events, Keypoints, Motion, Prosody
from gesta.units import SAMPLE_RATE, frame_centres, frame_count, frame_times, video_frame_count
from tests.procedural.made_prosody import made_prosody


def rest(frames: int = 3) -> dict[str, np.ndarray]:
    return {
        "rotations": np.broadcast_to(np.eye(3), (frames, 55, 3, 3)),
        "translation": np.zeros((frames, 3)),
        "face": np.zeros((frames, 52)),
    }


def test_the_clock() -> None:
    assert frame_count(1) == 1
    assert frame_count(SAMPLE_RATE) == 30
    assert frame_count(round(9.655 * SAMPLE_RATE)) == 290
    assert frame_centres(0, 4).tolist() == [0, 533, 1067, 1600]
    assert frame_times(30, 32).tolist() == [1.0, 31 / 30]
    assert [video_frame_count(count) for count in (1, 640, 656, 657, 51_200, 51_217)] == [1, 1, 1, 2, 80, 81]


def test_a_motion_knows_its_length_and_is_read_only() -> None:
    motion = Motion(**rest(45))
    assert (motion.frame_count, motion.duration_s) == (45, 1.5)
    with pytest.raises(ValueError, match="read-only"):
        motion.face[0, 0] = 1.0
    assert motion.replaced(provenance={"seed": 3}).provenance == {"seed": 3}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rotations": np.zeros((3, 54, 3, 3))}, "rotations has shape"),
        ({"rotations": np.zeros((0, 55, 3, 3))}, "at least one frame"),
        ({"translation": np.full((3, 3), np.nan)}, "translation holds values that are not finite"),
        ({"face": np.zeros((3, 100))}, "face has shape"),
        ({"face_basis": "arkit51"}, "face_basis is 'arkit51'"),
        ({"contacts": np.zeros((2, 4))}, "contacts has shape"),
        ({"parts": frozenset({"upper", "tail"})}, "parts holds tail"),
    ],
)
def test_a_motion_refuses_what_cannot_be(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Motion(**{**rest(), **changes})


def test_events_come_in_order() -> None:
    with pytest.raises(ValueError, match="must not decrease"):
        Events(np.array([1.0, 0.5]), np.ones(2), np.ones(2))
    with pytest.raises(ValueError, match="strengths has shape"):
        Events(np.array([1.0, 1.5]), np.ones(3), np.ones(2))


def test_stretches_of_prosody_join_to_the_whole() -> None:
    whole = made_prosody(4.0)
    joined = Prosody.concatenate([whole.frames(0, 50), whole.frames(50, 120)])
    assert joined.start_frame == 0
    np.testing.assert_array_equal(joined.loudness, whole.loudness)
    assert whole.frames(50, 120).start_frame == 50


def points(frames: int = 2) -> dict[str, np.ndarray]:
    return {"points": np.zeros((frames, KEYPOINT_COUNT, 2)), "scores": np.ones((frames, KEYPOINT_COUNT))}


def test_keypoints_know_their_length_and_give_their_frames() -> None:
    keypoints = Keypoints(**points(5), size=(512, 512))
    assert (keypoints.frame_count, keypoints.fps) == (5, 25)
    assert keypoints.frames(1, 3).frame_count == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (points(0), "at least one frame"),
        ({"points": np.zeros((2, 133, 2))}, "points has shape"),
        ({"scores": np.full((2, KEYPOINT_COUNT), 1.5)}, "scores must be 0 to 1"),
        ({"size": (0, 512)}, "0 x 512 pixels"),
        ({"fps": float("nan")}, "fps is nan"),
    ],
)
def test_keypoints_refuse_what_cannot_be(changes: dict, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Keypoints(**({**points(), "size": (512, 512)} | changes))


def capsules(**changes: object) -> Capsules:
    given = {
        "names": ("thigh", "head"),
        "joints": ("left_hip", "head"),
        "starts": np.zeros((2, 3)),
        "ends": np.ones((2, 3)),
        "radii": np.array((0.08, 0.1)),
    }
    return Capsules(**{**given, **changes})


def test_capsules_are_one_of_everything_each() -> None:
    assert len(capsules()) == 2
    for changes, said in (
        ({"joints": ("head",)}, "2 capsules have 1 joints"),
        ({"ends": np.ones((3, 3))}, "ends has shape"),
        ({"radii": np.array((0.1, 0.0))}, "above 0"),
        ({"starts": np.full((2, 3), np.nan)}, "starts holds values that are not finite"),
    ):
        with pytest.raises(ValueError, match=said):
            capsules(**changes)
