"""From a network's 50 features a second to motion frames, a chunk at a time: linear interpolation between ends.

Target frame i of P lies at place i (N - 1) / (P - 1) among N features, so that first meets first and last meets last
(what torch calls `align_corners`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np


@dataclass
class Interpolator:
    """Gives rows of the target rate as soon as the rows on both sides of them are known.

    Attributes:
        source_count: N rows that will come in all.
        place_count: P rows that fit between the first and the last.
        wanted: how many of them are given out; beyond P the last one is repeated.
        came, gave: rows taken and given so far.
        last: (1, C) the newest row taken.
    """

    source_count: int
    place_count: int
    wanted: int
    came: int = 0
    gave: int = 0
    last: np.ndarray | None = field(default=None, repr=False)

    def push(self, rows: np.ndarray) -> np.ndarray:
        """Take (n, C) rows; give the (t, C) rows that are certain now."""
        known = rows if self.last is None else np.concatenate([self.last, rows])
        first = self.came - (0 if self.last is None else 1)
        self.came += len(rows)
        self.last = known[-1:]
        places = self._places()
        if self.came < self.source_count:
            places = places[: np.searchsorted(places, self.came - 1, side="right")]
        self.gave += len(places)
        below = np.minimum(places.astype(np.int64), max(self.came - 2, first)) - first
        share = (places - first - below)[:, np.newaxis].astype(np.float32)
        above = np.minimum(below + 1, len(known) - 1)
        return known[below] * (1.0 - share) + known[above] * share

    def _places(self) -> np.ndarray:
        """Where the rows that are still to be given lie: (t,) float64."""
        rows = np.minimum(np.arange(self.gave, self.wanted), self.place_count - 1)
        return rows * ((self.source_count - 1) / max(self.place_count - 1, 1))


def interpolated(
    chunks: Iterator[np.ndarray], source_count: int, place_count: int, wanted: int
) -> Iterator[np.ndarray]:
    """(t, C) stretches, `wanted` rows in all, of consecutive (n, C) chunks with `source_count` rows in all."""
    interpolator = Interpolator(source_count, place_count, wanted)
    for rows in chunks:
        yield interpolator.push(rows)
