"""Streams of rows: pieces with their surroundings, streams side by side, streams brought to a count."""

from collections.abc import Iterator

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gesta.audio.video_features.pieces import fitted, side_by_side, surrounded

SIZES = st.lists(st.integers(0, 7), min_size=1, max_size=9)


def cut(rows: np.ndarray, sizes: list[int]) -> Iterator[np.ndarray]:
    yield from np.split(rows, np.cumsum(sizes)[:-1])


@given(SIZES, st.integers(1, 8), st.integers(0, 9))
def test_pieces_hold_every_row_once_with_its_surroundings(sizes: list[int], length: int, reach: int) -> None:
    rows = np.arange(sum(sizes))
    pieces = list(surrounded(cut(rows, sizes), length, reach))
    own = [piece.rows[piece.first : piece.stop] for piece in pieces]
    assert [len(part) for part in own[:-1]] == [length] * (len(own) - 1)
    np.testing.assert_array_equal(np.concatenate([*own, rows[:0]]), rows)
    for number, piece in enumerate(pieces):
        start, stop = number * length, min((number + 1) * length, len(rows))
        np.testing.assert_array_equal(piece.rows, rows[max(start - reach, 0) : stop + reach])


def test_a_piece_comes_as_soon_as_its_surroundings_are_there() -> None:
    taken: list[int] = []

    def stream() -> Iterator[np.ndarray]:
        for number in range(100):
            taken.append(number)
            yield np.array([number])

    pieces = surrounded(stream(), 10, 3)
    next(pieces)
    assert len(taken) == 13
    next(pieces)
    assert len(taken) == 23


@given(SIZES)
def test_side_by_side_joins_rows_of_the_same_number(sizes: list[int]) -> None:
    left = np.arange(2.0 * sum(sizes)).reshape(-1, 2)
    right = -np.arange(3.0 * sum(sizes)).reshape(-1, 3)
    joined = list(side_by_side(cut(left, sizes), cut(right, sizes[::-1])))
    np.testing.assert_array_equal(np.concatenate(joined), np.concatenate([left, right], axis=1))


@given(SIZES, st.integers(0, 60))
def test_fitted_cuts_or_repeats_the_last(sizes: list[int], wanted: int) -> None:
    rows = np.arange(sum(sizes))
    if not len(rows):
        return
    found = np.concatenate([*fitted(cut(rows, sizes), wanted), rows[:0]])
    np.testing.assert_array_equal(found, np.minimum(np.arange(wanted), len(rows) - 1))
