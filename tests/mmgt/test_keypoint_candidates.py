"""The choice among continuations: it takes the one that goes on, by what is seen."""

import numpy as np
import pytest

from gesta.keypoints.vectors import VECTOR_SIZE, to_vectors
from gesta.mmgt.candidates import best_candidate, join_cost
from gesta.records import KEYPOINT_COUNT, Keypoints

KNOWN, FRAMES = 16, 40


def path(velocity: tuple[float, float], seen: int = KEYPOINT_COUNT) -> np.ndarray:
    """Points that move 2 pixels a frame to the right while known, then as told: vectors (F, 402)."""
    steps = np.tile([2.0, 0.0], (FRAMES, 1))
    steps[KNOWN:] = velocity
    places = np.array([100.0, 200.0]) + np.cumsum(steps, axis=0)
    points = np.repeat(places[:, None], KEYPOINT_COUNT, axis=1)
    scores = np.zeros((FRAMES, KEYPOINT_COUNT))
    scores[:, :seen] = 1.0
    return to_vectors(Keypoints(points, scores, (512, 512)), "own")


def test_who_goes_straight_on_is_chosen() -> None:
    candidates = np.stack([path((-2.0, 0.0)), path((0.0, 2.0)), path((2.0, 0.1)), path((2.0, 2.0))])
    assert best_candidate(candidates[0, :KNOWN], candidates, "own") == 2


@pytest.mark.parametrize(("velocity", "angle"), [((2.0, 0.0), 0.0), ((0.0, 2.0), np.pi / 2), ((0.0, -5.0), np.pi / 2)])
def test_angle_between_velocities(velocity: tuple[float, float], angle: float) -> None:
    found = join_cost(path((2.0, 0.0))[:KNOWN], path(velocity), "own")
    assert found.distance == pytest.approx(0.0, abs=1e-4)
    assert found.angle == pytest.approx(angle, abs=1e-3)


def test_the_candidates_last_frames_do_not_matter() -> None:
    """The released code compares them instead of the first."""
    candidate = path((2.0, 0.0))
    before = candidate[:KNOWN].copy()
    candidate[-10:] += 0.3
    assert join_cost(before, candidate, "own").total == pytest.approx(0.0, abs=1e-3)


def test_distance_from_where_points_are_known_to_be() -> None:
    candidate = path((2.0, 0.0))
    before = candidate[:KNOWN].copy()
    values = candidate.reshape(FRAMES, KEYPOINT_COUNT, 3)
    values[:KNOWN, :, 0] += 2.0 * 3.0 / 1000.0
    values[:KNOWN, :, 1] += 2.0 * 4.0 / 1000.0
    assert join_cost(before, candidate, "own").distance == pytest.approx(5.0, abs=1e-3)


def test_points_that_nobody_sees_do_not_count() -> None:
    before, candidate = path((2.0, 0.0), seen=20)[:KNOWN], path((2.0, 0.0), seen=20)
    candidate.reshape(FRAMES, KEYPOINT_COUNT, 3)[:, 20:, :2] = 0.9
    assert join_cost(before, candidate, "own").total == pytest.approx(0.0, abs=1e-3)
    assert join_cost(np.full((1, VECTOR_SIZE), -1.0), np.full((9, VECTOR_SIZE), -1.0), "own").total == 0.0
