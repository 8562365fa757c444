"""Lifting hands out of pictures: what is drawn of a known hand comes back as that hand, or as unknown."""

import numpy as np
import pytest

from gesta.keypoints.layout import GROUPS
from gesta.keypoints.lift import lift_arms
from gesta.keypoints.lift_hands import LiftedHands, lift_hands
from gesta.records import Keypoints
from tests.keypoints.drawn_hands import apart_deg, curls_of, held, poses, seen, true_hands

KNOWN = 0.5
"""Confidence from which on a hand counts as known."""


def lifted(points: Keypoints) -> LiftedHands:
    return lift_hands(points, lift_arms(points))


@pytest.mark.parametrize("noise_px", [0.0, 1.5])
def test_palms_and_curls_come_back_from_the_picture(noise_px: float) -> None:
    shown = poses()
    motion = held(shown, shown[::-1])
    found = lifted(seen(motion, noise_px))
    known = found.confidence > KNOWN
    assert known.mean() > 0.8
    off_deg = apart_deg(found.palms, true_hands(motion).palms)[known]
    assert np.median(off_deg) < 10.0
    assert np.percentile(off_deg, 90.0) < 25.0
    curls = np.stack((curls_of(shown), curls_of(shown[::-1])), axis=1)
    assert np.median(np.abs(found.curls - curls)[known]) < 0.08


def test_splays_come_back_where_the_palm_is_seen() -> None:
    shown = poses()
    motion = held(shown, shown)
    truth, found = true_hands(motion), lifted(seen(motion))
    facing = (
        (np.abs(truth.palms[..., 2]) > 0.5) & (found.confidence > KNOWN) & (curls_of(shown).max(axis=1) < 0.5)[:, None]
    )
    assert facing.sum() >= 8
    assert np.median(np.abs(found.splays - truth.splays)[facing]) < 6.0


def test_hands_that_are_not_seen_are_unknown() -> None:
    points = seen(held(poses()[:4], poses()[:4]))
    scores = points.scores.copy()
    scores[:, GROUPS["left_hand"]] = 0.0
    found = lifted(points.replaced(scores=scores))
    assert not (found.confidence[:, 0] > 0.0).any()
    assert (found.confidence[:, 1] > 0.0).all()


def test_points_that_are_no_hand_are_unknown() -> None:
    points = seen(held(poses(), poses()))
    hand = GROUPS["right_hand"]
    places = points.points.copy()
    places[:, hand] += np.random.default_rng(1).normal(0.0, 25.0, places[:, hand].shape)
    assert np.median(lifted(points.replaced(points=places)).confidence[:, 1]) < KNOWN
