"""Plans breathing: in before a phrase, out slowly while it is spoken; an even rhythm while nobody speaks.

At rest breathing in takes about two fifths of a cycle of 4 s; for speech it is short, and the rest of the cycle is
spoken on (Hixon 1987).
"""

from gesta.procedural.speaking import Speaking
from gesta.randomness import generator
from gesta.records import BodyMove

REST_S, REST_IN = (3.4, 4.8), 0.4
"""A cycle at rest, and the share of it that goes in."""
SPOKEN_S, QUICK_IN_S = (3.2, 5.6), (0.45, 0.75)
"""How long is spoken on one breath, and how long it takes to draw."""
REST_DEPTH, SPOKEN_DEPTH = (0.5, 0.75), (0.7, 1.0)
SOON_S, WAITS_S = 0.7, 1.2
"""Nobody breathes in again within this time; a breath waits this long for a phrase that is about to begin."""


class BreathPlanner:
    """Decides breaths."""

    def __init__(self, seed: int, speaking: Speaking) -> None:
        self.speaking, self.random = speaking, generator(seed, "procedural", "breath")
        self.last_s, self.next_s = -10.0, 0.0

    def breathe(self, now_s: float) -> tuple[list[BodyMove], float]:
        """One breath, unless a phrase brought one meanwhile; also says when the next is due."""
        if now_s < self.next_s:
            return [], self.next_s
        if (phrase_s := self.speaking.next_after(now_s)) < now_s + WAITS_S:
            return [], phrase_s + 0.01
        return self._breath(now_s, self.speaking.at(now_s), 0.0), self.next_s

    def before_phrase(self, now_s: float, phrase_s: float) -> list[BodyMove]:
        """Breathe in so that the lungs are full as the phrase begins, if there is time and need."""
        start_s = max(now_s, phrase_s - self.random.uniform(*QUICK_IN_S), 0.0)
        if phrase_s - start_s < 0.2 or start_s < self.last_s + SOON_S:
            return []
        return self._breath(start_s, True, phrase_s - start_s)

    def _breath(self, start_s: float, spoken: bool, in_s: float) -> list[BodyMove]:
        random = self.random
        depth = random.uniform(*(SPOKEN_DEPTH if spoken else REST_DEPTH))
        cycle_s = random.uniform(*(SPOKEN_S if spoken else REST_S))
        in_s = in_s or (random.uniform(*QUICK_IN_S) if spoken else REST_IN * cycle_s)
        self.last_s, self.next_s = start_s, start_s + cycle_s
        return [
            BodyMove("breath", "to", start_s, in_s, (depth,), "in"),
            BodyMove("breath", "to", start_s + 0.9 * in_s, cycle_s - 0.9 * in_s, (0.0,), "out"),
        ]
