"""Keys: few where little happens, and never further off than was said."""

import numpy as np
import pytest

from gesta.avatar.glb.keys import continuous, number_keys, rotation_keys
from gesta.motion.rotations import (
    angle_between,
    matrix_from_axis_angle,
    matrix_from_quaternion,
    quaternion_from_matrix,
    resample_rotations,
)


def straight(values: np.ndarray, keys: np.ndarray) -> np.ndarray:
    frames = np.arange(len(values))
    return np.stack([np.interp(frames, keys, column[keys]) for column in values.T], axis=1)


def test_a_broken_line_has_a_key_at_each_bend() -> None:
    line = np.interp(np.arange(101), [0, 30, 31, 100], [0.0, 3.0, 5.0, 5.0])[:, None]
    assert number_keys(line, np.array([1e-6])).tolist() == [0, 30, 31, 100]


def test_what_stays_near_its_beginning_has_one_key() -> None:
    values = 1.0 + 0.004 * np.sin(np.arange(300))[:, None] * [1.0, 0.5]
    assert number_keys(values, np.full(2, 0.005)).tolist() == [0]
    assert number_keys(values[:1], np.full(2, 0.005)).tolist() == [0]
    still = np.tile([0.0, 0.0, 0.0, 1.0], (300, 1))
    assert rotation_keys(still, 0.001).tolist() == [0]


@pytest.mark.parametrize("error", [0.001, 0.01, 0.1])
def test_no_number_is_off_by_more_than_was_said(error: float) -> None:
    random = np.random.default_rng(0)
    values = np.cumsum(random.normal(0.0, 0.01, (500, 3)), axis=0)
    keys = number_keys(values, np.full(3, error))
    assert keys[0] == 0
    assert keys[-1] == 499
    assert np.abs(straight(values, keys) - values).max() <= error
    assert len(keys) < 500 or error == 0.001


def test_each_column_has_its_own_error() -> None:
    values = np.stack([np.sin(np.arange(200) / 9), np.sin(np.arange(200) / 5)], axis=1)
    errors = np.array([0.3, 0.002])
    off = np.abs(straight(values, number_keys(values, errors)) - values).max(axis=0)
    assert (off <= errors).all()
    assert off[0] < 0.3 or off[1] > 1e-4


@pytest.mark.parametrize("degrees", [0.05, 0.2, 2.0])
def test_no_rotation_is_off_by_more_than_was_said(degrees: float) -> None:
    time = np.linspace(0.0, 6.0, 400)[:, None]
    turning = matrix_from_axis_angle(np.concatenate([np.sin(3 * time), 4.0 * np.sin(time), np.cos(2 * time)], axis=1))
    unit = continuous(quaternion_from_matrix(turning))
    keys = rotation_keys(unit, np.radians(degrees))
    played = resample_rotations(matrix_from_quaternion(unit[keys]), keys.astype(float), np.arange(400.0))
    assert np.degrees(angle_between(played, turning)).max() <= degrees * 1.001
    assert 2 < len(keys) < 400


def test_whole_turns_are_not_cut_short() -> None:
    # At a steady speed two keys would do, but players go the shorter way from one to the other.
    turning = matrix_from_axis_angle(np.linspace(0.0, 6.0 * np.pi, 181)[:, None] * [0.0, 1.0, 0.0])
    unit = continuous(quaternion_from_matrix(turning))
    keys = rotation_keys(unit, 0.01)
    played = resample_rotations(matrix_from_quaternion(unit[keys]), keys.astype(float), np.arange(181.0))
    assert angle_between(played, turning).max() < 0.011
    assert 4 <= len(keys) <= 12


def test_quaternions_stay_on_one_side() -> None:
    unit = quaternion_from_matrix(matrix_from_axis_angle(np.linspace(0.0, 20.0, 200)[:, None] * [0.6, 0.8, 0.0]))
    flipped = unit * np.where(np.arange(200) % 3 == 1, -1.0, 1.0)[:, None]
    whole = continuous(flipped)
    assert (np.sum(whole[1:] * whole[:-1], axis=1) > 0.9).all()
    assert np.allclose(matrix_from_quaternion(whole), matrix_from_quaternion(unit))
