"""Contact strips: moments spread over a film, however it comes."""

import numpy as np
import pytest

from gesta.film.strip import COLUMNS, MOMENTS, TILE_WIDTH_PX, Strip


def moments(frame_count: int, size: int) -> list[int]:
    """The frames that a strip shows of a film whose pictures are as bright as their number."""
    pytest.importorskip("cv2")
    film = np.tile(np.arange(frame_count, dtype=np.uint8)[:, None, None, None], (1, 16, 32, 3))
    strip = Strip(frame_count)
    passed = list(strip.watched(film[at : at + size] for at in range(0, frame_count, size)))
    np.testing.assert_array_equal(np.concatenate(passed), film)
    picture = strip.picture()
    height = TILE_WIDTH_PX // 2
    assert picture.shape[0] % height == 0 and picture.shape[1] % TILE_WIDTH_PX == 0
    tiles = picture.reshape(picture.shape[0] // height, height, -1, TILE_WIDTH_PX, 3).swapaxes(1, 2)
    return [int(tile[0, 0, 0]) for row in tiles for tile in row]


def test_moments_are_spread_evenly() -> None:
    # By hand: the middles of eighths of 80 frames.
    assert moments(80, 80) == [5, 15, 25, 35, 45, 55, 65, 75]
    assert MOMENTS % COLUMNS == 0


@pytest.mark.parametrize("size", [1, 7, 200])
def test_it_does_not_matter_in_which_stretches_a_film_comes(size: int) -> None:
    assert moments(200, size) == moments(200, 200)


@pytest.mark.parametrize(("frames", "shown"), [(1, [0]), (3, [0, 1, 2]), (5, [0, 1, 2, 3, 4, 0, 0, 0])])
def test_a_short_film_has_few_moments(frames: int, shown: list[int]) -> None:
    assert moments(frames, 2) == shown
