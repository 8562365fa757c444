"""Hands in the body: moved out, softly, no farther than needed; hands that rest together touch."""

import numpy as np
import pytest

from gesta.motion.cleanup.cleaner import clean
from gesta.motion.cleanup.faults import FaultCounter, Faults
from gesta.motion.cleanup.hands_out import REACH, HandsOut
from gesta.motion.cleanup.overlaps import HandOverlaps
from gesta.motion.cleanup.segments import closest
from gesta.motion.cleanup.settings import CleanupSettings
from gesta.motion.kinematics import forward
from gesta.motion.skeleton import skeleton
from gesta.records import Capsules, Motion
from tests.motion.cleanup.standing_body import plain_capsules, standing_motion, with_wrist_at

CAPSULES = plain_capsules()
WRISTS = skeleton().indices(["left_wrist", "right_wrist"])


def wrists(motion: Motion) -> np.ndarray:
    return forward(motion.rotations.astype(np.float64), motion.translation.astype(np.float64)).positions[:, WRISTS]


def faults(motion: Motion) -> Faults:
    counter = FaultCounter(HandOverlaps(CAPSULES))
    counter.push(motion)
    return counter.total()


def dipping(frames: int = 120, depth_m: float = 0.12) -> Motion:
    """The left hand goes into the belly and out again."""
    times = np.arange(frames)
    goal = np.array([0.08, 1.08, 0.32]) - np.exp(-(((times - 60) / 15.0) ** 2))[:, None] * [0.0, 0.0, depth_m + 0.1]
    return with_wrist_at(standing_motion(frames), "left", goal)


def test_a_hand_in_the_belly_comes_out_to_the_front() -> None:
    motion = dipping()
    before, found = faults(motion), HandsOut(HandOverlaps(CAPSULES)).change(motion)
    assert before.hand_depth_mm is not None and before.hand_depth_mm > 30.0
    after = faults(found)
    assert after.hand_depth_mm is not None and after.hand_depth_mm < 5.0
    moved = wrists(found)[:, 0] - wrists(motion)[:, 0]
    assert moved[60, 2] > 0.03
    # Softly: no harder than 20 m/s^2 on top of what the hand does by itself.
    assert np.abs(np.diff(moved, n=2, axis=0)).max() * 900.0 < 20.0
    far = np.abs(np.arange(120) - 60) > 45 + REACH
    assert np.array_equal(found.rotations[far], motion.rotations[far])
    assert np.array_equal(found.rotations[:, 1:13], motion.rotations[:, 1:13])


def test_the_hand_keeps_the_way_it_is_turned() -> None:
    motion = dipping()
    found = HandsOut(HandOverlaps(CAPSULES)).change(motion)
    turned = [
        forward(m.rotations.astype(np.float64), m.translation.astype(np.float64)).rotations for m in (motion, found)
    ]
    assert np.allclose(turned[0][:, WRISTS[0]], turned[1][:, WRISTS[0]], atol=1e-5)


def test_hands_through_each_other_share_the_way_apart() -> None:
    motion = resting_apart(-0.03, 80)
    found = HandsOut(HandOverlaps(CAPSULES)).change(motion)
    assert (faults(motion).hand_depth_mm or 0.0) > 10.0
    assert (faults(found).hand_depth_mm or 0.0) < 5.0
    moved = np.linalg.norm(wrists(found) - wrists(motion), axis=-1)
    assert moved[:, 0] == pytest.approx(moved[:, 1], abs=2e-3)


def gap(motion: Motion) -> np.ndarray:
    capsules = HandOverlaps(CAPSULES)
    pose = forward(motion.rotations.astype(np.float64), motion.translation.astype(np.float64))
    return capsules.apart(capsules.place(pose), 0.0)[2]


def resting_apart(metres: float, frames: int = 90) -> Motion:
    """Both hands held still in front of the belly, so far from each other in the middle frame."""
    for x in np.linspace(0.0, 0.2, 400):
        motion = standing_motion(1)
        for side, sign in (("left", 1.0), ("right", -1.0)):
            motion = with_wrist_at(motion, side, np.array([[sign * x, 1.15, 0.3]]))
        if gap(motion)[0] > metres:
            break
    return motion.replaced(
        **{
            name: np.repeat(getattr(motion, name), frames, axis=0)
            for name in ("rotations", "translation", "face", "contacts")
        }
    )


def test_hands_that_rest_beside_each_other_touch_and_passing_ones_do_not() -> None:
    resting = resting_apart(0.015)
    assert 0.01 < gap(resting)[45] < 0.025
    assert abs(gap(HandsOut(HandOverlaps(CAPSULES)).change(resting))[45]) < 0.004
    waving = 0.1 * np.sin(np.linspace(0.0, 20.0, 90))[:, None] * [0.0, 1.0, 0.0]
    passing = with_wrist_at(resting, "left", wrists(resting)[:, 0] + waving)
    assert 0.0 < gap(passing).min() < 0.025
    assert np.array_equal(HandsOut(HandOverlaps(CAPSULES)).change(passing).rotations, passing.rotations)


def test_closest_points_of_segments() -> None:
    start, end = np.array([[0.0, 0, 0], [0.0, 0, 0]]), np.array([[1.0, 0, 0], [1.0, 0, 0]])
    other_start, other_end = np.array([[0.3, 1.0, -1.0], [2.0, 1.0, 0.0]]), np.array([[0.3, 1.0, 1.0], [3.0, 1.0, 0.0]])
    first, second = closest(start, end, other_start, other_end)
    assert first == pytest.approx(np.array([[0.3, 0, 0], [1.0, 0, 0]]))
    assert second == pytest.approx(np.array([[0.3, 1, 0], [2.0, 1, 0]]))
    mine, theirs = closest(start[:1], end[:1], other_start[1:] - (1.5, 0, 0), other_end[1:] - (1.5, 0, 0))
    assert np.linalg.norm(mine - theirs) == pytest.approx(1.0)


def test_a_body_whose_hands_have_no_capsules_is_left_as_it_is() -> None:
    head = Capsules(("head",), ("head",), np.array([[0.0, 1.5, 0.0]]), np.array([[0.0, 1.55, 0.0]]), np.array([0.1]))
    motion = standing_motion(60)
    found, report = clean(motion, head, CleanupSettings(seams=False, jitter=False, limits=False, feet=False))
    assert np.array_equal(found.rotations, motion.rotations)
    assert report.after.hand_depth_mm is None
