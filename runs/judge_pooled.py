"""All takes of one side as numbers: pooled over recordings and seeds, or over takes that the bootstrap has drawn.

R recordings, S seeds. A take that lacks a number (too short, no event) has NaN for it and no weight.
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from people_ranges import ranges

from gesta.metrics.ranges import FARTHEST, Range

LONG_S = 20.0
"""Statistics of shorter takes scatter too much to be held against people's, unless there are no others."""


@dataclass(frozen=True)
class Pooled:
    """What was measured of one side's takes.

    Attributes:
        recordings: R dicts, as `judge_takes.Job.done` gives them.
    """

    recordings: Sequence[Mapping[str, Any]]

    @property
    def shape(self) -> tuple[int, int]:
        """R and S."""
        return len(self.recordings), len(self.recordings[0]["takes"])

    @cached_property
    def seconds(self) -> np.ndarray:
        """(R, S) length of each take."""
        return np.repeat([[found["seconds"]] for found in self.recordings], self.shape[1], axis=1)

    def table(self, *path: str) -> np.ndarray:
        """(R, S) one number of each take, NaN where it has none."""
        return np.array([[_inside(take, path) for take in found["takes"]] for found in self.recordings])

    def mean(self, *path: str) -> float:
        """A number's mean over takes, longer ones weighing more."""
        return weighted(self.table(*path), self.seconds)

    @cached_property
    def statistics(self) -> np.ndarray:
        """(R, S, N) the numbers that people's ranges are known of, NaN where a take is too short or lacks them."""
        found = np.full((*self.shape, len(NUMBERS)), np.nan)
        long_s = min(LONG_S, float(self.seconds.max()))
        for at, recording in enumerate(self.recordings):
            if recording["seconds"] < long_s:
                continue
            for seed, take in enumerate(recording["takes"]):
                found[at, seed] = [_inside(take, ("rows", row, place)) for row, place in NUMBERS]
        return found

    def middles(self, rows: np.ndarray | slice = slice(None), seeds: np.ndarray | slice = slice(None)) -> np.ndarray:
        """(N,) medians over takes of the same numbers."""
        with warnings.catch_warnings():
            # Who never moves has no submovement in any take; that is no accident.
            warnings.simplefilter("ignore", RuntimeWarning)
            return np.nanmedian(self.statistics[rows, seeds].reshape(-1, len(NUMBERS)), axis=0)

    @property
    def diversity(self) -> dict[str, float]:
        """Mean over recordings, longer ones weighing more."""
        found = [one for one in self.recordings if one["diversity"] is not None]
        names = found[0]["diversity"] if found else ()
        lengths = [one["seconds"] for one in found]
        return {name: float(np.average([one["diversity"][name] for one in found], weights=lengths)) for name in names}


NUMBERS: tuple[tuple[str, int], ...] = tuple(
    (row, place) for row, known in ranges().items() for place in range(len(known))
)
"""Row and place of each number that people's ranges are known of."""


def distances(middles: np.ndarray) -> np.ndarray:
    """(N,) numbers to (N,) distances from people's middle, 1 at the end of their range; what is missing is far."""
    return np.array([_range(at).distance(x) if np.isfinite(x) else FARTHEST for at, x in enumerate(middles)])


def inside(middles: np.ndarray) -> int:
    """How many of (N,) numbers are in people's range."""
    return sum(bool(_range(at).holds(value)) for at, value in enumerate(middles))


def _range(at: int) -> Range:
    row, place = NUMBERS[at]
    return ranges()[row][place]


def _inside(take: Mapping[str, Any], path: Sequence[Any]) -> float:
    value: Any = take
    for step in path:
        if value is None or (isinstance(value, Mapping) and step not in value):
            return np.nan
        value = value[step]
    return np.nan if value is None else float(value)


def weighted(values: np.ndarray, weights: np.ndarray) -> float:
    """Mean of the values that are there; NaN where none is."""
    there = np.isfinite(values)
    return float(np.average(values[there], weights=weights[there])) if there.any() else np.nan
