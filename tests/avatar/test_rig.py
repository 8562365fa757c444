"""The rig: helpers share twists, correctives come on in their cone, the jaw is read back from its joint."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from gesta.avatar.correctives import bone_direction, corrective_weights
from gesta.avatar.face_weights import arkit_weights, jaw_weights, tamed
from gesta.avatar.info import CorrectiveInfo, HelperInfo
from gesta.avatar.rig import Rig, axis_rotations, twist_angle
from gesta.motion.face import ARKIT_INDEX
from gesta.motion.face_joints import FACE_JOINTS, face_joint_rotations
from gesta.motion.kinematics import forward
from gesta.motion.skeleton import skeleton
from gesta.records import Motion
from tests.avatar.made_body import CORRECTIVES, HELPERS

BONES = skeleton()
AXIS = np.array((1.0, 0.0, 0.0))


def turned(joint: str, rotation: Rotation, frames: int = 1) -> np.ndarray:
    """Local rotations (T, 55, 3, 3), all at rest but one joint."""
    rotations = np.tile(np.eye(3), (frames, 55, 1, 1))
    rotations[:, BONES.index(joint)] = rotation.as_matrix()
    return rotations


@pytest.fixture(scope="module")
def rig() -> Rig:
    return Rig(tuple(HelperInfo.checked(helper, "the test") for helper in HELPERS))


@pytest.mark.parametrize("degrees", [-170.0, -90.0, 0.0, 30.0, 90.0, 179.0])
def test_the_twist_is_what_is_left_of_a_rotation_without_its_swing(degrees: float) -> None:
    axis = np.array((0.6, 0.0, 0.8))
    swing = Rotation.from_rotvec(np.radians(70.0) * np.cross(axis, (0.0, 1.0, 0.0)))
    whole = swing * Rotation.from_rotvec(np.radians(degrees) * axis)
    assert np.degrees(twist_angle(whole.as_matrix()[None], axis))[0] == pytest.approx(degrees, abs=1e-6)


def test_rotations_about_an_axis_are_those_of_scipy() -> None:
    axis, angles = np.array((0.0, 0.6, -0.8)), np.linspace(-3.0, 3.0, 7)
    expected = Rotation.from_rotvec(angles[:, None] * axis).as_matrix()
    np.testing.assert_allclose(axis_rotations(angles, axis), expected, atol=1e-12)


def test_a_forearm_takes_half_of_the_twist_of_the_wrist(rig: Rig) -> None:
    local = rig.local(turned("left_wrist", Rotation.from_euler("YX", (30.0, 80.0), degrees=True)))
    helper = local[0, rig.names.index("left_forearm_twist")]
    np.testing.assert_allclose(helper, Rotation.from_euler("X", 40.0, degrees=True).as_matrix(), atol=1e-12)
    assert np.allclose(local[0, rig.names.index("right_forearm_twist")], np.eye(3))


def test_an_upper_arm_gives_half_of_its_twist_back(rig: Rig) -> None:
    pose = rig.pose(turned("left_shoulder", Rotation.from_euler("ZX", (50.0, 60.0), degrees=True)), np.zeros((1, 3)))
    helper = pose.rotations[0, rig.names.index("left_upper_arm_twist")]
    expected = Rotation.from_euler("ZX", (50.0, 30.0), degrees=True).as_matrix()
    np.testing.assert_allclose(helper, expected, atol=1e-12)


def test_the_joints_of_the_skeleton_stay_what_they_are(rig: Rig) -> None:
    randomness = np.random.default_rng(0)
    rotations = Rotation.random(4 * 55, random_state=1).as_matrix().reshape(4, 55, 3, 3)
    translation = randomness.normal(size=(4, 3))
    pose, plain = rig.pose(rotations, translation), forward(rotations, translation)
    np.testing.assert_array_equal(pose.positions[:, :55], plain.positions)
    np.testing.assert_array_equal(pose.rotations[:, :55], plain.rotations)
    rest = rig.pose(np.tile(np.eye(3), (1, 55, 1, 1)), BONES.rest_positions()[:1])
    np.testing.assert_allclose(rest.positions[0], rig.rest_positions, atol=1e-6)


def test_a_corrective_comes_on_within_its_cone() -> None:
    rule = CorrectiveInfo.checked(CORRECTIVES[0], "the test")
    along = bone_direction("left_shoulder")
    up = np.array(rule.direction)
    axis = np.cross(along, up) / np.linalg.norm(np.cross(along, up))
    to_go = np.arccos(along @ up)
    short_of_it = np.radians([90.0, 60.0, 30.0, 0.0, -30.0])
    rotations = np.concatenate([turned("left_shoulder", Rotation.from_rotvec((to_go - a) * axis)) for a in short_of_it])
    # At half of the reach the smooth step is one half.
    np.testing.assert_allclose(corrective_weights([rule], rotations)[:, 0], (0.0, 0.0, 0.5, 1.0, 0.5), atol=1e-6)
    assert corrective_weights([rule], turned("left_shoulder", Rotation.identity()))[0, 0] == 0.0
    assert corrective_weights([], rotations).shape == (5, 0)


def test_the_jaw_is_read_back_from_its_joint() -> None:
    weights = np.zeros((4, 52), np.float32)
    for frame, (opened, left, right) in enumerate(((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.4, 0.7, 0.0), (0.2, 0.0, 1.0))):
        weights[frame, [ARKIT_INDEX[name] for name in ("jawOpen", "jawLeft", "jawRight")]] = opened, left, right
    rotations = np.tile(np.eye(3), (4, 55, 1, 1))
    rotations[:, BONES.indices(FACE_JOINTS)] = face_joint_rotations(weights)
    np.testing.assert_allclose(jaw_weights(rotations), weights, atol=1e-6)
    spoken = Motion(rotations, np.zeros((4, 3)), np.zeros((4, 100)), face_basis="flame100")
    np.testing.assert_allclose(arkit_weights(spoken), weights, atol=1e-6)
    own = Motion(rotations, np.zeros((4, 3)), weights)
    np.testing.assert_array_equal(arkit_weights(own), weights)


def test_a_jaw_opened_too_far_stays_within_its_weight() -> None:
    rotations = turned("jaw", Rotation.from_euler("X", 40.0, degrees=True))
    assert jaw_weights(rotations)[0, ARKIT_INDEX["jawOpen"]] == 1.0


def test_tamed_weights_close_neither_lids_nor_lips_beyond_closed() -> None:
    face = np.zeros((1, 52))
    for name, weight in (("eyeBlinkLeft", 1.0), ("eyeSquintLeft", 0.8), ("mouthClose", 0.9), ("jawOpen", 0.3)):
        face[0, ARKIT_INDEX[name]] = weight
    shown = tamed(face)[0]
    assert shown[ARKIT_INDEX["eyeSquintLeft"]] == 0.0
    assert shown[ARKIT_INDEX["mouthClose"]] == pytest.approx(0.3)
    assert tamed(face + 2.0).max() == 1.0
