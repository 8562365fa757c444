"""Seams, jitter and limits: planted faults go, accents stay."""

import numpy as np
import pytest

from gesta.motion.cleanup.easing import eased, smoothed
from gesta.motion.cleanup.jitter import without_jitter
from gesta.motion.cleanup.limiting import REACH, within_limits
from gesta.motion.cleanup.seams import SPREAD_FRAMES, without_seams
from gesta.motion.limits import excess_degrees
from gesta.motion.rotations import angle_between, matrix_from_axis_angle
from gesta.motion.skeleton import skeleton
from gesta.records import Motion
from tests.motion.cleanup.faulty import trembling, with_a_jump
from tests.motion.cleanup.standing_body import standing_motion

SHOULDER, ELBOW, KNEE = skeleton().indices(["left_shoulder", "left_elbow", "left_knee"])


def struck(frames: int = 90, degrees: float = 60.0, frames_long: int = 9) -> Motion:
    """A minimum-jerk stroke of the left elbow, as quick as people's quickest."""
    share = np.clip((np.arange(frames) - 40) / frames_long, 0.0, 1.0)
    vectors = np.zeros((frames, 55, 3))
    vectors[:, ELBOW, 1] = -np.radians(20 + degrees * (10 * share**3 - 15 * share**4 + 6 * share**5))
    return standing_motion(frames).replaced(rotations=matrix_from_axis_angle(vectors))


def test_a_quick_stroke_is_no_fault() -> None:
    motion = struck()
    for step in (without_seams, without_jitter, within_limits):
        assert np.array_equal(step(motion).rotations, motion.rotations)


def test_a_seam_is_spread_over_the_frames_around_it() -> None:
    motion = standing_motion(120)
    found = without_seams(with_a_jump(motion, 60, degrees=24.0))
    steps = np.degrees(angle_between(found.rotations[1:, SHOULDER], found.rotations[:-1, SHOULDER]))
    assert steps.max() < 24.0 * 2.0 / SPREAD_FRAMES
    far = np.abs(np.arange(120) - 59.5) > SPREAD_FRAMES
    assert np.array_equal(found.rotations[far], with_a_jump(motion, 60, degrees=24.0).rotations[far])


def test_a_single_odd_frame_goes_back_to_its_place() -> None:
    motion = standing_motion(120)
    rotations = np.array(motion.rotations)
    rotations[60, ELBOW] = rotations[60, ELBOW] @ matrix_from_axis_angle(np.array([0.0, 0.6, 0.0]))
    found = without_seams(motion.replaced(rotations=rotations))
    away = np.degrees(angle_between(found.rotations[:, ELBOW], motion.rotations[:, ELBOW]))
    assert away.max() < 4.0


def test_trembling_is_calmed_and_what_does_not_tremble_stays() -> None:
    motion = standing_motion(200)
    noisy = trembling(motion, degrees=1.0)
    found = without_jitter(noisy)
    before, after = (angle_between(m.rotations[20:-20, 13:22], motion.rotations[20:-20, 13:22]) for m in (noisy, found))
    assert np.sqrt(np.mean(after**2)) < 0.65 * np.sqrt(np.mean(before**2))
    third = [np.abs(np.diff(m.rotations[:, SHOULDER], n=3, axis=0)).mean() for m in (noisy, found)]
    assert third[1] < 0.25 * third[0]
    assert np.array_equal(found.rotations[:, KNEE], noisy.rotations[:, KNEE])


def test_joints_come_back_within_their_limits_without_a_corner() -> None:
    frames = 120
    vectors = np.zeros((frames, 55, 3))
    vectors[:, ELBOW, 1] = np.radians(100.0 * np.exp(-(((np.arange(frames) - 60) / 12.0) ** 2)) - 30.0)
    motion = standing_motion(frames).replaced(rotations=matrix_from_axis_angle(vectors))
    assert excess_degrees(motion.rotations).max() > 5.0
    found = within_limits(motion)
    assert not excess_degrees(found.rotations).any()
    beyond = np.flatnonzero(excess_degrees(motion.rotations).any(axis=1))
    near = (np.arange(frames) >= beyond[0] - REACH) & (np.arange(frames) <= beyond[-1] + REACH)
    assert np.array_equal(found.rotations[~near], motion.rotations[~near])
    assert np.array_equal(found.rotations[:, SHOULDER], motion.rotations[:, SHOULDER])


@pytest.mark.parametrize("reach", [3, 4, 6])
def test_an_eased_amount_is_nowhere_less_and_reaches_no_further(reach: int) -> None:
    amounts = np.zeros(60)
    amounts[[20, 21, 40]] = 1.0, 3.0, 2.0
    found = eased(amounts, reach)
    assert np.all(found >= amounts - 1e-12)
    assert found[: 20 - reach].max() == 0.0
    assert smoothed(np.ones(30), reach) == pytest.approx(np.ones(30))
