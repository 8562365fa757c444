"""Eyes that turn a little: the iris goes where the motion looks, and nothing outside of the lids changes."""

import numpy as np
import pytest

from gesta.film.puppet.gaze import EYES, MOST_ASIDE, Gaze, gaze_of
from gesta.film.puppet.polygons import inside
from gesta.motion.face import ARKIT_INDEX, ARKIT_NAMES

SIZE = (60, 140)
MIDDLES = {"Right": (40.0, 30.0), "Left": (100.0, 30.0)}
WIDTH = 32.0


def looking(**weights: float) -> np.ndarray:
    face = np.zeros(len(ARKIT_NAMES), np.float32)
    for name, weight in weights.items():
        face[ARKIT_INDEX[name]] = weight
    return face


def eyes() -> tuple[np.ndarray, np.ndarray]:
    """Two white eyes with a dark iris in grey skin: points (68, 2) and texture (h, w, 4)."""
    points = np.zeros((68, 2))
    texture = np.full((*SIZE, 4), 0.5, np.float32)
    rows, columns = np.indices(SIZE) + 0.5
    for side, (x, y) in MIDDLES.items():
        around = [(-0.5, 0.0), (-0.2, -0.2), (0.2, -0.2), (0.5, 0.0), (0.2, 0.2), (-0.2, 0.2)]
        points[EYES[side]] = [(x + WIDTH * across, y + WIDTH * down) for across, down in around]
        eye = inside(points[EYES[side]], columns, rows)
        texture[eye, :3] = 0.95
        texture[eye & (np.hypot(columns - x, rows - y) < 0.15 * WIDTH), :3] = 0.05
    return points, texture


def iris(texture: np.ndarray, side: str) -> np.ndarray:
    """The middle of what is dark about an eye: x, y."""
    rows, columns = np.indices(SIZE) + 0.5
    dark = np.clip(0.5 - texture[..., 0], 0.0, 1.0) * (np.abs(columns - MIDDLES[side][0]) < WIDTH)
    return np.array([(dark * columns).sum(), (dark * rows).sum()]) / dark.sum()


@pytest.mark.parametrize(
    ("face", "way"),
    [
        (looking(eyeLookOutLeft=0.4, eyeLookInRight=0.4), (1.0, 0.0)),
        (looking(eyeLookInLeft=0.4, eyeLookOutRight=0.4), (-1.0, 0.0)),
        (looking(eyeLookDownLeft=0.5, eyeLookDownRight=0.5), (0.0, 1.0)),
        (looking(eyeLookUpLeft=0.5, eyeLookUpRight=0.5), (0.0, -1.0)),
    ],
)
def test_irises_go_where_the_motion_looks(face: np.ndarray, way: tuple[float, float]) -> None:
    points, own = eyes()
    texture = own.copy()
    Gaze(points, own).turn(face, own, texture)
    wanted = WIDTH * np.array(gaze_of(face)) @ way
    assert wanted > 0.5
    for side in EYES:
        moved = iris(texture, side) - iris(own, side)
        # Lids hold back what is next to them, more of it when the iris goes towards one.
        assert 0.4 * wanted < moved @ way < 1.1 * wanted
        assert abs(moved @ way[::-1]) < 0.1
    rows, columns = np.indices(SIZE) + 0.5
    lids = np.any([inside(points[EYES[side]], columns, rows) for side in EYES], axis=0)
    np.testing.assert_array_equal(texture[~lids], own[~lids])


def test_a_gaze_ahead_changes_nothing_and_a_far_one_is_held_back() -> None:
    points, own = eyes()
    texture = own.copy()
    Gaze(points, own).turn(looking(), own, texture)
    np.testing.assert_array_equal(texture, own)
    assert 0.9 * MOST_ASIDE < gaze_of(looking(eyeLookOutLeft=1.0, eyeLookInRight=1.0))[0] <= MOST_ASIDE


def test_eyes_that_are_nearly_closed_are_left_alone() -> None:
    points, own = eyes()
    for side, (_, y) in MIDDLES.items():
        points[EYES[side], 1] = y + 0.02 * (points[EYES[side], 1] - y)
    texture = own.copy()
    Gaze(points, own).turn(looking(eyeLookOutLeft=0.6, eyeLookInRight=0.6), own, texture)
    np.testing.assert_array_equal(texture, own)
