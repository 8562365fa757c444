"""Poses for pictures of the body: they are what they are called, and stand on the floor."""

import numpy as np
import pytest

from gesta.motion.face import ARKIT_NAMES
from gesta.motion.kinematics import sole_positions, track
from gesta.render.still_poses import FACES, PORTRAIT, POSES, SIDES, StillPose, still_motion

BY_NAME = {pose.name: pose for pose in (*POSES, *SIDES)}
MIRROR = np.array((-1.0, 1.0, 1.0))


def place(pose: StillPose, joint: str) -> np.ndarray:
    """Where a joint is, (3,) metres."""
    motion = still_motion([pose])
    return track(motion.rotations, motion.translation, [joint]).positions[0, 0]


@pytest.mark.parametrize("pose", BY_NAME.values(), ids=BY_NAME)
def test_soles_are_on_the_floor(pose: StillPose) -> None:
    motion = still_motion([pose])
    assert sole_positions(motion.rotations, motion.translation)[..., 1].min() == pytest.approx(0.0, abs=1e-5)


def test_there_are_three_sides_five_poses_and_every_shape_alone() -> None:
    assert (len(SIDES), len(POSES)) == (3, 5)
    faces = still_motion(FACES).face
    assert np.array_equal(np.diag(faces), np.ones(len(ARKIT_NAMES)))
    together = {pose.name for pose, weights in zip(FACES, faces, strict=True) if weights.sum() > 1.0}
    assert together == {"mouthClose + jawOpen"}


def test_arms_hang_and_rise() -> None:
    hanging, raised = BY_NAME["hanging"], BY_NAME["arms up"]
    assert place(hanging, "left_wrist")[1] < place(hanging, "pelvis")[1]
    assert place(raised, "left_wrist")[1] > place(raised, "head")[1] + 0.25


def test_who_sits_has_bent_knees_and_thighs_that_point_forward() -> None:
    seated = BY_NAME["seated"]
    assert place(seated, "pelvis")[1] < 0.65
    thigh = place(seated, "left_knee") - place(seated, "left_hip")
    assert abs(thigh[1]) < 0.15 * np.linalg.norm(thigh)
    shin = place(seated, "left_ankle") - place(seated, "left_knee")
    assert shin[1] < -0.95 * np.linalg.norm(shin)


def test_who_points_has_one_straight_finger_before_the_body() -> None:
    pointing = BY_NAME["pointing"]
    assert place(pointing, "right_index3")[1] > 1.1
    straight, curled = (
        np.linalg.norm(place(pointing, f"right_{finger}3") - place(pointing, "right_wrist"))
        for finger in ("index", "middle")
    )
    assert straight > 1.3 * curled


def test_both_sides_do_the_same_in_the_portrait() -> None:
    for joint in ("elbow", "wrist", "index3", "thumb3"):
        assert place(PORTRAIT, f"right_{joint}") == pytest.approx(place(PORTRAIT, f"left_{joint}") * MIRROR, abs=1e-5)


def test_the_back_is_seen_where_the_front_was() -> None:
    assert place(BY_NAME["front"], "left_wrist")[0] > 0.5
    assert place(BY_NAME["back"], "left_wrist")[0] < -0.5
