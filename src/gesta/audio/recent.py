"""The highest of the recent past, stretch by stretch."""

from dataclasses import dataclass, field

import numpy as np


@dataclass
class RecentMaximum:
    """Gives for each value the highest of the latest `reach` values up to it.

    Attributes:
        reach: how many values count, 1 or more.
        past: (n,) what is remembered of earlier stretches, at most reach - 1 values.
    """

    reach: int
    past: np.ndarray = field(default_factory=lambda: np.zeros(0))

    def push(self, values: np.ndarray) -> np.ndarray:
        """The maxima of (T,) consecutive values: (T,) float64."""
        if not len(values):
            return np.zeros(0)
        known = np.concatenate([self.past, values])
        self.past = known[len(known) - min(len(known), self.reach - 1) :]
        padded = np.concatenate([np.full(self.reach - 1, -np.inf), known])
        return np.lib.stride_tricks.sliding_window_view(padded, self.reach).max(axis=1)[len(known) - len(values) :]
