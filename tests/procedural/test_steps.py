"""Feet roll over toes and heel about points that stay, legs bend with the weight, and who steps wanders slowly."""

import math

import numpy as np
import pytest

from gesta.metrics.motion.foot_slide import foot_slide
from gesta.metrics.motion.root_drift import root_drift
from gesta.motion.cleanup.faults import FaultCounter
from gesta.motion.kinematics import sole_positions
from gesta.motion.rotations import axis_angle_from_matrix
from gesta.motion.skeleton import skeleton
from gesta.procedural.legs import feet
from gesta.procedural.steps import ASTRIDE_M, CROSSED_M, SHORTEST_M, STRIDE_M, Stance
from gesta.procedural.targets import CHANNEL_COUNT, LAYOUT, Targets
from gesta.randomness import generator
from gesta.records import Motion
from tests.procedural.made_prosody import made_prosody
from tests.procedural.test_body import motion_of


@pytest.fixture(scope="module")
def stepping() -> Motion:
    return motion_of(made_prosody(60.0), "neutral,steps_per_minute=10")


def tilted(degrees: np.ndarray) -> np.ndarray:
    """Heel and toe (T, 2, 3) of a left foot that tilts."""
    values = np.zeros((len(degrees), CHANNEL_COUNT))
    values[:, LAYOUT["left_tilt"]] = degrees[:, None]
    foot = feet(Targets(0, values, np.zeros((len(degrees), 52)), np.zeros(len(degrees))), seated=False)["left"]
    soles = [sole.offset for sole in skeleton().soles if sole.name.startswith("left")]
    return np.stack([foot.ankle + foot.rotation @ sole for sole in soles], axis=1)


def test_a_foot_tilts_about_a_toe_or_a_heel_that_stays() -> None:
    over_toes, over_heel = tilted(np.linspace(0.0, 30.0, 20)), tilted(np.linspace(0.0, -15.0, 20))
    np.testing.assert_allclose(over_toes[:, 1], over_toes[:1, 1].repeat(20, axis=0), atol=1e-9)
    np.testing.assert_allclose(over_heel[:, 0], over_heel[:1, 0].repeat(20, axis=0), atol=1e-9)
    assert over_toes[-1, 0, 1] > 0.1
    assert over_heel[-1, 1, 1] > 0.04


def test_steps_leave_over_the_toes_and_come_down_on_heels_or_toes(stepping: Motion) -> None:
    heights = sole_positions(stepping.rotations, stepping.translation)[..., 1].reshape(-1, 2, 2)
    lower, higher = heights.min(axis=-1), heights.max(axis=-1)
    assert ((lower < 0.002) & (higher > 0.02)).any(axis=0).all(), "feet come and go flat"
    assert stepping.contacts is not None
    assert heights.reshape(-1, 4)[stepping.contacts > 0].max() < 0.004


def test_planted_feet_do_not_creep(stepping: Motion) -> None:
    soles = sole_positions(stepping.rotations, stepping.translation)
    counter, slide = FaultCounter(None), foot_slide(soles)
    counter.push(stepping)
    creep = counter.total().foot_creep_mm_per_plant
    assert slide.mm_per_planted_frame is not None
    assert slide.mm_per_planted_frame < 0.05
    assert creep is not None
    assert creep < 5.0
    assert slide.deepest_mm < 1.0


def bend_sd(motion: Motion, joint: str) -> float:
    local = motion.rotations[:, skeleton().index(joint)].astype(np.float64)
    return float(np.degrees(np.linalg.norm(axis_angle_from_matrix(local), axis=-1)).std())


def test_knees_bend_with_the_weight_and_more_with_steps(stepping: Motion) -> None:
    standing = motion_of(made_prosody(60.0))
    for knee in ("left_knee", "right_knee"):
        assert 2.0 < bend_sd(standing, knee) < 10.0
        assert bend_sd(standing, knee) < bend_sd(stepping, knee) < 18.0


def test_who_steps_wanders_forward_and_back_more_than_sideways() -> None:
    ranges = [root_drift(motion_of(made_prosody(60.0), "restless", seed).translation).range_m for seed in range(3)]
    sideways, forward = np.mean(ranges, axis=0)
    assert 0.2 < sideways < forward < 1.6


def test_stances_stay_stances() -> None:
    stance = Stance(generator(0, "steps"))
    for _ in range(300):
        for step in stance.steps():
            assert math.dist(step.start, step.end) >= SHORTEST_M - 1e-9
        (left_x, left_z), (right_x, right_z) = stance.feet["left"], stance.feet["right"]
        assert -CROSSED_M - 1e-9 <= left_x - right_x <= ASTRIDE_M + 1e-9
        assert abs(left_z - right_z) <= STRIDE_M + SHORTEST_M
    assert max(map(abs, (*stance.feet["left"], *stance.feet["right"]))) < 2.0
