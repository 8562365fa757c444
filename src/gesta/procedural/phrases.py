"""Which accents of a phrase get a stroke: the prominent ones more often, never all, and not two in each other's way.

An accent is weighed against all that is known around it when it must be decided: with a whole recording those before
and after it, in a stream those before it and the few that the look-ahead shows. Two accents too near to each other
for two strokes leave it to the stronger.
"""

import bisect
import math
from dataclasses import dataclass

from gesta.randomness import generator

AROUND_S = 6.0
"""Accents this near are what prominence is compared with; about a phrase to each side."""
LEAST_WEIGHT, RANK_WEIGHT = 0.45, 1.1
"""Chance of a stroke, per share of accents that get one: of the weakest accent, and how much more of the strongest."""
MOST_CHANCE = (0.6, 0.17)
"""No accent is surer of its stroke than this, and that per share: some strong ones always go without."""
SHORTEST_GAP_S = 0.42
"""Strokes do not follow each other faster than this, at tempo 1."""
FORGET_S, FORGET_COUNT = 30.0, 256


@dataclass(frozen=True, order=True)
class Accent:
    """An accent, from when it may be known, and how the dice fell for it."""

    time_s: float
    strength: float
    known_s: float
    chance: float


class Phrases:
    """Weighs accents against their neighbours.

    Args:
        share: of the accents that get a stroke.
        tempo: of movements, as a factor.
        seed: the same seed chooses the same.
    """

    def __init__(self, share: float, tempo: float, seed: int) -> None:
        self.share, self.seed = share, seed
        self.gap_s = SHORTEST_GAP_S / tempo
        self.accents: list[Accent] = []

    def hear(self, time_s: float, strength: float, known_s: float) -> None:
        """Take an accent; it counts from `known_s` on."""
        # The dice belong to the moment, so that nothing depends on what came in which block.
        chance = generator(self.seed, "procedural", "accents", str(round(time_s * 100.0))).random()
        bisect.insort(self.accents, Accent(time_s, strength, known_s, chance))

    def chosen(self, time_s: float, now_s: float) -> bool:
        """Whether an accent that was heard gets a stroke, by what is known now."""
        near = self._around(time_s, now_s)
        accent = min(near, key=lambda other: abs(other.time_s - time_s))
        if not self._leans(accent, now_s):
            return False
        rivals = [other for other in near if 0.0 < abs(other.time_s - time_s) < self.gap_s]
        return not any(rival.strength > accent.strength and self._leans(rival, now_s) for rival in rivals)

    def next_s(self, after_s: float, until_s: float, now_s: float) -> float:
        """When the next stroke is due as far as is known now; infinite where none is before `until_s`."""
        first = bisect.bisect_right(self.accents, after_s, key=lambda other: other.time_s)
        for accent in self.accents[first : first + FORGET_COUNT]:
            if accent.time_s > until_s:
                break
            if accent.known_s <= now_s and self._leans(accent, now_s):
                return accent.time_s
        return math.inf

    def forget(self, now_s: float) -> None:
        """Drop what is long past."""
        old = bisect.bisect_left(self.accents, now_s - FORGET_S, key=lambda other: other.time_s)
        if old > FORGET_COUNT:
            del self.accents[:old]

    def _leans(self, accent: Accent, now_s: float) -> bool:
        near = self._around(accent.time_s, now_s)
        rank = sum(accent.strength >= other.strength for other in near) / len(near)
        most = MOST_CHANCE[0] + MOST_CHANCE[1] * self.share
        return accent.chance < min(self.share * (LEAST_WEIGHT + RANK_WEIGHT * rank), most)

    def _around(self, time_s: float, now_s: float) -> list[Accent]:
        first = bisect.bisect_left(self.accents, time_s - AROUND_S, key=lambda other: other.time_s)
        last = bisect.bisect_right(self.accents, time_s + AROUND_S, key=lambda other: other.time_s)
        return [accent for accent in self.accents[first:last] if accent.known_s <= now_s]
