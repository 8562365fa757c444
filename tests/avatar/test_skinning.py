"""Posing a figure: rest gives rest, rigid motion moves it as one, and blocks are nothing but their frames."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from gesta.avatar.correctives import corrective_weights
from gesta.avatar.info import KINDS
from gesta.avatar.posing import Figure
from gesta.motion.face import ARKIT_INDEX
from gesta.motion.skeleton import skeleton
from tests.avatar.test_figure import made_figure

BONES = skeleton()
PELVIS = BONES.rest_positions()[0]


@pytest.fixture(scope="module")
def host() -> Figure:
    return made_figure("host")


def at_rest(frames: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.tile(np.eye(3), (frames, 55, 1, 1)), np.tile(PELVIS, (frames, 1)), np.zeros((frames, 52))


def moving(frames: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    randomness = np.random.default_rng(3)
    turns = Rotation.from_rotvec(randomness.normal(0.0, 0.3, (frames * 55, 3))).as_matrix().reshape(frames, 55, 3, 3)
    return turns, PELVIS + randomness.normal(size=(frames, 3)), randomness.random((frames, 52))


def test_the_rest_pose_gives_the_rest_vertices(host: Figure) -> None:
    vertices, normals = host.pose(*at_rest(2))
    assert vertices.dtype == normals.dtype == np.float32
    np.testing.assert_allclose(vertices, np.tile(host.vertices, (2, 1, 1)), atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(normals[:, : host.drawn], axis=-1), 1.0, atol=1e-5)


def test_normals_point_outward(host: Figure) -> None:
    vertices, normals = host.pose(*at_rest(1))
    brows = np.flatnonzero(host.kind == KINDS.index("brow"))
    outward = vertices[0, brows] - vertices[0, brows].mean(axis=0)
    assert (np.einsum("va,va->v", outward, normals[0, brows]) > 0.0).all()


def test_a_turned_and_shifted_root_moves_everything_as_one(host: Figure) -> None:
    rotations, translation, face = moving(1)
    turn, shift = Rotation.from_euler("YXZ", (70.0, 20.0, 10.0), degrees=True), np.array((0.3, -0.1, 2.0))
    vertices, normals = host.pose(rotations, translation, face)
    rotations[:, 0] = turn.as_matrix() @ rotations[:, 0]
    moved, turned = host.pose(rotations, translation @ turn.as_matrix().T + shift, face)
    np.testing.assert_allclose(moved, vertices @ turn.as_matrix().T + shift, atol=1e-5)
    np.testing.assert_allclose(turned, normals @ turn.as_matrix().T, atol=1e-4)


def test_a_block_is_its_frames_in_any_order(host: Figure) -> None:
    rotations, translation, face = moving(5)
    vertices, normals = host.pose(rotations, translation, face)
    order = np.array((3, 0, 4, 1, 2))
    np.testing.assert_array_equal(host.pose(rotations[order], translation[order], face[order])[0], vertices[order])
    for frame in range(5):
        one = slice(frame, frame + 1)
        alone = host.pose(rotations[one], translation[one], face[one])
        np.testing.assert_array_equal(alone[0][0], vertices[frame])
        np.testing.assert_array_equal(alone[1][0], normals[frame])


def test_linear_blend_skinning_by_hand(host: Figure) -> None:
    rotations, translation, _ = moving(1)
    rotations[:, BONES.index("jaw")] = np.eye(3)
    pose = host.rig.pose(rotations, translation)
    rest = host.rig.rest_positions[host.joints]
    turns, places = pose.rotations[0][host.joints], pose.positions[0][host.joints]
    carried = np.einsum("vsab,vsb->vsa", turns, host.vertices[:, None] - rest) + places
    expected = np.einsum("vs,vsa->va", host.weights, carried)
    # With this shoulder no corrective acts.
    np.testing.assert_allclose(host.pose(rotations, translation, None)[0][0], expected, atol=2e-5)


def test_a_single_shape_is_linear_and_moves_nothing_else(host: Figure) -> None:
    rotations, translation, face = at_rest(3)
    face[:, ARKIT_INDEX["jawOpen"]] = (0.0, 0.5, 1.0)
    vertices, _ = host.pose(rotations, translation, face)
    moved, offsets = host.shapes.moves("jawOpen")
    np.testing.assert_allclose((vertices[2] - vertices[0])[moved], offsets, atol=1e-6)
    np.testing.assert_allclose(vertices[1] - vertices[0], (vertices[2] - vertices[0]) / 2, atol=1e-6)
    others = np.setdiff1d(np.arange(len(host.vertices)), moved)
    np.testing.assert_array_equal(vertices[2, others], vertices[0, others])


def test_a_corrective_acts_in_its_pose_and_not_at_rest(host: Figure) -> None:
    moved, _ = host.correctives.moves("left_arm_up")
    rotations, translation, face = at_rest(1)
    rotations[:, BONES.index("left_shoulder")] = Rotation.from_euler("Z", 90.0, degrees=True).as_matrix()
    raised, _ = host.pose(rotations, translation, face)
    pose = host.rig.pose(rotations, translation)
    shoulder = BONES.index("left_shoulder")
    turn, place = pose.rotations[0, shoulder], pose.positions[0, shoulder]
    plain = (host.vertices[moved] - host.rig.rest_positions[shoulder]) @ turn.T + place
    acting = corrective_weights(host.rules, rotations)[0, 0]
    assert acting > 0.85
    # Offsets are in the rest pose, so the upward one turns with the arm.
    expected = np.tile((-0.02 * acting, 0.0, 0.0), (len(moved), 1))
    np.testing.assert_allclose(raised[0, moved] - plain, expected, atol=1e-5)


def test_a_face_of_its_own_rules_jaw_and_eyes(host: Figure) -> None:
    rotations, translation, face = at_rest(1)
    rotations[:, BONES.indices(("jaw", "left_eye_smplhf"))] = Rotation.from_euler("X", 18.0, degrees=True).as_matrix()
    still, _ = host.pose(rotations, translation, face)
    np.testing.assert_allclose(still[0], host.vertices, atol=1e-6)
    by_joints, _ = host.pose(rotations, translation, None)
    eyes = host.kind == KINDS.index("eye")
    moved, offsets = host.shapes.moves("jawOpen")
    np.testing.assert_allclose((by_joints - still)[0, moved], offsets, atol=1e-5)
    assert np.abs((by_joints - still)[0, eyes]).max() > 0.002


def test_a_twisted_wrist_turns_the_forearm_half_as_far(host: Figure) -> None:
    rotations, translation, face = at_rest(1)
    rotations[:, BONES.index("left_wrist")] = Rotation.from_euler("X", 80.0, degrees=True).as_matrix()
    helper = host.rig.names.index("left_forearm_twist")
    carried = np.flatnonzero((host.joints == helper).any(axis=1))
    share = host.weights[carried][host.joints[carried] == helper]
    half = Rotation.from_euler("X", 40.0, degrees=True).as_matrix()
    centre = host.rig.rest_positions[helper]
    turned = (host.vertices[carried] - centre) @ half.T + centre
    expected = share[:, None] * turned + (1.0 - share[:, None]) * host.vertices[carried]
    np.testing.assert_allclose(host.pose(rotations, translation, face)[0][0, carried], expected, atol=1e-5)
