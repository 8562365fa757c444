"""The gap between the lips, as the posed surface has it."""

import numpy as np

from gesta.avatar.figure import figure
from gesta.avatar.lips import LOWER_LIP, UPPER_LIP, lip_gaps
from gesta.avatar.looks import look
from gesta.motion.face import ARKIT_INDEX
from gesta.records import JOINT_COUNT


def test_the_gap_is_that_of_the_posed_surface() -> None:
    drawn = figure(look())
    face = np.random.default_rng(0).uniform(0.0, 0.4, (6, 52)).astype(np.float32)
    face[0] = 0.0
    still = np.broadcast_to(np.eye(3, dtype=np.float32), (len(face), JOINT_COUNT, 3, 3))
    vertices, _ = drawn.pose(still, np.zeros((len(face), 3), np.float32), face)
    upper, lower = (drawn.landmarks["face"][point] for point in (UPPER_LIP, LOWER_LIP))
    np.testing.assert_allclose(lip_gaps(drawn, face), vertices[:, upper, 1] - vertices[:, lower, 1], atol=2e-4)


def test_a_dropped_jaw_parts_lips_and_mouth_close_shuts_them() -> None:
    face = np.zeros((3, 52))
    face[1:, ARKIT_INDEX["jawOpen"]] = 0.4
    face[2, ARKIT_INDEX["mouthClose"]] = 0.4
    gaps = lip_gaps(figure(look()), face)
    assert gaps[0] < 0.0015
    assert gaps[1] > 0.01
    assert gaps[2] < 0.003
