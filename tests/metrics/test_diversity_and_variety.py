"""How different takes, and movements within a take, are: cases whose answer is known by hand."""

import numpy as np
import pytest

from gesta.metrics.motion.diversity import diversity
from gesta.metrics.motion.variety import APART_FRAMES, COMPARED, HOP_FRAMES, variety
from gesta.randomness import generator
from gesta.units import MOTION_FPS

FRAMES = 60 * MOTION_FPS


def swinging(amplitude_m: float, hertz: float) -> np.ndarray:
    """(T, 2, 3): both wrists go up and down."""
    wrists = np.zeros((FRAMES, 2, 3))
    wrists[:, :, 1] = amplitude_m * np.sin(2 * np.pi * hertz * np.arange(FRAMES) / MOTION_FPS)[:, None]
    return wrists


def test_the_same_take_twice_is_not_diverse() -> None:
    found = diversity([swinging(0.1, 1.0)] * 3)
    assert found is not None
    assert (found.distance_m, found.moving_m) == (0.0, 0.0)


def test_another_rest_pose_is_distance_but_not_movement() -> None:
    take = swinging(0.1, 1.0)
    found = diversity([take, take + np.array([0.3, 0.0, 0.4])])
    assert found is not None
    assert found.distance_m == pytest.approx(0.5)
    assert found.moving_m == pytest.approx(0.0, abs=1e-12)


def test_pairs_and_wrists_are_averaged() -> None:
    still = np.zeros((9, 2, 3))
    moved = still.copy()
    moved[:, 0, 0] = 0.6
    found = diversity([still, still, moved])
    assert found is not None
    # Two of three pairs and one of two wrists are 0.6 m apart.
    assert found.distance_m == pytest.approx(0.6 * 2 / 3 / 2)


def test_one_take_alone_has_no_diversity() -> None:
    assert diversity([np.zeros((9, 2, 3))]) is None


def test_who_repeats_one_movement_has_no_variety() -> None:
    # One swing lasts as long as a window's hop, so that all windows are the same.
    found = variety(swinging(0.2, MOTION_FPS / HOP_FRAMES))
    assert found is not None
    assert (found.apart_m, found.nearest_m) == pytest.approx((0.0, 0.0), abs=1e-9)


def test_two_places_in_turn_are_apart_but_repeated() -> None:
    wrists = swinging(0.2, MOTION_FPS / HOP_FRAMES)
    for start in range(0, FRAMES, 4 * APART_FRAMES):
        wrists[start : start + 2 * APART_FRAMES, :, 0] = 0.5
    found = variety(wrists)
    assert found is not None
    assert found.nearest_m == pytest.approx(0.0, abs=1e-9)
    # Windows in which the place changes are on the way from one to the other.
    assert 0.3 < found.apart_m <= 0.5


def test_movements_that_never_come_back_are_various() -> None:
    chance = generator(0, "variety")
    wrists = np.cumsum(chance.normal(0.0, 0.02, (FRAMES, 2, 3)), axis=0)
    found, repeated = variety(wrists), variety(np.concatenate([wrists[: FRAMES // 4]] * 4))
    assert found is not None and repeated is not None
    assert found.nearest_m > 1.5 * repeated.nearest_m > 0.0


def test_who_hardly_moves_or_is_brief_has_none() -> None:
    assert variety(np.zeros((FRAMES, 2, 3))) is None
    assert variety(swinging(0.2, 1.0)[: HOP_FRAMES * COMPARED]) is None
