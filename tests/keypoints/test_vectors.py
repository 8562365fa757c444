"""Points as vectors: the published numbers, the way there and back, and where the legs go."""

import numpy as np
import pytest

from gesta.keypoints.layout import BODY_NAMES, GROUPS, HAND_EDGES, LEGS, LIMBS, LIPS, body_index
from gesta.keypoints.vectors import VECTOR_SIZE, columns, from_vectors, to_vectors, without_legs, zeroed_legs
from gesta.records import KEYPOINT_COUNT, Keypoints
from tests.keypoints.made_points import gesturing, person


def test_the_groups_are_where_mmgt_has_them() -> None:
    assert {name: (group.start, group.stop) for name, group in GROUPS.items()} == {
        "body": (0, 18), "feet": (18, 24), "face": (24, 92), "left_hand": (92, 113), "right_hand": (113, 134),
    }  # fmt: skip
    assert (LIPS.start, LIPS.stop) == (72, 92)
    assert LEGS == (9, 10, 12, 13)
    assert [body_index(name) for name in ("nose", "neck", "right_wrist", "left_wrist", "left_ear")] == [0, 1, 4, 7, 17]


def test_limbs_and_hands_are_whole() -> None:
    assert len(LIMBS) == 19
    assert {point for limb in LIMBS[:17] for point in limb} == set(range(len(BODY_NAMES)))
    assert len(HAND_EDGES) == 20
    assert HAND_EDGES[:6] == ((0, 1), (1, 2), (2, 3), (3, 4), (0, 5), (5, 6))
    assert sorted(end for _, end in HAND_EDGES) == list(range(1, 21))


def test_the_published_numbers() -> None:
    points = np.zeros((1, KEYPOINT_COUNT, 2))
    scores = np.zeros((1, KEYPOINT_COUNT))
    points[0, 1], scores[0, 1] = (512.0, 300.0), 1.0
    vector = to_vectors(Keypoints(points, scores, (512, 512)), "as_published")[0]
    assert vector[:3] == pytest.approx([-0.6, -0.6, -0.6])
    assert vector[3:6] == pytest.approx([0.424, 0.0, -0.598])
    own = to_vectors(Keypoints(points, scores, (512, 512)), "own")[0]
    assert own[:6] == pytest.approx([-0.6, -0.6, -1.0, 0.424, 0.0, 1.0])


@pytest.mark.parametrize(("scale", "precision"), [("as_published", 1e-4), ("own", 1e-6)])
def test_vectors_come_back_as_points(scale: str, precision: float) -> None:
    keypoints = gesturing(30)
    vectors = to_vectors(keypoints, scale)
    assert vectors.shape == (30, VECTOR_SIZE) == (30, 402)
    assert vectors.dtype == np.float32
    found = from_vectors(vectors, scale)
    assert np.abs(found.points - keypoints.points).max() < 1e-3
    assert np.abs(found.scores - keypoints.scores).max() < precision
    assert found.size == (512, 512)


def test_an_error_that_hides_published_scores_leaves_own_ones_alone() -> None:
    noise = np.random.default_rng(0).normal(0.0, 0.002, (100, VECTOR_SIZE)).astype(np.float32)
    kept = {
        scale: (from_vectors(to_vectors(person(100), scale) + noise, scale).scores >= 0.3).mean()
        for scale in ("as_published", "own")
    }
    assert kept["own"] == 1.0
    assert kept["as_published"] < 0.9


def test_scores_beyond_their_range_are_cut() -> None:
    vectors = to_vectors(person(), "own")
    vectors[:, 2::3] *= 2.0
    assert from_vectors(vectors, "own").scores.max() == 1.0


def test_columns_are_those_of_the_spec() -> None:
    assert columns(GROUPS["face"]) == slice(72, 276)
    assert columns(GROUPS["right_hand"]) == slice(339, 402)


def test_legs_go() -> None:
    found = without_legs(person(3))
    assert not found.points[:, LEGS].any()
    assert not found.scores[:, LEGS].any()
    others = [point for point in range(KEYPOINT_COUNT) if point not in LEGS]
    assert np.array_equal(found.points[:, others], person(3).points[:, others])
    released = zeroed_legs(to_vectors(person(3), "as_published"))
    assert from_vectors(released, "as_published").points[:, LEGS] == pytest.approx(np.full((3, 4, 2), 300.0))


def test_other_sizes_and_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="512 x 512"):
        to_vectors(person().replaced(size=(640, 480)), "own")
    with pytest.raises(ValueError, match="402"):
        from_vectors(np.zeros((2, 400)), "own")
    with pytest.raises(ValueError, match="finite"):
        from_vectors(np.full((2, 402), np.nan), "own")
