"""How sure a number is that was found over recordings and seeds: the bootstrap, which draws both again.

Takes of one recording are alike, and so are takes of one seed, which may be a person with habits. So recordings are
drawn with replacement, seeds are drawn with replacement, and every drawn recording is taken by every drawn seed: the
pigeonhole bootstrap (Owen 2007, Annals of Applied Statistics 1, 386-411), with percentile intervals. Two systems that
spoke the same recordings with as many seeds are compared by one statistic of both, so that what is hard for everybody
does not count: it is paired.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gesta.randomness import generator

DRAWS = 2000
LEVELS = (2.5, 97.5)
"""Percentiles between which 95 % of the drawn values lie."""
DRAWN_AT_ONCE = 1_000_000
"""Numbers in memory."""


@dataclass(frozen=True)
class Interval:
    """A number with the 95 % interval of what other recordings and seeds would have given.

    Attributes:
        value: of what was there.
        low, high: ends of the interval.
    """

    value: float
    low: float
    high: float


def interval(
    statistic: Callable[[np.ndarray, np.ndarray], float], recordings: int, seeds: int, draws: int = DRAWS, seed: int = 0
) -> Interval:
    """The interval of a statistic of takes.

    Args:
        statistic: takes (N,) places of recordings and (N,) places of seeds, and gives the number of these N takes.
        recordings: how many there are.
        seeds: takes of each recording.
        draws: how often all are drawn again.
        seed: of the drawing.
    """
    chance = generator(seed, "metrics", "bootstrap")
    everything = np.divmod(np.arange(recordings * seeds), seeds)
    values = []
    for _ in range(draws):
        rows, columns = chance.integers(recordings, size=recordings), chance.integers(seeds, size=seeds)
        values.append(statistic(np.repeat(rows, seeds), np.tile(columns, recordings)))
    low, high = np.percentile(values, LEVELS)
    return Interval(float(statistic(*everything)), float(low), float(high))


def interval_of_mean(values: np.ndarray, draws: int = DRAWS, seed: int = 0) -> Interval:
    """The interval of the mean of (N,) numbers that were found independently, N > 1."""
    chance = generator(seed, "metrics", "bootstrap", "mean")
    count = len(values)
    # A table of all draws would take gigabytes for many numbers.
    at_once = max(1, DRAWN_AT_ONCE // count)
    sizes = [min(at_once, draws - start) for start in range(0, draws, at_once)]
    means = np.concatenate([values[chance.integers(count, size=(size, count))].mean(axis=1) for size in sizes])
    low, high = np.percentile(means, LEVELS)
    return Interval(float(values.mean()), float(low), float(high))
