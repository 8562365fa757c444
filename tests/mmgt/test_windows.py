"""Windows of a segment: every frame is in one, weights sum to one, fades are linear, the published ring is a ring."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gesta.errors import InputError
from gesta.mmgt.windows import JOININGS, Windows, windows_of


def sums(windows: Windows, count: int) -> np.ndarray:
    total = np.zeros(count)
    np.add.at(total, windows.frames.ravel(), windows.weights.ravel())
    return total


@settings(deadline=None)
@given(count=st.integers(1, 300), size=st.integers(1, 32), data=st.data())
def test_weights_of_every_frame_sum_to_one(count: int, size: int, data: st.DataObject) -> None:
    overlap = data.draw(st.integers(0, size - 1))
    for joining in JOININGS:
        windows = windows_of(count, size, overlap, joining)
        np.testing.assert_allclose(sums(windows, count), 1.0, atol=1e-12)
        assert windows.weights.min() > 0.0
        assert windows.frames.shape[1] == min(size, count)


def test_a_short_segment_is_one_window() -> None:
    for joining in JOININGS:
        windows = windows_of(5, 12, 4, joining)
        assert windows.frames.tolist() == [[0, 1, 2, 3, 4]]
        assert windows.weights.tolist() == [[1.0] * 5]


def test_a_cross_fade_is_linear_by_hand() -> None:
    windows = windows_of(8, 5, 2, "cross_fade")
    assert windows.frames[:, 0].tolist() == [0, 3]
    np.testing.assert_allclose(windows.weights, [[1, 1, 1, 2 / 3, 1 / 3], [1 / 3, 2 / 3, 1, 1, 1]])


def test_the_last_window_is_moved_back_until_it_is_full() -> None:
    windows = windows_of(25, 12, 4)
    assert windows.frames[:, 0].tolist() == [0, 8, 13]
    assert windows.frames.max() == 24


def test_the_published_ring_of_80_frames_has_ten_windows_and_runs_on_from_the_start() -> None:
    windows = windows_of(80, 12, 4, "as_published")
    assert windows.frames[:, 0].tolist() == list(range(0, 80, 8))
    assert windows.frames[-1].tolist() == [*range(72, 80), 0, 1, 2, 3]
    # Four of every eight frames are in two windows, which then count half each.
    assert sorted(set(windows.weights.ravel())) == [0.5, 1.0]


def test_nonsense_is_refused() -> None:
    with pytest.raises(InputError, match="joining"):
        windows_of(10, 4, 1, "glued")
    with pytest.raises(ValueError, match="windows of 4 that share 4"):
        windows_of(10, 4, 4)
