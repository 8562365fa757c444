"""Pictures become what players expect: the same planes as a well-known library makes of them."""

import av
import numpy as np

from gesta.render.planes import part_planes


def parted(picture: np.ndarray) -> list[np.ndarray]:
    height, width = picture.shape[:2]
    planes = [np.zeros((height, width), np.uint8), *(np.zeros((height // 2, width // 2), np.uint8) for _ in range(2))]
    part_planes(picture, *planes)
    return planes


def test_planes_are_those_of_another_library() -> None:
    """Squares of four pixels in one colour, so that nobody's manner of averaging matters."""
    squares = np.random.default_rng(3).integers(0, 256, (16, 24, 3), np.uint8)
    picture = squares.repeat(2, axis=0).repeat(2, axis=1)
    theirs = av.VideoFrame.from_ndarray(picture, format="rgb24").to_ndarray(format="yuv444p")
    for ours, other in zip(parted(picture)[1:], theirs[1:], strict=True):
        assert np.abs(ours.astype(int) - other[::2, ::2]).max() <= 1
    assert np.abs(parted(picture)[0].astype(int) - theirs[0]).max() <= 1


def test_black_and_white_have_no_colour_and_leave_room_at_both_ends() -> None:
    for level, bright in ((0, 16), (255, 235)):
        brightness, *colours = parted(np.full((4, 6, 3), level, np.uint8))
        assert np.all(brightness == bright)
        assert all(np.all(plane == 128) for plane in colours)


def test_colour_is_the_mean_of_four_pixels() -> None:
    picture = np.zeros((2, 2, 3), np.uint8)
    picture[0, 0] = (200, 0, 0)
    mean = parted(np.full((2, 2, 3), (50, 0, 0), np.uint8))
    assert [int(plane[0, 0]) for plane in parted(picture)[1:]] == [int(plane[0, 0]) for plane in mean[1:]]
