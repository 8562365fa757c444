"""What hands do in a gesture unit between its strokes, and outside of units: wait, hold, idle, go to rest, settle.

A unit begins when a hand leaves its rest and ends when both have come back (Kendon 2004). Neither a held nor a resting
hand is ever frozen: waiting is slow movement, too.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from gesta.procedural.families import PLACE, rests
from gesta.procedural.gestures import PLACE_SD_M, PhraseGesture
from gesta.procedural.habits import HANDS, Habits
from gesta.procedural.places import moved, way_between, within_reach
from gesta.procedural.profiles import reach_duration
from gesta.procedural.rhythm import Rhythm
from gesta.procedural.style import Style
from gesta.randomness import generator
from gesta.records import HandMove, HandPose

HOLD_S, REST_HOLD_S = (0.6, 1.1), (0.9, 1.7)
"""How long one slow movement of a raised and of a resting hand takes."""
HOLD_EASE, HOLD_WANDER_M = 0.16, 0.024
"""With each slow movement a held hand eases by this share of its way towards the belly, and wanders by that."""
HOLD_OVERLAP = 0.35
"""Share of a slow movement's duration in which the next one may already begin."""
AT_EASE = "before_belly"
"""The rest that held hands sink towards."""
REST_WANDER_M = 0.018
FIDGET_S, FIDGET_M = (5.0, 12.0), (0.012, 0.012, 0.01)
"""Time between small shifts of resting hands, and their size."""
RETRACTION_EASE, IDLE_EASE = 2.0, 1.25
"""A retraction, and a movement that means nothing, take so much longer than a stroke of their length."""
REST_APART_S = 0.06
IDLE_SPREAD, IDLE_PART_M = 2.2, 0.02
"""Idle hands go to places so much further apart than gestures are, and not quite the same place with both."""
DROPS_S, DROP_SHARE, LESSER_DROP_SHARE = 3.5, (0.7, 1.6), (0.3, 1.0)
"""A hand that nothing comes for drops to its rest after this share of the speaker's patience, or of so long where
patience is longer; the hand that is not preferred sooner."""
READY_S = 0.5
"""Who cannot hear the next accent coming gets ready for it within this time after a stroke."""


@dataclass
class HandsState:
    """Everything the planner of the hands remembers.

    Attributes:
        pose: how each hand is held at the end of what is planned.
        busy_until_s: when that lets go of it.
        raised: whether it has left its rest.
        drops_s: when it goes back there by itself, if nothing comes for it.
        last_arrival_s: when the last stroke arrives.
        gesture: of the phrase under way.
        unit: counts gesture units.
    """

    pose: dict[str, HandPose]
    busy_until_s: dict[str, float] = field(default_factory=lambda: dict.fromkeys(HANDS, 0.0))
    raised: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(HANDS, False))
    drops_s: dict[str, float] = field(default_factory=lambda: dict.fromkeys(HANDS, 0.0))
    last_arrival_s: float = -10.0
    gesture: PhraseGesture | None = None
    unit: int = 0

    def raise_hand(self, hand: str) -> int:
        """The hand leaves its rest, if it was there; returns the number of the gesture unit it is in."""
        if not any(self.raised.values()):
            self.unit += 1
        self.raised[hand] = True
        return self.unit


class Waiting:
    """Plans the slow movements of hands that no stroke is planned for.

    Args:
        style: who is speaking.
        habits: of this seed.
        state: shared with the planner of the strokes.
        seed: the same seed waits the same.
        surprise: 0 where the next accent is known well ahead, up to 1 where it comes as a surprise.
        rhythm: that movements fall in with.
    """

    def __init__(
        self, style: Style, habits: Habits, state: HandsState, seed: int, surprise: float, rhythm: Rhythm
    ) -> None:
        self.style, self.habits, self.state, self.surprise, self.rhythm = style, habits, state, surprise, rhythm
        self.random = {name: generator(seed, "procedural", name) for name in ("rests", "fidgets", "idling", "drops")}
        self.hold_random = {hand: generator(seed, "procedural", "holds", hand) for hand in HANDS}
        self.wander_m = HOLD_WANDER_M * (0.6 + 1.2 * style.pause_activity)

    def hold(self, hand: str, now_s: float) -> list[HandMove]:
        """One slow movement of a hand with nothing to do; none for one that is busy or rests on something."""
        if now_s < self.state.busy_until_s[hand]:
            return []
        if self.state.raised[hand]:
            drops = now_s >= self.state.drops_s[hand] and not self.habits.touching
            return self._to_rest((hand,), now_s) if drops else [self._held(hand, now_s, "hold")]
        if self.habits.touching:
            return []
        random = self.hold_random[hand]
        home = 0.5 * (np.array(self.habits.rests[hand].position) - self.state.pose[hand].position)
        drift = home + random.normal(0.0, REST_WANDER_M, 3)
        return [self._ease(hand, "adjustment", now_s, random.uniform(*REST_HOLD_S), drift, "idle")]

    def until(self, hand: str, from_s: float, until_s: float, phase: str) -> list[HandMove]:
        """Slow movements of a raised hand that fill the time up to the next planned one."""
        moves: list[HandMove] = []
        at_s = from_s
        while until_s - at_s > HOLD_S[0]:
            moves.append(self._held(hand, at_s, phase))
            at_s = moves[-1].end_s - HOLD_OVERLAP * moves[-1].duration_s
        return moves

    def _held(self, hand: str, start_s: float, phase: str) -> HandMove:
        # Eases towards where hands are at ease, and wanders.
        random, pose = self.hold_random[hand], self.state.pose[hand]
        at_ease = rests()[AT_EASE].left if self.habits.touching else self.habits.rests[hand]
        ease = np.array(at_ease.position) - pose.position
        drift = HOLD_EASE * ease + random.normal(0.0, self.wander_m, 3)
        duration_s = random.uniform(*HOLD_S)
        gesture = self.state.gesture
        if gesture and hand in gesture.hands and start_s - self.state.busy_until_s[hand] < READY_S:
            ready = gesture.places[hand] + np.array(gesture.family.before) * gesture.sizes[hand]
            drift = drift + self.surprise * (within_reach(ready) - np.array(pose.position))
            duration_s *= 1.0 - 0.5 * self.surprise
        return self._ease(hand, phase, start_s, duration_s, drift, "accent")

    def raised_by(self, move: HandMove) -> None:
        """A stroke was planned, or hands were raised for one: the hand stays up for a while after it."""
        preferred = move.hand == self.habits.hands[0]
        share = self.random["drops"].uniform(*(DROP_SHARE if preferred else LESSER_DROP_SHARE))
        patience_s = min(self.style.patience_s, DROPS_S) * (1.0 + self.surprise)
        self.state.drops_s[move.hand] = move.end_s + share * patience_s

    def rest(self, now_s: float) -> list[HandMove]:
        """Bring to rest every raised hand that no stroke is planned for."""
        return self._to_rest(HANDS, now_s)

    def _to_rest(self, hands: tuple[str, ...], now_s: float) -> list[HandMove]:
        moves: list[HandMove] = []
        random = self.random["rests"]
        for hand in hands:
            late_s, away = random.uniform(0.0, REST_APART_S), random.normal(0.0, 0.008, 3)
            if not self.state.raised[hand] or now_s < self.state.busy_until_s[hand]:
                continue
            rest = self.habits.rests[hand]
            target = rest if self.habits.touching else moved(rest, away)
            way_m = way_between(self.state.pose[hand], target)
            duration_s = RETRACTION_EASE * reach_duration(way_m, self.habits.tempo)
            duration_s = self.rhythm.lasting(now_s + late_s, duration_s)
            arc = (0.01, 0.0, 0.03)
            moves.append(
                HandMove(hand, "retraction", "rest", now_s + late_s, duration_s, target, arc, 0.0, None, "phrase")
            )
            self.state.pose[hand] = target
            self.state.raised[hand] = False
        if self.habits.touching:
            # Hands that are to touch arrive together.
            end_s = max((move.end_s for move in moves), default=now_s)
            moves = [replace(move, duration_s=end_s - move.start_s) for move in moves]
        return [replace(move, unit=self.state.unit) for move in moves]

    def idle(self, now_s: float) -> list[HandMove]:
        """Hands that go on in a pause move to another place, together or one alone, for no reason."""
        random = self.random["idling"]
        both = random.random() < self.style.both_hands
        spread = IDLE_SPREAD * self.habits.size * np.array(PLACE_SD_M)
        middle = np.array(PLACE) + self.habits.away + random.normal(0.0, spread)
        sinks = 0.0 if self.habits.touching else random.random()
        moves = []
        for hand in self.habits.hands if both else self.habits.hands[:1]:
            apart = random.normal(0.0, IDLE_PART_M, 3)
            if now_s < self.state.busy_until_s[hand]:
                continue
            pose = self.state.pose[hand]
            down = np.array(self.habits.rests[hand].position) - middle
            target = replace(pose, position=within_reach(middle + sinks * down + apart))
            duration_s = IDLE_EASE * reach_duration(way_between(pose, target), self.habits.tempo)
            self.state.raise_hand(hand)
            moves.append(
                self._ease(hand, "adjustment", now_s, duration_s, np.subtract(target.position, pose.position), "idle")
            )
        return moves

    def fidget(self, now_s: float) -> tuple[list[HandMove], float]:
        """A small shift of resting hands; also says when the next may come."""
        moves, random = [], self.random["fidgets"]
        for hand in HANDS:
            drift, duration_s = random.normal(0.0, FIDGET_M), random.uniform(0.8, 1.5)
            free = not self.state.raised[hand] and now_s >= self.state.busy_until_s[hand]
            if free and not self.habits.touching:
                away = np.array(self.state.pose[hand].position) - self.habits.rests[hand].position
                moves.append(self._ease(hand, "adjustment", now_s, duration_s, drift - 0.7 * away, "idle"))
        return moves, now_s + random.uniform(*FIDGET_S)

    def _ease(
        self, hand: str, phase: str, start_s: float, duration_s: float, drift: np.ndarray, cause: str
    ) -> HandMove:
        target = moved(self.state.pose[hand], drift)
        self.state.pose[hand] = target
        unit = self.state.unit if self.state.raised[hand] else 0
        duration_s = self.rhythm.lasting(start_s, duration_s)
        return HandMove(hand, phase, "rest", start_s, duration_s, target, cause=cause, unit=unit)
