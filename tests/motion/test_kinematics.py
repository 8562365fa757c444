"""The skeleton and forward kinematics: rest, known turns, and the same in blocks."""

import numpy as np
import pytest

from gesta.motion import kinematics
from gesta.motion.rotations import matrix_from_axis_angle
from gesta.motion.skeleton import skeleton


def turned(frames: int = 4, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    return matrix_from_axis_angle(random.normal(0, 0.4, (frames, 55, 3))), random.normal(size=(frames, 3))


def test_the_rest_pose_stands_on_the_floor_facing_forward() -> None:
    bones = skeleton()
    rest = bones.rest_positions()
    soles = np.array([rest[bones.index(sole.joint)] + sole.offset for sole in bones.soles])
    assert np.abs(soles[:, 1]).max() < 1e-12
    assert rest[bones.index("left_wrist"), 0] > 0.5
    assert soles[1, 2] > soles[0, 2], "toes are in front of heels"
    assert all(parent < joint for joint, parent in enumerate(bones.parents))
    mirrored = rest[bones.indices(["right_wrist", "right_ankle"])] * (-1.0, 1.0, 1.0)
    np.testing.assert_allclose(rest[bones.indices(["left_wrist", "left_ankle"])], mirrored, atol=1e-12)


def test_no_rotation_is_the_rest_pose() -> None:
    still = np.broadcast_to(np.eye(3), (2, 55, 3, 3)).copy()
    rest = skeleton().rest_positions()
    pose = kinematics.forward(still, np.tile(rest[0], (2, 1)))
    np.testing.assert_allclose(pose.positions, np.broadcast_to(rest, (2, 55, 3)), atol=1e-12)


def test_a_quarter_turn_of_an_elbow_swings_the_forearm() -> None:
    bones = skeleton()
    rotations = np.broadcast_to(np.eye(3), (1, 55, 3, 3)).copy()
    rotations[0, bones.index("left_elbow")] = matrix_from_axis_angle(np.array((0.0, -np.pi / 2, 0.0)))
    positions = kinematics.forward(rotations, np.zeros((1, 3))).positions[0]
    forearm = positions[bones.index("left_wrist")] - positions[bones.index("left_elbow")]
    x, y, z = bones.offsets[bones.index("left_wrist")]
    # About -Y a quarter turn takes +X to +Z and +Z to -X.
    np.testing.assert_allclose(forearm, (-z, y, x), atol=1e-12)


def test_bones_keep_their_length_however_they_turn() -> None:
    bones = skeleton()
    positions = kinematics.forward(*turned()).positions
    lengths = np.linalg.norm(positions[:, 1:] - positions[:, list(bones.parents[1:])], axis=-1)
    np.testing.assert_allclose(lengths, np.broadcast_to(np.linalg.norm(bones.offsets[1:], axis=-1), lengths.shape))


def test_following_a_few_joints_in_blocks_is_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    rotations, translation = turned(11)
    whole = kinematics.forward(rotations, translation)
    monkeypatch.setattr(kinematics, "FRAMES_PER_BLOCK", 3)
    few = kinematics.track(rotations, translation, ["head", "left_wrist"], ["spine3"])
    np.testing.assert_array_equal(few.positions, whole.positions[:, skeleton().indices(["head", "left_wrist"])])
    np.testing.assert_array_equal(few.rotations, whole.rotations[:, skeleton().indices(["spine3"])])


def test_unknown_joints_are_named() -> None:
    with pytest.raises(KeyError, match="tail"):
        skeleton().index("tail")
    assert set(skeleton().children("spine3")) == {"neck", "left_collar", "right_collar"}
