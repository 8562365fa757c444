"""What gesture a phrase is made with: family, hands, place and size; strokes of one phrase share them.

Gestures of one prosodic group resemble each other and change with it (Shattuck-Hufnagel & Ren 2018); what is said may
ask for one of its own. Things counted or listed go step by step through space.
"""

from dataclasses import dataclass, field

import numpy as np

from gesta.procedural.content import ContentEvent
from gesta.procedural.families import Family, families
from gesta.procedural.habits import HANDS, Habits
from gesta.procedural.places import DIRECTION_M
from gesta.procedural.style import Style
from gesta.randomness import generator

STROKES_PER_PLACE = (3, 6)
"""A long phrase changes its gesture after so many strokes."""
PLACE_SD_M = (0.035, 0.04, 0.025)
"""How far the places of two phrases lie apart: outward, up, forward."""
SECOND_HAND_SD_M = 0.05
"""How far two hands are from mirroring each other, where they do not at all."""
SERIES_S = 15.0
"""Something listed belongs to the list before it if that is no longer ago."""
SERIES_STEP_M, LONGEST_SERIES = (0.03, 0.012, 0.0), 4
"""How far each thing listed is put from the one before: outward, up, forward."""
SERIES_KIND = "sequence"
LATER_FAMILY = 0.5
"""Each later family of a class of words is so much less likely than the one before."""


@dataclass
class PhraseGesture:
    """What the strokes of one phrase share.

    Attributes:
        name: its family's.
        hands: which take part, the leading one first.
        places: the middle of the movement of each, (outward, up, forward) from the shoulder, metres.
        sizes: of the movement of each, as a factor.
        strokes_left: so many more before it changes.
        made: how many strokes it has had.
    """

    name: str
    hands: tuple[str, ...]
    places: dict[str, np.ndarray]
    sizes: dict[str, float]
    strokes_left: int
    made: int = field(default=0)

    @property
    def family(self) -> Family:
        """The family itself."""
        return families()[self.name]

    @property
    def next_hands(self) -> tuple[str, ...]:
        """The hands of the next stroke: where they take turns, one of them."""
        if self.family.bimanual == "alternate" and len(self.hands) > 1:
            return (self.hands[self.made % len(self.hands)],)
        return self.hands


class GestureChooser:
    """Chooses gestures by the style, the speaker's habits and what was said."""

    def __init__(self, style: Style, habits: Habits, seed: int) -> None:
        self.style, self.habits = style, habits
        self.random = generator(seed, "procedural", "gestures")
        self.last_name = ""
        self.series_s, self.series_count = -SERIES_S, 0

    def choose(self) -> PhraseGesture:
        """A gesture for a new phrase."""
        both = self.random.random() < self.style.both_hands
        weights = np.array([_likelihood(one, both) * self.habits.liking[name] for name, one in families().items()])
        name = str(self.random.choice(list(families()), p=weights / weights.sum()))
        again = self.random.random() < self.habits.faithfulness
        if again and self.last_name and _likelihood(families()[self.last_name], both) > 0.0:
            name = self.last_name
        self.last_name = name
        return self._placed(name, self._hands(both), np.zeros(3), 0)

    def for_content(self, event: ContentEvent) -> PhraseGesture | None:
        """A gesture for something said, with the hand and at the place that it asks for; None if no family serves."""
        names = [name for name in event.families if name in families()]
        if not names:
            return None
        weights = LATER_FAMILY ** np.arange(len(names))
        name = str(self.random.choice(names, p=weights / weights.sum()))
        family = families()[name]
        alone, together = family.one_hand * (1.0 - self.style.both_hands), family.both_hands * self.style.both_hands
        both = family.one_hand == 0.0 or bool(self.random.random() * (alone + together) < together)
        side = event.direction if event.direction in HANDS else ""
        hands = (side,) if side and family.one_hand > 0.0 else self._hands(both)
        step = self._step_of_series(event)
        away = np.array(DIRECTION_M.get(event.direction, (0.0, 0.0, 0.0))) + step * np.array(SERIES_STEP_M)
        return self._placed(name, hands, away, step)

    def _step_of_series(self, event: ContentEvent) -> int:
        if event.kind != SERIES_KIND:
            return 0
        goes_on = event.time_s - self.series_s < SERIES_S
        self.series_count = (self.series_count + 1) % LONGEST_SERIES if goes_on else 0
        self.series_s = event.time_s
        return self.series_count

    def _hands(self, both: bool) -> tuple[str, ...]:
        if both:
            return self.habits.hands
        return ("right",) if self.random.random() < self.habits.right_share else ("left",)

    def _placed(self, name: str, hands: tuple[str, ...], away: np.ndarray, made: int) -> PhraseGesture:
        """A gesture near its family's usual place, `away` from it: (3,) outward, up, forward, metres."""
        family = families()[name]
        scattered = self.habits.away + self.random.normal(0.0, PLACE_SD_M) + away
        middle = np.array(family.place) + family.scatter * scattered
        size = self.habits.size * self.random.lognormal(0.0, 0.15)
        apart = SECOND_HAND_SD_M * (1.0 - self.style.symmetry) * family.scatter
        lower = np.array((0.0, -self.habits.lower_m * family.scatter, 0.0))
        places = {
            hand: middle + order * self.random.normal(0.0, apart, 3) + (hand != self.habits.hands[0]) * lower
            for order, hand in enumerate(hands)
        }
        sizes = {hand: size * (1.0 if hand == self.habits.hands[0] else self.habits.lesser) for hand in hands}
        strokes = int(self.random.integers(*STROKES_PER_PLACE, endpoint=True))
        return PhraseGesture(name, hands, places, sizes, strokes, made)


def _likelihood(family: Family, both: bool) -> float:
    return family.both_hands if both else family.one_hand
