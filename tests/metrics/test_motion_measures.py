"""Every measure of body motion on cases whose answer is known by hand."""

import numpy as np
import pytest

from gesta.metrics.motion.activity import activity
from gesta.metrics.motion.alignment import align, deceleration_events, match_score
from gesta.metrics.motion.coordination import coordination
from gesta.metrics.motion.elbow import elbow_flexion, elbow_swivel
from gesta.metrics.motion.foot_slide import foot_slide
from gesta.metrics.motion.height import relative_height
from gesta.metrics.motion.jerk import jerk
from gesta.metrics.motion.pauses import pause_behaviour, speech_pauses
from gesta.metrics.motion.posture import relative_angles, spread
from gesta.metrics.motion.root_drift import root_drift
from gesta.metrics.motion.spectrum import power_frequencies
from gesta.metrics.motion.speed import angular_speed, peaks_per_minute, point_speed
from gesta.metrics.motion.submovements import COLUMNS, submovements, summarise
from gesta.metrics.motion.summary import percentiles, runs
from gesta.motion.rotations import matrix_from_axis_angle, matrix_from_euler
from gesta.units import MOTION_FPS


def at(*rows: tuple[float, float, float]) -> np.ndarray:
    return np.array(rows, dtype=np.float64)


def test_a_point_that_moves_evenly_has_an_even_speed() -> None:
    positions = np.outer(np.arange(10), [0.01, 0.0, 0.0])
    assert point_speed(positions) == pytest.approx(np.full(9, 0.3))


def test_a_joint_that_turns_three_degrees_a_frame_turns_ninety_a_second() -> None:
    rotations = matrix_from_axis_angle(np.radians(np.outer(np.arange(5), [0.0, 3.0, 0.0])))
    assert angular_speed(rotations) == pytest.approx(np.full(4, 90.0))


def test_speed_peaks_count_above_half_a_metre_a_second() -> None:
    speed = np.zeros(59)
    speed[[10, 30, 50]] = 0.6, 0.4, 0.7
    assert peaks_per_minute(speed) == pytest.approx(2 / (60 / MOTION_FPS) * 60)


def test_still_share_bouts_and_pauses() -> None:
    left = np.array([0.0] * 30 + [1.0] * 15 + [0.0] * 15)
    found = activity(np.stack([left, np.zeros(60)]))
    assert found is not None
    assert found.still_share == pytest.approx(0.75)
    assert found.bouts_s == {"p50": pytest.approx(0.5), "p90": pytest.approx(0.5)}
    assert found.pauses_s == {"p50": pytest.approx(0.75), "p90": pytest.approx(0.95)}


def test_runs_and_percentiles() -> None:
    assert runs(np.array([True, True, False, True]), wanted=True).tolist() == [2, 1]
    assert runs(np.array([True, True]), wanted=False).tolist() == []
    assert percentiles(np.arange(101.0), (5, 50)) == {"p5": 5.0, "p50": 50.0}
    assert percentiles(np.zeros(0), (50,)) is None


def test_height_is_zero_at_the_hips_and_one_at_the_shoulders() -> None:
    hips, shoulders = at((0.1, 1.0, 0.0), (-0.1, 1.0, 0.0)), at((0.2, 1.4, 0.0), (-0.2, 1.6, 0.0))
    wrist = at((0.0, 1.25, 0.3))
    assert relative_height(wrist, hips[None], shoulders[None]) == pytest.approx([0.5])
    lying = relative_height(wrist, hips[None], hips[None])
    assert len(lying) == 0


def test_elbow_flexion_of_a_straight_and_a_bent_arm() -> None:
    shoulder, elbow = at((0, 0, 0), (0, 0, 0)), at((1, 0, 0), (1, 0, 0))
    wrist = at((2, 0, 0), (1, 0, 1))
    assert elbow_flexion(shoulder, elbow, wrist) == pytest.approx([0.0, 90.0])


def test_swivel_is_zero_below_the_arm_line_and_ninety_outside() -> None:
    shoulder, wrist = np.zeros((3, 3)), at((0, 0, 1), (0, 0, 1), (0, 0, 1))
    elbow = at((0, -0.5, 0.5), (0.5, 0, 0.5), (-0.5, 0, 0.5))
    outward = at((1, 0, 0), (1, 0, 0), (1, 0, 0))
    assert elbow_swivel(shoulder, elbow, wrist, outward) == pytest.approx([0.0, 90.0, -90.0])
    assert np.isnan(elbow_swivel(shoulder, wrist / 2, wrist, outward)).all()


def test_relative_angles_are_those_of_the_joint_that_is_carried() -> None:
    angles = np.radians([[10.0, 20.0, 30.0], [12.0, 16.0, 30.0]])
    base = matrix_from_axis_angle(np.array([[0.3, 0.2, 0.1], [1.0, -0.5, 0.2]]))
    found = relative_angles(base @ matrix_from_euler("XYZ", angles), base)
    assert found == pytest.approx(np.degrees(angles))
    sd = spread(found)
    assert (sd.pitch, sd.yaw, sd.roll) == pytest.approx((1.0, 2.0, 0.0))


def test_jerk_of_a_cubic_is_its_third_derivative() -> None:
    time = np.arange(60) / MOTION_FPS
    positions = np.stack([time**3, np.zeros(60), np.zeros(60)], axis=1)
    assert jerk(positions)[10:-10] == pytest.approx(np.full(37, 6.0))
    assert len(jerk(positions[:3])) == 0


def test_decelerations_are_found_where_the_speed_falls_fastest() -> None:
    frames = np.arange(90)
    speed = np.exp(-((frames - 30) ** 2) / 18.0) + np.exp(-((frames - 60) ** 2) / 18.0)
    # A Gaussian of sigma 3 falls fastest 3 frames after its peak; the difference into that frame is the largest.
    assert deceleration_events(speed) * MOTION_FPS == pytest.approx([33, 63], abs=1)


def test_match_score_by_hand() -> None:
    score = match_score(np.array([1.0, 2.1, 9.0]), np.array([1.0, 2.0]))
    assert score == pytest.approx((1.0 + np.exp(-0.5) + 0.0) / 3)


def test_movement_that_brakes_at_speech_events_gains_over_chance() -> None:
    frames = np.arange(900)
    beats = np.arange(45, 880, 60)
    speed = sum(np.exp(-((frames - beat + 3) ** 2) / 18.0) for beat in beats)
    found = align([np.asarray(speed)], beats / MOTION_FPS, 30.0)
    assert found is not None
    assert found.motion_events == found.speech_events == len(beats)
    assert found.matched > 0.9
    assert found.shifted < 0.3
    assert found.normalised_margin == pytest.approx((found.matched - found.shifted) / (1 - found.shifted))
    assert align([np.asarray(speed)], np.zeros(0), 30.0) is None
    assert align([np.asarray(speed)], np.array([0.5]), 1.0) is None


def test_coordination_of_mirrored_hands() -> None:
    phase = np.linspace(0, 20, 200)
    right = np.stack([np.sin(phase), np.cos(1.3 * phase), np.sin(0.7 * phase)], axis=1)
    wrists = np.stack([right * [-1, 1, 1], right], axis=1)
    speeds = np.stack([point_speed(wrists[:, side]) for side in range(2)])
    found = coordination(speeds, wrists)
    assert found is not None
    assert found.speed_r == pytest.approx(1.0)
    assert found.mirrored_velocity_r == pytest.approx((1.0, 1.0, 1.0))
    assert found.both_share == pytest.approx(1.0)
    still = coordination(np.stack([speeds[0], np.zeros(199)]), np.stack([wrists[:, 0], 0 * right], axis=1))
    assert still is not None
    assert still.speed_r is None
    assert still.left_only_share == pytest.approx(1.0)


def test_foot_slide_of_a_creeping_foot() -> None:
    soles = np.full((10, 4, 3), 0.5)
    soles[:, 0, 1] = 0.01
    soles[:, 0, 0] = np.arange(10) * 0.002
    found = foot_slide(soles)
    assert found.mm_per_planted_frame == pytest.approx(2.0)
    assert found.planted_share == 1.0
    assert found.low_and_fast_share == 0.0
    soles[:, 0, 0] = np.arange(10) * 0.01  # 0.3 m/s: skating, not planted
    fast = foot_slide(soles)
    assert fast.mm_per_planted_frame is None
    assert fast.low_and_fast_share == pytest.approx(0.25)


def test_foot_slide_needs_three_planted_frames_and_sees_sunken_feet() -> None:
    soles = np.full((10, 4, 3), 0.5)
    soles[4:6, 1, 1] = -0.03
    found = foot_slide(soles)
    assert found.mm_per_planted_frame is None
    assert found.deepest_mm == pytest.approx(30.0)


def test_root_drift_by_hand() -> None:
    found = root_drift(at((0, 1, 0), (1, 1, 0), (0, 1, 2)))
    assert found.range_m == (1.0, 2.0)
    assert found.drift_m == pytest.approx(2.0)
    long = root_drift(np.outer(np.arange(3600), [1.0 / 1800, 0, 0]))
    assert long.range_m[0] == pytest.approx(1.0, abs=1e-3), "two minutes of one metre each"


def test_power_frequencies_of_a_sine() -> None:
    time = np.arange(600) / MOTION_FPS
    angles = np.stack([np.sin(2 * np.pi * f * time) for f in (0.5, 1.0, 2.0)], axis=1)
    found = power_frequencies(angles)
    assert found is not None
    assert found.half_hz == pytest.approx((0.5, 1.0, 2.0))
    assert power_frequencies(angles[:60]) is None


def test_submovements_of_minimum_jerk_strokes() -> None:
    share = np.linspace(0, 1, 24, endpoint=False)
    stroke = 0.4 * (10 * share**3 - 15 * share**4 + 6 * share**5)
    there_and_back = np.concatenate([stroke, 0.4 - stroke] * 6)
    positions = np.stack([there_and_back, 0 * there_and_back, 0 * there_and_back], axis=1)
    table = submovements(positions)
    duration, peak, path, straight, middle, ratio, ends = np.median(table, axis=0)
    assert len(table) == 10, "the first and the last stroke have no minimum on their outer side"
    assert duration == pytest.approx(0.8, abs=0.04)
    assert path == pytest.approx(0.4, rel=0.05)
    assert peak == pytest.approx(1.875 * 0.4 / 0.8, rel=0.05)
    assert straight == pytest.approx(1.0, abs=0.02)
    assert middle == pytest.approx(0.5, abs=0.05)
    assert ratio == pytest.approx(1.88, abs=0.12)
    assert ends < 0.1
    summary = summarise([positions, positions])
    assert summary is not None
    assert set(summary.statistics) == set(COLUMNS)
    assert summarise([positions[:30]]) is None


def test_hands_that_rest_in_the_pauses_of_speech() -> None:
    envelope = np.concatenate([np.ones(200), np.zeros(100), np.ones(200)])
    assert speech_pauses(envelope) == pytest.approx(np.array([[2.0, 3.0]]))
    speeds = np.ones((2, 149))
    speeds[:, 60:90] = 0.5
    found = pause_behaviour(speeds, envelope)
    assert found is not None
    assert found.speed_in_pause == pytest.approx(0.5)
    assert found.speed_before == pytest.approx(1.0)
    assert pause_behaviour(speeds, np.ones(500)) is None
