"""Of a motion's face, what a picture can show."""

import numpy as np

from gesta.film.puppet.shown_face import resting_face, shown_face
from gesta.motion.face import ARKIT_INDEX, ARKIT_NAMES, LID_FOLLOWS_GAZE


def face(**weights: list[float]) -> np.ndarray:
    found = np.zeros((len(next(iter(weights.values()))), len(ARKIT_NAMES)), np.float32)
    for name, values in weights.items():
        found[:, ARKIT_INDEX[name]] = values
    return found


NOTHING = np.zeros(len(ARKIT_NAMES), np.float32)


def test_lids_do_not_sink_with_the_gaze_and_blinks_close_them() -> None:
    down = 0.6
    asleep = LID_FOLLOWS_GAZE * down
    shown = shown_face(face(eyeLookDownLeft=[down, down, 0.0], eyeBlinkLeft=[asleep, 1.0, 0.5]), NOTHING)
    np.testing.assert_allclose(shown[:, ARKIT_INDEX["eyeBlinkLeft"]], [0.0, 1.0, 0.5], atol=1e-6)


def test_a_gaze_is_told_from_where_the_motion_rests() -> None:
    motion = face(eyeLookOutLeft=[0.2, 0.2, 0.2, 0.5, 0.0], eyeLookInLeft=[0.0, 0.0, 0.0, 0.0, 0.3])
    shown = shown_face(motion, resting_face(motion))
    np.testing.assert_allclose(shown[:, ARKIT_INDEX["eyeLookOutLeft"]], [0.0, 0.0, 0.0, 0.3, 0.0], atol=1e-6)
    np.testing.assert_allclose(shown[:, ARKIT_INDEX["eyeLookInLeft"]], [0.0, 0.0, 0.0, 0.0, 0.3], atol=1e-6)


def test_brows_are_told_from_where_they_rest() -> None:
    motion = face(browOuterUpLeft=[0.15, 0.15, 0.15, 0.8, 0.1], mouthSmileLeft=[0.3] * 5)
    shown = shown_face(motion, resting_face(motion))
    np.testing.assert_allclose(shown[:, ARKIT_INDEX["browOuterUpLeft"]], [0.0, 0.0, 0.0, 0.65, 0.0], atol=1e-6)
    np.testing.assert_allclose(shown[:, ARKIT_INDEX["mouthSmileLeft"]], 0.3)
