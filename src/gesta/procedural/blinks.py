"""Plans blinks: in their own time, at the ends of phrases and with large looks aside; lids close fast and open slowly.

15 to 25 a minute while speaking, each speaker by their own rate (Bentivoglio et al. 1997, Movement Disorders 12:1028);
closing takes a third to a half of the time that opening takes.
"""

from gesta.procedural.style import Style
from gesta.randomness import generator
from gesta.records import BodyMove

CLOSING_S, SHUT_S, OPENING_S = (0.07, 0.1), (0.0, 0.035), (0.15, 0.25)
PERSONAL_SD = 0.22
"""How much speakers' own rates differ, as a factor."""
EVENNESS = 2.6
"""Shape of the gamma distribution of the gaps: 1 for pure chance."""
LEAST_GAP_S = 0.5
OTHERS = 1.55
"""Gaps in their own time are this much longer than the rate says, since other causes bring some of the blinks."""
AT_END, WITH_LOOK = 0.45, 0.35
"""Chance of a blink at the end of a phrase, and with a look aside or back."""


class LidPlanner:
    """Decides blinks."""

    def __init__(self, style: Style, seed: int) -> None:
        self.random = generator(seed, "procedural", "blinks")
        rate = style.blinks_per_minute * self.random.lognormal(0.0, PERSONAL_SD)
        self.gap_s = OTHERS * 60.0 / max(rate, 1e-3)
        self.chance = min(1.0, style.blinks_per_minute / 18.0)
        self.free_s, self.due_s = 0.0, 0.0

    def blink(self, now_s: float) -> tuple[list[BodyMove], float]:
        """A blink in its own time, unless another came meanwhile; also says when to ask again."""
        if now_s < self.due_s:
            return [], self.due_s
        moves = self._close(now_s, "its own time")
        return moves, self.due_s

    def phrase_end(self, now_s: float, phrase_s: float) -> list[BodyMove]:
        """Perhaps a blink as a phrase ends."""
        chance, late_s = self.random.random(), self.random.uniform(0.0, 0.25)
        return self._close(max(now_s, phrase_s) + late_s, "end of a phrase") if chance < AT_END * self.chance else []

    def look(self, now_s: float) -> list[BodyMove]:
        """Perhaps a blink with a large movement of the eyes."""
        return self._close(now_s, "with a look") if self.random.random() < WITH_LOOK * self.chance else []

    def _close(self, start_s: float, reason: str) -> list[BodyMove]:
        random = self.random
        closing_s, shut_s, opening_s = random.uniform(*CLOSING_S), random.uniform(*SHUT_S), random.uniform(*OPENING_S)
        gap_s = random.gamma(EVENNESS, self.gap_s / EVENNESS)
        if start_s < self.free_s:
            return []
        opens_s = start_s + closing_s + shut_s
        self.free_s = opens_s + opening_s + LEAST_GAP_S
        self.due_s = max(self.free_s, start_s + gap_s)
        return [
            BodyMove("lids", "to", start_s, closing_s, (1.0,), reason),
            BodyMove("lids", "to", opens_s, opening_s, (0.0,), "lids open again"),
        ]
