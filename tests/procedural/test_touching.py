"""Hands that touch: truly, and without going through each other or the body."""

import numpy as np
import pytest

from gesta.procedural.families import families, rests
from gesta.procedural.shapes import HAND_SHAPES
from gesta.records import HandPose
from tests.procedural.posed import TRUNK, gaps_m, hand_parts, posed

DEEPEST_M, FARTHEST_M = -0.010, 0.006
"""Skin gives a little, and capsules are a little inside of it."""
LEFT, RIGHT = hand_parts("left"), hand_parts("right")


def after(name: str) -> HandPose:
    family = families()[name]
    end = np.add(family.place, family.after)
    return family.pose_after((float(end[0]), float(end[1]), float(end[2])))


@pytest.mark.parametrize("name", ["clasped", "one_over_other", "lap_clasped"])
def test_hands_that_hold_each_other_touch(name: str) -> None:
    rest = rests()[name]
    gaps = gaps_m(posed(rest.left, rest.right), LEFT, RIGHT)
    assert DEEPEST_M < gaps.min() < FARTHEST_M
    assert (gaps < FARTHEST_M).sum() >= 4, "they touch at one point only"


def test_palms_that_meet_touch() -> None:
    gaps = gaps_m(posed(after("together"), after("together")), LEFT, RIGHT)
    assert DEEPEST_M < gaps.min() < FARTHEST_M


def test_a_hand_that_means_me_lies_on_the_breast() -> None:
    gaps = gaps_m(posed(after("point_self"), rests()["hanging"].right), LEFT, list(TRUNK))
    assert DEEPEST_M < gaps.min() < FARTHEST_M


@pytest.mark.parametrize("name", [name for name, rest in rests().items() if not rest.seated])
def test_no_resting_hand_is_in_the_body(name: str) -> None:
    rest = rests()[name]
    rotations = posed(rest.left, rest.right)
    for hand in (LEFT, RIGHT):
        gaps = gaps_m(rotations, hand, list(TRUNK))
        assert gaps.min() > DEEPEST_M


@pytest.mark.parametrize("name", list(families()))
def test_no_gesture_goes_through_the_body(name: str) -> None:
    family = families()[name]
    start = np.add(family.place, family.before)
    before = family.pose_before((float(start[0]), float(start[1]), float(start[2])))
    for pose in (before, after(name)):
        assert gaps_m(posed(pose, rests()["hanging"].right), LEFT, list(TRUNK)).min() > DEEPEST_M


@pytest.mark.parametrize("name", [name for name, family in families().items() if family.both_hands > 0.0])
def test_two_hands_that_gesture_alike_do_not_meet(name: str) -> None:
    family = families()[name]
    start = np.add(family.place, family.before)
    before = family.pose_before((float(start[0]), float(start[1]), float(start[2])))
    for pose in (before, after(name)):
        assert gaps_m(posed(pose, pose), LEFT, RIGHT).min() > DEEPEST_M


@pytest.mark.parametrize("name", ["pinch", "ring"])
def test_thumb_and_forefinger_of_a_grip_meet(name: str) -> None:
    pose = HandPose((0.03, -0.2, 0.26), (-1.0, 0.0, 0.0), shape=name)
    gap = gaps_m(posed(pose, rests()["hanging"].right), ["left_thumb3"], ["left_index3"])[0, 0]
    assert -0.004 < gap < 0.004
    assert name in HAND_SHAPES
