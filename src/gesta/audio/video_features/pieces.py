"""Streams of rows: cut into pieces that know their surroundings, put side by side, brought to a count."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Piece:
    """Some rows of a stream with what lies around them.

    Attributes:
        rows: (n, ...) the piece's own rows and their surroundings.
        first, stop: its own rows are rows[first:stop].
    """

    rows: np.ndarray
    first: int
    stop: int


def surrounded(stream: Iterator[np.ndarray], length: int, reach: int) -> Iterator[Piece]:
    """Consecutive pieces of `length` rows (the last may be shorter) with up to `reach` rows on both sides of each.

    Args:
        stream: consecutive (n, ...) arrays of rows.
        length: rows of a piece, 1 or more.
        reach: rows of its surroundings on each side, 0 or more.
    """
    held: np.ndarray | None = None
    begin, start = 0, 0
    for rows in stream:
        held = rows if held is None else np.concatenate([held, rows])
        while begin + len(held) >= start + length + reach:
            yield _piece(held, start - begin, length, reach)
            start += length
            forgotten = max(start - reach - begin, 0)
            held, begin = held[forgotten:], begin + forgotten
    while held is not None and start < begin + len(held):
        yield _piece(held, start - begin, length, reach)
        start += length


def _piece(held: np.ndarray, start: int, length: int, reach: int) -> Piece:
    """The piece whose own rows begin at held[start]."""
    first = min(start, reach)
    stop = min(first + length, len(held) - start + first)
    return Piece(held[start - first : start + length + reach], first, stop)


def side_by_side(*streams: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
    """(n, C + D + ...) rows of (n, C), (n, D), ... streams, given as soon as all of them have them."""
    waiting = [next(stream) for stream in streams]
    while True:
        count = min(len(rows) for rows in waiting)
        yield np.concatenate([rows[:count] for rows in waiting], axis=1)
        for place, stream in enumerate(streams):
            rest: np.ndarray | None = waiting[place][count:]
            while rest is not None and not len(rest):
                rest = next(stream, None)
            if rest is None:
                return
            waiting[place] = rest


def fitted(stream: Iterator[np.ndarray], wanted: int) -> Iterator[np.ndarray]:
    """`wanted` rows of a stream of (n, ...) rows: what is beyond is cut, what is lacking repeats the last row."""
    given, last = 0, None
    for rows in stream:
        kept = rows[: wanted - given]
        if len(kept):
            given, last = given + len(kept), kept[-1:]
            yield kept
    if last is not None and given < wanted:
        yield np.repeat(last, wanted - given, axis=0)
