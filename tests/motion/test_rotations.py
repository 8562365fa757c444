"""Rotations: every form leads back to where it came from, known rotations are what they are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gesta.motion import rotations


def vectors(seed: int, count: int = 50) -> np.ndarray:
    """Axis-angle vectors of every length up to just below pi, and the hard ones."""
    random = np.random.default_rng(seed)
    axes = random.normal(size=(count, 3))
    axes /= np.linalg.norm(axes, axis=-1, keepdims=True)
    angles = np.concatenate(([0.0, 1e-9, 1e-4, np.pi - 1e-6], random.uniform(0, np.pi - 1e-6, count - 4)))
    return axes * angles[:, None]


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_every_form_leads_back(seed: int) -> None:
    wanted = vectors(seed)
    matrix = rotations.matrix_from_axis_angle(wanted)
    np.testing.assert_allclose(
        matrix @ np.swapaxes(matrix, -1, -2), np.broadcast_to(np.eye(3), matrix.shape), atol=1e-12
    )
    np.testing.assert_allclose(rotations.axis_angle_from_matrix(matrix), wanted, atol=1e-7)
    np.testing.assert_allclose(rotations.matrix_from_six(rotations.six_from_matrix(matrix)), matrix, atol=1e-12)
    np.testing.assert_allclose(
        rotations.matrix_from_quaternion(rotations.quaternion_from_matrix(matrix)), matrix, atol=1e-12
    )
    for order in ("XYZ", "ZXY", "YXZ"):
        euler = rotations.euler_from_matrix(order, matrix)
        np.testing.assert_allclose(rotations.matrix_from_euler(order, euler), matrix, atol=1e-9)


def test_float32_stays_within_the_files_tolerance() -> None:
    wanted = vectors(1).astype(np.float32)
    back = rotations.axis_angle_from_matrix(rotations.matrix_from_axis_angle(wanted))
    assert back.dtype == np.float32
    inside = np.linalg.norm(wanted, axis=-1) < 3.1
    np.testing.assert_allclose(back[inside], wanted[inside], atol=1e-5)


def test_known_rotations() -> None:
    quarter = rotations.matrix_from_axis_angle(np.array((0.0, 0.0, np.pi / 2)))
    np.testing.assert_allclose(quarter @ (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), atol=1e-12)
    np.testing.assert_allclose(rotations.six_from_matrix(quarter), (0, -1, 0, 1, 0, 0), atol=1e-12)
    first = rotations.matrix_from_axis_angle(np.array((0.3, 0.0, 0.0)))
    second = rotations.matrix_from_axis_angle(np.array((0.0, 0.4, 0.0)))
    np.testing.assert_allclose(
        rotations.matrix_from_euler("XYZ", np.array((0.3, 0.4, 0.0))), first @ second, atol=1e-12
    )


@pytest.mark.parametrize("angle", [1e-6, 0.01, 1.0, 3.0, np.pi])
def test_angle_between(angle: float) -> None:
    turned = rotations.matrix_from_axis_angle(np.array((0.6, 0.0, 0.8)) * angle)
    assert rotations.angle_between(np.eye(3), turned) == pytest.approx(angle, rel=1e-6)


def test_resampling_goes_the_shorter_way_at_even_speed() -> None:
    ends = rotations.matrix_from_axis_angle(np.array([(0.0, 3.0, 0.0), (0.0, -3.0, 0.0)]))
    way = rotations.resample_rotations(ends, np.array((0.0, 1.0)), np.linspace(0.0, 1.0, 11))
    steps = rotations.angle_between(way[1:], way[:-1])
    np.testing.assert_allclose(steps, (2 * np.pi - 6.0) / 10, rtol=1e-6)
    np.testing.assert_allclose(rotations.resample_rotations(ends, np.array((0.0, 1.0)), np.array((-1.0, 9.0))), ends)
