"""Joint limits: ranges of the table, on both sides, and how far beyond them a joint is."""

import numpy as np
import pytest

from gesta.motion.limits import excess_degrees, limits, swing_and_twist
from gesta.motion.rotations import matrix_from_axis_angle
from gesta.motion.skeleton import skeleton


def turned(**degrees: tuple[float, float, float]) -> np.ndarray:
    """One frame at rest but for some joints' rotation vectors in degrees."""
    vectors = np.zeros((1, 55, 3))
    for name, vector in degrees.items():
        vectors[0, skeleton().index(name)] = np.radians(vector)
    return matrix_from_axis_angle(vectors)


def test_rest_is_within_all_limits_and_every_joint_but_the_pelvis_has_some() -> None:
    assert not excess_degrees(turned()).any()
    assert sorted(limits().joints) == list(range(1, 55))


@pytest.mark.parametrize(
    ("joint", "vector"),
    [
        ("left_elbow", (0, -140, 0)), ("right_elbow", (0, 140, 0)), ("left_knee", (140, 0, 0)),
        ("left_shoulder", (0, 0, -80)), ("right_shoulder", (0, 100, 0)), ("left_wrist", (0, 0, -75)),
        ("left_index2", (0, 0, -95)), ("right_index2", (0, 0, 95)), ("head", (0, 40, 0)), ("jaw", (20, 0, 0)),
    ],
)  # fmt: skip
def test_what_people_do_is_allowed(joint: str, vector: tuple[float, float, float]) -> None:
    assert not excess_degrees(turned(**{joint: vector})).any()


@pytest.mark.parametrize(
    ("joint", "vector", "axis", "high"),
    [
        ("left_elbow", (0, 80, 0), 1, True), ("right_elbow", (0, -80, 0), 1, False),
        ("left_knee", (-60, 0, 0), 0, False), ("head", (0, 90, 0), 1, True), ("left_wrist", (0, 0, -130), 2, False),
        ("right_wrist", (0, 0, 130), 2, True), ("left_index2", (0, 0, 60), 2, True), ("jaw", (50, 0, 0), 0, True),
    ],
)  # fmt: skip
def test_beyond_a_limit_the_excess_is_the_way_back(
    joint: str, vector: tuple[float, float, float], axis: int, high: bool
) -> None:
    excess = excess_degrees(turned(**{joint: vector}))
    index = skeleton().index(joint)
    row = list(limits().joints).index(index)
    bound = limits().high[row, axis] if high else limits().low[row, axis]
    wanted = abs(vector[axis]) - abs(bound)
    # The bone's own axes are a few degrees off the skeleton's.
    assert excess[0, index] == pytest.approx(wanted, abs=3.0)
    assert np.count_nonzero(excess) == 1


def test_swing_and_twist_are_told_apart() -> None:
    row = list(limits().joints).index(skeleton().index("spine2"))
    twist, swing = (matrix_from_axis_angle(np.radians([vector])) for vector in ([0.0, 50, 0], [20.0, 0, -30]))
    frame = turned()
    frame[:, skeleton().index("spine2")] = swing @ twist
    assert swing_and_twist(frame)[0, row] == pytest.approx([20.0, 50.0, -30.0], abs=1e-4)


def test_a_mirrored_pose_has_the_mirrored_excess() -> None:
    random = np.random.default_rng(0)
    vectors = random.uniform(-2.5, 2.5, (20, 55, 3))
    names = skeleton().names
    swap = [
        names.index(name.replace("left", "other").replace("right", "left").replace("other", "right")) for name in names
    ]
    mirrored = vectors[:, swap] * [1.0, -1.0, -1.0]
    here, there = (excess_degrees(matrix_from_axis_angle(values)) for values in (vectors, mirrored))
    assert there == pytest.approx(here[:, swap], abs=1e-3)
