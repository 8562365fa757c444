"""How far a number is from what people do: inside their range or not, and how far from their middle."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

FARTHEST = 3.0
"""Further away counts as no further, so that one number cannot outweigh all others."""


@dataclass(frozen=True)
class Range:
    """What some people were measured to do.

    Attributes:
        low, middle, high: the least, the median and the most.
        allowance: how far from the middle is near in any case, in the number's own unit, over 0.
    """

    low: float
    middle: float
    high: float
    allowance: float

    @classmethod
    def of(cls, values: Sequence[float], allowance: float) -> "Range":
        """The range of (N,) values, N > 0."""
        return cls(float(np.min(values)), float(np.median(values)), float(np.max(values)), allowance)

    def holds(self, value: float) -> bool:
        """Whether a value is between the least and the most, or near the middle."""
        return self.low <= value <= self.high or abs(value - self.middle) <= self.allowance

    def distance(self, value: float) -> float:
        """Distance from the middle, 1 at the least or the most (or at the allowance, if that is wider), at most 3."""
        end = self.high if value > self.middle else self.low
        return float(min(abs(value - self.middle) / max(abs(end - self.middle), self.allowance), FARTHEST))
