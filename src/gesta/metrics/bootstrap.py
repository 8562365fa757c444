"""How sure a number is that was found over recordings and seeds: the bootstrap, which draws both again.

Takes of one recording are alike, so recordings are drawn with replacement and, in each, seeds. Two systems that spoke
the same recordings with the same number of seeds are compared by one statistic of both, so that what is hard for
everybody does not count: the paired bootstrap. Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993),
percentile intervals.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gesta.randomness import generator

DRAWS = 2000
LEVELS = (2.5, 97.5)
"""Percentiles between which 95 % of the drawn values lie."""


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
        rows = np.repeat(chance.integers(recordings, size=recordings), seeds)
        values.append(statistic(rows, chance.integers(seeds, size=len(rows))))
    low, high = np.percentile(values, LEVELS)
    return Interval(float(statistic(*everything)), float(low), float(high))
