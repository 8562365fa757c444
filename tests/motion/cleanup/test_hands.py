"""Hands in the body: moved out, softly, no farther than needed; hands that rest together touch."""

import numpy as np
import pytest

from gesta.motion.cleanup.cleaner import clean
from gesta.motion.cleanup.faults import FaultCounter, Faults
from gesta.motion.cleanup.hands_out import REACH, HandsOut
from gesta.motion.cleanup.overlaps import ArmOverlaps
from gesta.motion.cleanup.settings import CleanupSettings
from gesta.motion.cleanup.touching import exits, gaps
from gesta.motion.cleanup.two_bones import LIMBS, Limb
from gesta.motion.kinematics import forward
from gesta.motion.skeleton import skeleton
from gesta.records import Capsules, Motion
from gesta.units import MOTION_FPS
from tests.motion.cleanup.standing_body import plain_capsules, standing_motion, with_wrist_at

CAPSULES = plain_capsules()
WRISTS = skeleton().indices(["left_wrist", "right_wrist"])


def wrists(motion: Motion) -> np.ndarray:
    return forward(motion.rotations.astype(np.float64), motion.translation.astype(np.float64)).positions[:, WRISTS]


def faults(motion: Motion) -> Faults:
    counter = FaultCounter(ArmOverlaps(CAPSULES))
    counter.push(motion)
    return counter.total()


def dipping(frames: int = 120, depth_m: float = 0.12) -> Motion:
    """The left hand goes into the belly and out again."""
    times = np.arange(frames) - frames // 2
    goal = np.array([0.08, 1.08, 0.32]) - np.exp(-((times / 15.0) ** 2))[:, None] * [0.0, 0.0, depth_m + 0.1]
    return with_wrist_at(standing_motion(frames), "left", goal)


def test_a_hand_in_the_belly_comes_out_to_the_front() -> None:
    motion = dipping(320)
    before, found = faults(motion), HandsOut(ArmOverlaps(CAPSULES)).change(motion)
    assert before.hand_depth_mm is not None and before.hand_depth_mm > 30.0
    after = faults(found)
    assert after.hand_depth_mm is not None and after.hand_depth_mm < 5.0
    moved = wrists(found)[:, 0] - wrists(motion)[:, 0]
    assert moved[160, 2] > 0.03
    # Softly: no harder than 20 m/s^2 on top of what the hand does by itself.
    assert np.abs(np.diff(moved, n=2, axis=0)).max() * 900.0 < 20.0
    far = np.abs(np.arange(320) - 160) > 45 + REACH
    assert far.any()
    assert np.array_equal(found.rotations[far], motion.rotations[far])
    assert np.array_equal(found.rotations[:, 1:13], motion.rotations[:, 1:13])


def test_the_hand_keeps_the_way_it_is_turned() -> None:
    motion = dipping()
    found = HandsOut(ArmOverlaps(CAPSULES)).change(motion)
    turned = [
        forward(m.rotations.astype(np.float64), m.translation.astype(np.float64)).rotations for m in (motion, found)
    ]
    assert np.allclose(turned[0][:, WRISTS[0]], turned[1][:, WRISTS[0]], atol=1e-5)


def test_hands_through_each_other_share_the_way_apart() -> None:
    motion = resting_apart(-0.03, 80)
    found = HandsOut(ArmOverlaps(CAPSULES)).change(motion)
    assert (faults(motion).hand_depth_mm or 0.0) > 10.0
    assert (faults(found).hand_depth_mm or 0.0) < 5.0
    moved = np.linalg.norm(wrists(found) - wrists(motion), axis=-1)
    assert moved[:, 0] == pytest.approx(moved[:, 1], abs=2e-3)


def test_hands_that_pass_through_each_other_are_not_thrown_about() -> None:
    times = np.arange(150)
    across = 0.12 * np.tanh((times - 75) / 12.0)[:, None] * [0.0, 0.0, 1.0]
    motion = standing_motion(150, sway_m=0.0)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        motion = with_wrist_at(motion, side, np.array([0.04 * sign, 1.15, 0.35]) + sign * across)
    found = HandsOut(ArmOverlaps(CAPSULES)).change(motion)
    assert (faults(motion).hand_depth_mm or 0.0) > 15.0
    assert (faults(found).hand_longest_frames or 0) <= 3
    speeds = [np.linalg.norm(np.diff(wrists(m), axis=0), axis=-1).max() * MOTION_FPS for m in (motion, found)]
    assert speeds[1] < speeds[0] + 0.8


def test_an_elbow_in_the_side_swings_outward_and_its_hand_stays() -> None:
    motion = with_wrist_at(standing_motion(200), "left", np.array([0.22, 0.98, 0.25]) + np.zeros((200, 1)))
    rotations = motion.rotations.astype(np.float64)
    arm = Limb.of("left_arm", forward(rotations, motion.translation.astype(np.float64)))
    inward = np.radians(40.0 * np.exp(-(((np.arange(200) - 100) / 20.0) ** 2)) - 25.0)
    joints = skeleton().indices(LIMBS["left_arm"][0])
    rotations[:, joints] = arm.swung(-inward).reaching(arm.end)
    motion = motion.replaced(rotations=rotations)
    overlaps = ArmOverlaps(plain_capsules(elbows=True))
    found = HandsOut(overlaps).change(motion)
    gaps_before, gaps_after = (
        overlaps.gaps(overlaps.elbows["left"], overlaps.place(forward(m.rotations, m.translation)))
        for m in (motion, found)
    )
    assert gaps_before.min() < -0.03
    assert gaps_after.min() > -0.026
    assert wrists(found)[:, 0] == pytest.approx(wrists(motion)[:, 0], abs=0.02)


def gap(motion: Motion) -> np.ndarray:
    capsules = ArmOverlaps(CAPSULES)
    pose = forward(motion.rotations.astype(np.float64), motion.translation.astype(np.float64))
    return capsules.gaps(capsules.both, capsules.place(pose), 0.2)


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
    assert abs(gap(HandsOut(ArmOverlaps(CAPSULES)).change(resting))[45]) < 0.004
    waving = 0.1 * np.sin(np.linspace(0.0, 20.0, 90))[:, None] * [0.0, 1.0, 0.0]
    passing = with_wrist_at(resting, "left", wrists(resting)[:, 0] + waving)
    assert 0.0 < gap(passing).min() < 0.025
    assert np.array_equal(HandsOut(ArmOverlaps(CAPSULES)).change(passing).rotations, passing.rotations)


FIRST, SECOND = np.array([0]), np.array([1])


def two_capsules(pairs: list[list[list[float]]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Starts, ends and radii of two capsules a frame, from [start, end, other start, other end] each."""
    points = np.array(pairs, dtype=np.float64)
    return np.ascontiguousarray(points[:, ::2]), np.ascontiguousarray(points[:, 1::2]), np.array([0.2, 0.3])


def test_gaps_between_capsules_that_cross_end_to_end_side_by_side_and_far_away() -> None:
    bar = [[0.0, 0, 0], [1.0, 0, 0]]
    placed = two_capsules(
        [
            [*bar, [0.3, 1.0, -1.0], [0.3, 1.0, 1.0]],
            [*bar, [2.0, 0.0, 0.0], [3.0, 0.0, 0.0]],
            [*bar, [0.5, 0.4, 0.0], [1.5, 0.4, 0.0]],
            [*bar, [0.0, 9.0, 0.0], [1.0, 9.0, 0.0]],
        ]
    )
    assert gaps(*placed, FIRST, SECOND, 2.0) == pytest.approx(np.array([0.5, 0.5, -0.1, np.inf]))


def test_ways_out_of_a_capsule_are_as_long_as_they_must_be() -> None:
    placed = two_capsules([[[0.1, 0, -1], [0.1, 0, 1], [0, -1, 0], [0, 1, 0]]])
    ways = np.array([[[1.0, 0, 0], [-1.0, 0, 0], [0, 1.0, 0]]])
    # Crossed bars 0.1 m apart, radii 0.5 m together, of which 0.1 m is allowed; along the other bar, past its end.
    past_the_end = 1.0 + np.sqrt(0.4**2 - 0.1**2)
    found = exits(*placed, FIRST, SECOND, ways, 0.1, 9.0, 20)
    assert found == pytest.approx(np.array([[0.3, 0.5, past_the_end]]), abs=1e-6)
    assert exits(*placed, FIRST, SECOND, ways, 0.1, 0.2, 20).max() == 0.2


def test_a_body_whose_hands_have_no_capsules_is_left_as_it_is() -> None:
    head = Capsules(("head",), ("head",), np.array([[0.0, 1.5, 0.0]]), np.array([[0.0, 1.55, 0.0]]), np.array([0.1]))
    motion = standing_motion(60)
    found, report = clean(motion, head, CleanupSettings(seams=False, jitter=False, limits=False, feet=False))
    assert np.array_equal(found.rotations, motion.rotations)
    assert report.after.hand_depth_mm is None
