"""Points that are given: they fit the picture or film, or the sentence says why not."""

from pathlib import Path

import numpy as np
import pytest

from gesta.errors import InputError
from gesta.keypoints.estimators.given import GivenPoints
from gesta.keypoints.estimators.make import make_estimator
from gesta.keypoints.files import write_keypoints
from gesta.records import Keypoints
from tests.keypoints.made_points import gesturing


def picture(width: int, height: int) -> np.ndarray:
    return np.zeros((height, width, 3), np.uint8)


def given(folder: Path, keypoints: Keypoints) -> GivenPoints:
    return GivenPoints(write_keypoints(folder / "points.npz", keypoints))


def test_the_first_frame_belongs_to_a_picture(tmp_path: Path) -> None:
    points = gesturing(5)
    found = make_estimator("given", write_keypoints(tmp_path / "points.npz", points)).picture(picture(512, 512))
    assert (found.frame_count, found.size) == (1, (512, 512))
    np.testing.assert_array_equal(found.points[0], points.points[0])
    np.testing.assert_array_equal(found.scores[0], points.scores[0])


def test_points_scale_with_a_picture_of_the_same_shape(tmp_path: Path) -> None:
    points = gesturing(1).replaced(size=(512, 683))
    found = given(tmp_path, points).picture(picture(256, 342))
    assert found.size == (256, 342)
    np.testing.assert_allclose(found.points, points.points / 2, rtol=2e-3)


def test_points_of_another_shape_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"points\.npz' holds points for pictures of 512 x 512 pixels.*640 x 512"):
        given(tmp_path, gesturing(1)).picture(picture(640, 512))


def test_a_film_gets_as_many_frames_as_it_has(tmp_path: Path) -> None:
    points = gesturing(30)
    found = given(tmp_path, points).film((picture(512, 512) for _ in range(20)), 25.0)
    assert (found.frame_count, found.fps) == (20, 25.0)
    np.testing.assert_array_equal(found.points, points.points[:20])


@pytest.mark.parametrize("frames", [36, 37])
def test_points_follow_the_films_frame_rate(tmp_path: Path, frames: int) -> None:
    points = gesturing(30)
    found = given(tmp_path, points).film((picture(512, 512) for _ in range(frames)), 30.0)
    assert (found.frame_count, found.fps) == (frames, 30.0)
    np.testing.assert_allclose(found.points[0::6][:5], points.points[0::5][:5], atol=1e-3)


def test_films_that_the_points_do_not_cover_are_refused(tmp_path: Path) -> None:
    estimator = given(tmp_path, gesturing(30))
    with pytest.raises(InputError, match="30 frames at 25 a second, but the film has 32"):
        estimator.film((picture(512, 512) for _ in range(32)), 25.0)
    for frames in ([], [picture(512, 512), picture(512, 510)]):
        with pytest.raises(InputError, match="has no frames, or frames of several sizes"):
            estimator.film(iter(frames), 25.0)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"points\.txt"):
        GivenPoints(tmp_path / "points.txt")
    with pytest.raises(InputError, match=r"absent\.npz"):
        GivenPoints(tmp_path / "absent.npz")
