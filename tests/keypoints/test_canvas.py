"""The canvas: pictures of any shape lie on it undistorted, points lie where their pixels do, and both return."""

import json

import numpy as np
import pytest

from gesta.errors import InputError
from gesta.keypoints.canvas import Canvas, canvas_for
from gesta.records import KEYPOINT_COUNT, Keypoints

SIZES = [(512, 512), (512, 300), (300, 512), (1000, 333), (333, 1000), (1920, 1080), (101, 99), (8, 1), (37, 64)]


def points_in(size: tuple[int, int], seed: int = 0) -> Keypoints:
    points = np.random.default_rng(seed).uniform(-0.1, 1.1, (3, KEYPOINT_COUNT, 2)) * size
    return Keypoints(points, np.ones((3, KEYPOINT_COUNT)), size)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("side", [512, 64])
def test_points_come_back(size: tuple[int, int], side: int) -> None:
    canvas = canvas_for(size, side)
    keypoints = points_in(size)
    placed = canvas.to_canvas(keypoints)
    assert placed.size == (side, side)
    assert canvas.to_picture(placed).points == pytest.approx(keypoints.points, abs=1e-3 * max(size) / 512)
    assert canvas.to_picture(placed).size == size


@pytest.mark.parametrize("size", SIZES)
def test_the_longer_side_fills_the_canvas_and_the_rest_is_centred(size: tuple[int, int]) -> None:
    canvas = canvas_for(size)
    corners = np.zeros((2, KEYPOINT_COUNT, 2))
    corners[1] = size
    placed = canvas.to_canvas(Keypoints(corners, np.ones((2, KEYPOINT_COUNT)), size)).points[:, 0]
    longer = int(size[1] > size[0])
    assert placed[:, longer] == pytest.approx([0, 512])
    assert placed.mean(axis=0) == pytest.approx([256, 256])
    assert np.ptp(placed[:, 0]) / np.ptp(placed[:, 1]) == pytest.approx(size[0] / size[1], rel=1e-5)


@pytest.mark.parametrize("size", SIZES)
def test_what_is_cut_is_the_picture_with_even_sides(size: tuple[int, int]) -> None:
    canvas = canvas_for(size)
    picture = np.full((size[1], size[0], 3), 200, dtype=np.uint8)
    placed = canvas.place(picture)
    cut = canvas.cut(placed[None])
    assert cut.shape == (1, canvas.cut_size[1], canvas.cut_size[0], 3)
    assert cut.min() == cut.max() == 200
    assert placed.astype(int).sum() == cut.astype(int).sum(), "all else is black"
    assert cut.shape[1] % 2 == cut.shape[2] % 2 == 0
    for side, kept in zip(size, canvas.cut_size, strict=True):
        assert 0 <= side * canvas.scale - kept < 2 + 1e-6


@pytest.mark.parametrize("size", [(512, 512), (512, 300), (300, 512)])
def test_pictures_that_fit_are_not_changed(size: tuple[int, int]) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    canvas = canvas_for(size)
    assert np.array_equal(canvas.cut(canvas.place(picture)[None])[0], picture)


@pytest.mark.parametrize("size", [(1000, 333), (333, 1000), (640, 480), (200, 300)])
def test_pixels_and_points_go_to_the_same_place(size: tuple[int, int]) -> None:
    rows, columns = np.indices((size[1], size[0]))
    centre = np.array([size[0] * 0.7, size[1] * 0.4])
    spread = min(size) / 15
    spot = np.exp(-((columns + 0.5 - centre[0]) ** 2 + (rows + 0.5 - centre[1]) ** 2) / (2 * spread**2))
    picture = np.repeat(np.rint(255 * spot)[..., None], 3, axis=2).astype(np.uint8)
    canvas = canvas_for(size)
    seen = canvas.place(picture)[..., 0].astype(float)
    rows, columns = np.indices(seen.shape)
    found = np.array([(seen * (columns + 0.5)).sum(), (seen * (rows + 0.5)).sum()]) / seen.sum()
    wanted = canvas.to_canvas(
        Keypoints(np.broadcast_to(centre, (1, KEYPOINT_COUNT, 2)), np.ones((1, KEYPOINT_COUNT)), size)
    ).points[0, 0]
    assert found == pytest.approx(wanted, abs=0.1)


def test_the_canvas_survives_json() -> None:
    canvas = canvas_for((1000, 333))
    assert Canvas.from_dict(json.loads(json.dumps(canvas.as_dict()))) == canvas


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(InputError, match="8 times"):
        canvas_for((9, 1))
    canvas = canvas_for((640, 480))
    with pytest.raises(ValueError, match="points are of"):
        canvas.to_canvas(points_in((480, 640)))
    with pytest.raises(ValueError, match="points are of"):
        canvas.to_picture(points_in((640, 480)))
    with pytest.raises(ValueError, match="uint8"):
        canvas.place(np.zeros((480, 640, 3)))
