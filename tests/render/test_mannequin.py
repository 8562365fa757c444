"""The mannequin follows the skeleton, and its face answers ARKit weights."""

import numpy as np
import pytest

from gesta.motion.face import ARKIT_INDEX
from gesta.motion.kinematics import forward
from gesta.motion.rotations import matrix_from_axis_angle
from gesta.motion.skeleton import skeleton
from gesta.render import palette
from gesta.render.camera import Camera
from gesta.render.mannequin import mannequin
from gesta.render.rasteriser import Rasteriser
from tests.render.figures import rest_motion

LEFT_EYE = skeleton().rest_positions()[skeleton().index("left_eye_smplhf")]


def posed(turns: dict[str, tuple[float, float, float]] | None = None, **weights: float) -> np.ndarray:
    """Vertices (V, 3) with some joints turned by axis-angle and some ARKit weights set."""
    motion = rest_motion()
    angles, face = np.zeros((1, 55, 3)), np.zeros((1, 52))
    for joint, turn in (turns or {}).items():
        angles[0, skeleton().index(joint)] = turn
    for name, weight in weights.items():
        face[0, ARKIT_INDEX[name]] = weight
    return mannequin().pose(matrix_from_axis_angle(angles), motion.translation, face)[0][0]


def coloured(colour: np.ndarray) -> np.ndarray:
    """(V,) which vertices have exactly this material."""
    return np.all(np.isclose(mannequin().material, colour, atol=1e-4), axis=1)


def visible_share(vertices: np.ndarray, colour: np.ndarray) -> float:
    """Share of a close picture of the left eye whose faces have this colour."""
    figure = mannequin()
    camera = Camera(LEFT_EYE + (0.0, 0.0, 0.6), LEFT_EYE, 0.05)
    seen = Rasteriser(figure.faces, figure.material, (96, 96)).visible_faces(vertices, camera)
    return float(np.mean(coloured(colour)[figure.faces[:, 0]][seen] & (seen >= 0)))


def test_at_rest_it_stands_on_the_floor_and_is_as_large_as_the_body():
    low, high = posed().min(axis=0), posed().max(axis=0)
    assert low[1] == pytest.approx(0.0, abs=0.004)
    assert high[1] == pytest.approx(1.64, abs=0.02)
    assert high[0] == pytest.approx(-low[0], abs=1e-3)
    assert 0.80 < high[0] < 0.84


def test_every_normal_has_length_one_and_the_mesh_is_of_the_size_promised():
    figure, motion = mannequin(), rest_motion(2)
    _, normals = figure.pose(motion.rotations, motion.translation, motion.face)
    np.testing.assert_allclose(np.linalg.norm(normals, axis=-1), 1.0, atol=1e-3)
    assert 6_000 < len(figure.faces) < 21_000


def test_hands_go_where_the_wrists_go():
    turns = {"left_shoulder": (0.0, 0.0, 1.2), "left_elbow": (0.0, -1.0, 0.0)}
    angles = np.zeros((1, 55, 3))
    for joint, turn in turns.items():
        angles[0, skeleton().index(joint)] = turn
    pose = forward(matrix_from_axis_angle(angles), rest_motion().translation)
    wrist = pose.positions[0, skeleton().index("left_wrist")]
    still, moved = posed(), posed(turns)
    hand = (still[:, 0] > 0.66) & (still[:, 1] > 1.0)
    assert np.linalg.norm(moved[hand] - wrist, axis=1).max() < 0.21
    untouched = still[:, 1] < 0.9
    np.testing.assert_allclose(moved[untouched], still[untouched], atol=1e-6)


def test_an_open_jaw_lowers_chin_and_lower_lip_and_not_the_upper_one():
    still, moved = posed(), posed(jawOpen=1.0)
    chin = (np.abs(still[:, 0]) < 0.01) & (still[:, 1] < 1.44) & (still[:, 1] > 1.41) & (still[:, 2] > 0.09)
    upper_lip = (np.abs(still[:, 0]) < 0.01) & (np.abs(still[:, 1] - 1.4675) < 0.002) & (still[:, 2] > 0.10)
    assert chin.any()
    assert upper_lip.any()
    assert np.mean(still[chin, 1] - moved[chin, 1]) > 0.015
    assert np.max(np.abs(still[upper_lip] - moved[upper_lip])) < 0.002


def test_the_mouth_closes_again_under_an_open_jaw():
    def gap(vertices: np.ndarray) -> float:
        still = posed()
        line = (np.abs(still[:, 0]) < 0.004) & (np.abs(still[:, 1] - 1.462) < 1e-4) & (still[:, 2] > 0.105)
        return float(np.ptp(vertices[line, 1]))

    assert gap(posed(jawOpen=1.0)) > 0.018
    assert gap(posed(jawOpen=1.0, mouthClose=1.0)) < 0.006


def test_a_blink_covers_the_iris():
    opened, closed = posed(), posed(eyeBlinkLeft=1.0)
    assert visible_share(opened, palette.IRIS) > 0.02
    assert visible_share(closed, palette.IRIS) == 0.0
    assert visible_share(closed, palette.EYE_WHITE) < 0.002


@pytest.mark.parametrize(
    ("name", "axis", "sign"), [("eyeLookOutLeft", 0, 1), ("eyeLookInLeft", 0, -1), ("eyeLookUpLeft", 1, 1)]
)
def test_the_eyes_look_where_they_should(name: str, axis: int, sign: int):
    pupil = coloured(palette.PUPIL) & (posed()[:, 0] > 0)
    assert sign * np.mean((posed(**{name: 1.0}) - posed())[pupil, axis]) > 0.003


def test_brows_and_corners_of_the_mouth_move():
    brow = coloured(palette.BROW)
    assert np.max((posed(browInnerUp=1.0) - posed())[brow, 1]) > 0.006
    assert np.min((posed(browDownLeft=1.0) - posed())[brow, 1]) < -0.004
    still = posed()
    corner = (np.abs(still[:, 0] - 0.024) < 0.003) & (np.abs(still[:, 1] - 1.462) < 0.002) & (still[:, 2] > 0.08)
    smile = posed(mouthSmileLeft=1.0, mouthSmileRight=1.0)
    assert np.mean((smile - still)[corner, 1]) > 0.003


def test_without_arkit_weights_the_jaw_joint_still_opens_the_mouth():
    motion, angles = rest_motion(), np.zeros((1, 55, 3))
    angles[0, skeleton().index("jaw"), 0] = 0.27
    vertices, _ = mannequin().pose(matrix_from_axis_angle(angles), motion.translation, None)
    np.testing.assert_allclose(vertices[0], posed(jawOpen=1.0), atol=1e-5)
