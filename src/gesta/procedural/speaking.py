"""When somebody speaks, as far as it is known: phrases may be announced before they begin."""

import math

REMEMBERED = 8
"""Announced beginnings that are kept; a phrase is announced about a second ahead at most."""


class Speaking:
    """Remembers the phrases' beginnings and the last end."""

    def __init__(self) -> None:
        self.starts: list[float] = []
        self.ended_s = -math.inf

    def begin(self, time_s: float) -> None:
        """A phrase begins at this time."""
        self.starts = [*self.starts, time_s][-REMEMBERED:]

    def end(self, time_s: float) -> None:
        """The phrase under way ends at this time."""
        self.ended_s = max(self.ended_s, time_s)

    def at(self, now_s: float) -> bool:
        """Whether a phrase is under way."""
        return max((start for start in self.starts if start <= now_s), default=-math.inf) > self.ended_s

    def next_after(self, now_s: float) -> float:
        """When the next announced phrase begins; infinite if none is announced."""
        return min((start for start in self.starts if start > now_s), default=math.inf)
