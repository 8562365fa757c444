"""The points of the drawn mannequin lie on what the picture shows."""

import numpy as np
import pytest
from matplotlib.path import Path as Outline

from gesta.keypoints.mannequin_points import mannequin_keypoints
from gesta.motion.face import ARKIT_INDEX
from gesta.motion.rotations import matrix_from_axis_angle
from gesta.motion.skeleton import skeleton
from gesta.records import Keypoints, Motion
from gesta.render.mannequin import mannequin
from gesta.render.preview import frames
from gesta.render.views import camera_for
from tests.render.figures import rest_motion

FACE, OUTER_LIPS, INNER_LIPS = slice(24, 92), slice(72, 84), slice(84, 92)
RIGHT_WRIST, LEFT_WRIST, LEFT_HAND, RIGHT_HAND = 4, 7, slice(92, 113), slice(113, 134)
SIZE = (320, 320)
RAISED = {
    "left_shoulder": (0.0, 0.0, -1.2),
    "right_shoulder": (0.0, 0.0, 1.2),
    "left_elbow": (0.0, -2.0, 0.0),
    "right_elbow": (0.0, 2.0, 0.0),
}


def spoken(turns: dict[str, tuple[float, float, float]] | None = None, **weights: float) -> Motion:
    """One frame with some joints turned by axis-angle and some ARKit weights set."""
    angles, face = np.zeros((1, 55, 3)), np.zeros((1, 52))
    for joint, turn in (turns or {}).items():
        angles[0, skeleton().index(joint)] = turn
    for name, weight in weights.items():
        face[0, ARKIT_INDEX[name]] = weight
    return rest_motion(rotations=matrix_from_axis_angle(angles), face=face)


def seen(motion: Motion, camera: str) -> Keypoints:
    return mannequin_keypoints(motion, camera_for(camera), SIZE)


def picture_of(motion: Motion, camera: str) -> np.ndarray:
    return frames(motion, [0], SIZE, camera, figure=mannequin())[0].astype(int)


@pytest.mark.parametrize(
    "weights", [{"jawOpen": 1.0}, {"jawOpen": 0.6, "mouthFunnel": 1.0}, {"jawOpen": 0.8, "jawLeft": 1.0}]
)
def test_lips_enclose_the_dark_of_the_mouth(weights: dict[str, float]):
    motion = spoken(**weights)
    lips = seen(motion, "face").points[0, OUTER_LIPS]
    low, high = np.floor(lips.min(axis=0) - 12).astype(int), np.ceil(lips.max(axis=0) + 12).astype(int)
    rows, columns = np.nonzero(picture_of(motion, "face")[low[1] : high[1], low[0] : high[0]].max(axis=-1) < 40)
    dark = np.stack([columns + low[0], rows + low[1]], axis=1) + 0.5
    assert len(dark) > 100
    assert Outline(lips).contains_points(dark, radius=2.0).mean() > 0.97
    inner = seen(motion, "face").points[0, INNER_LIPS]
    assert np.abs(np.ptp(inner[:, 0]) / np.ptp(dark[:, 0]) - 1.0) < 0.25


def test_closed_lips_touch_and_an_open_jaw_parts_them():
    above, below = [1, 2, 3], [7, 6, 5]
    heights = []
    for weight in (0.0, 0.5, 1.0):
        inner = seen(spoken(jawOpen=weight), "face").points[0, INNER_LIPS]
        heights.append(np.mean(inner[below, 1] - inner[above, 1]))
    assert abs(heights[0]) < 0.1
    assert heights[2] > 1.7 * heights[1] > 10.0


def test_a_closed_eye_is_closed_and_the_other_one_is_not():
    face = seen(spoken(eyeBlinkLeft=1.0), "face").points[0, FACE]
    right, left = ((face[at + 4, 1] + face[at + 5, 1] - face[at + 1, 1] - face[at + 2, 1]) / 2 for at in (36, 42))
    assert left < 0.2 * right
    assert right > 5.0


def test_brows_go_up():
    still, raised = (seen(spoken(browInnerUp=weight), "face").points[0, FACE] for weight in (0.0, 1.0))
    assert np.all(still[[20, 21, 22, 23], 1] - raised[[20, 21, 22, 23], 1] > 2.0)
    np.testing.assert_allclose(still[:17], raised[:17], atol=0.5)


def test_hands_lie_on_skin_and_hang_on_their_own_wrists():
    motion = spoken(RAISED)
    found = seen(motion, "half").points[0]
    np.testing.assert_array_equal(found[RIGHT_HAND][0], found[RIGHT_WRIST])
    np.testing.assert_array_equal(found[LEFT_HAND][0], found[LEFT_WRIST])
    assert found[RIGHT_WRIST, 0] < found[LEFT_WRIST, 0]
    picture = picture_of(motion, "half")
    # The wrist itself lies inside the sleeve.
    for x, y in np.concatenate([found[LEFT_HAND][1:], found[RIGHT_HAND][1:]]).astype(int):
        around = picture[y - 1 : y + 2, x - 1 : x + 2].reshape(-1, 3)
        assert np.any(around[:, 0] - around[:, 2] > 35), (x, y)


def test_what_the_picture_cuts_off_has_no_score():
    motion = rest_motion()
    legs = [9, 10, 12, 13, *range(18, 24)]
    assert np.all(seen(motion, "full").scores == 1.0)
    half = seen(motion, "half")
    assert np.all(half.scores[0, legs] == 0.0)
    assert np.all(half.scores[0, FACE] == 1.0)


def test_a_long_motion_is_seen_as_its_frames_are():
    face = np.zeros((150, 52))
    face[:, ARKIT_INDEX["jawOpen"]] = np.linspace(0.0, 1.0, 150)
    motion = rest_motion(150, face=face)
    whole = seen(motion, "half")
    assert whole.frame_count == 150
    for at in (0, 63, 64, 149):
        np.testing.assert_allclose(whole.points[at], seen(motion.frames(at, at + 1), "half").points[0], atol=1e-3)
