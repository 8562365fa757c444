"""What gesture a phrase is made with: family, hands, place and size; strokes of one phrase share them.

Gestures of one prosodic group resemble each other and change with it (Shattuck-Hufnagel & Ren 2018); what is said may
ask for one of its own. Things counted or listed go step by step through space.
"""

from dataclasses import dataclass, field, replace

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
LOWER_TOGETHER = 0.4
"""Share of what one hand gestures lower by itself that is left where both do."""
SERIES_S = 15.0
"""Something listed belongs to the list before it if that is no longer ago."""
SERIES_STEP_M, LONGEST_SERIES = (0.03, 0.012, 0.0), 4
"""How far each thing listed is put from the one before: outward, up, forward."""
SERIES_KIND = "sequence"
ONCE = (1, 1)
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
        repeat: least and most strokes in a row.
        made: how many strokes it has had.
    """

    name: str
    hands: tuple[str, ...]
    places: dict[str, np.ndarray]
    sizes: dict[str, float]
    strokes_left: int
    repeat: tuple[int, int]
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


@dataclass(frozen=True)
class Series:
    """Where a list has got to: when and how its last item was gestured, and which it was, from 0."""

    time_s: float
    name: str
    hands: tuple[str, ...]
    step: int


class GestureChooser:
    """Chooses gestures by the style, the speaker's habits and what was said."""

    def __init__(self, style: Style, habits: Habits, seed: int) -> None:
        self.style, self.habits = style, habits
        self.random = generator(seed, "procedural", "gestures")
        self.last_name = ""
        self.series: Series | None = None

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
        """A gesture for something said, with the hand and at the place that it asks for; None if no family serves.

        What belongs to a list is gestured by the same hand and in the same family, step by step through space; fingers
        are held up where it is said how many.
        """
        names = self._serving(event)
        if not names:
            return None
        series = self._going_on(event)
        weights = LATER_FAMILY ** np.arange(len(names))
        name = str(self.random.choice(names, p=weights / weights.sum()))
        name = series.name if series and series.name in names else name
        side = event.direction if event.direction in HANDS and families()[name].one_hand > 0.0 else ""
        both = self._both(families()[name])
        hands = (side,) if side else series.hands if series and not both else self._hands(both)
        step = (event.count - 1 if event.count else series.step + 1 if series else 0) % LONGEST_SERIES
        away = np.array(DIRECTION_M.get(event.direction, (0.0, 0.0, 0.0)))
        if event.kind == SERIES_KIND:
            self.series = Series(event.time_s, name, hands, step)
            away += step * np.array(SERIES_STEP_M)
        gesture = self._placed(name, hands, away, step)
        # What is put on one side is put there once.
        return replace(gesture, repeat=ONCE) if side else gesture

    def _going_on(self, event: ContentEvent) -> Series | None:
        """The list that something said belongs to."""
        near = self.series is not None and event.time_s - self.series.time_s < SERIES_S
        return self.series if near and event.kind == SERIES_KIND else None

    def _both(self, family: Family) -> bool:
        """Whether a family is made with both hands this time."""
        alone, together = family.one_hand * (1.0 - self.style.both_hands), family.both_hands * self.style.both_hands
        return family.one_hand == 0.0 or bool(self.random.random() * (alone + together) < together)

    def _serving(self, event: ContentEvent) -> list[str]:
        """The families that serve something said; fingers only where they say how many."""
        names = [name for name in event.families if name in families()]
        countable = 0 < event.count <= LONGEST_SERIES
        return [name for name in names if countable or not families()[name].series] or names

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
        lower_m = self.habits.lower_m * family.scatter * (LOWER_TOGETHER if len(hands) > 1 else 1.0)
        lower = np.array((0.0, -lower_m, 0.0))
        places = {
            hand: middle + order * self.random.normal(0.0, apart, 3) + (hand != self.habits.hands[0]) * lower
            for order, hand in enumerate(hands)
        }
        sizes = {hand: size * (1.0 if hand == self.habits.hands[0] else self.habits.lesser) for hand in hands}
        strokes = int(self.random.integers(*STROKES_PER_PLACE, endpoint=True))
        return PhraseGesture(name, hands, places, sizes, strokes, family.repeat, made)


def _likelihood(family: Family, both: bool) -> float:
    return family.both_hands if both else family.one_hand
