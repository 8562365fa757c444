"""Plans the hands: which accents get a stroke, which family, place and hand, when to prepare, hold and rest.

A gesture phrase is preparation - stroke - hold; phrases follow each other straight or end in a retraction (Kendon
2004). Strokes of one prosodic phrase resemble each other: they share family, hands and place (Shattuck-Hufnagel & Ren
2018). The stroke's deceleration, not its peak speed, meets the accent (Pouw et al. 2021).
"""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from gesta.procedural.content import ContentEvent
from gesta.procedural.profiles import DECELERATION_PEAK, reach_duration
from gesta.procedural.shapes import FAMILIES, PLACE, RESTS
from gesta.procedural.style import Style
from gesta.randomness import generator
from gesta.records import HandMove, HandPose

HANDS = ("left", "right")

LEAD_S = 1.1
"""An accent is planned this long before it, where it is known by then."""
ARRIVAL_MEAN_S, ARRIVAL_SD_S = 0.005, 0.04
"""Where the stroke's deceleration lies from the accent."""
SECOND_HAND_LAG_S = (0.01, 0.04)
"""Two hands are never exactly together."""
SHORTEST_GAP_S = 0.42
"""Strokes do not follow each other faster than this, at tempo 1."""
TIGHTEST = 0.55
"""A preparation or stroke that is short of time is done in this share of its usual duration at least."""
OVERLAP = 0.4
"""Share of a movement's duration in which the next may already begin."""
RECENT_ACCENTS = 12
STROKES_PER_PLACE = (3, 6)
"""A long phrase changes its gesture after so many strokes."""
DIRECTION_M = {
    "left": (0.05, 0.0, 0.0),
    "right": (0.05, 0.0, 0.0),
    "up": (0.02, 0.1, 0.0),
    "down": (0.0, -0.06, 0.02),
    "forward": (0.0, 0.02, 0.05),
    "back": (0.04, 0.06, -0.06),
    "here": (-0.03, -0.05, 0.0),
    "there": (0.07, 0.05, 0.03),
    "listener": (-0.02, 0.02, 0.04),
}
"""How far from the usual place a direction takes a gesture: outward, up, forward."""
NEAR_M = 0.02
"""A hand this near to where its stroke begins needs no preparation."""
SURPRISE_S = 0.5
"""A phrase of which less notice is given than this comes as a surprise."""
REACH_M = (0.2, 0.46)
"""How near to the shoulder and how far from it a hand is sent."""
BEFORE_BODY_M = 0.1
"""A hand that is inward of its shoulder stays at least this far in front of it."""
LOWEST_STROKE_M = -0.29
"""Strokes end above this, over a hand that rests before the belly."""
FIDGET_S = (5.0, 12.0)
"""Time between small shifts of resting hands."""
HOLD_EASE, HOLD_WANDER_M = 0.16, 0.024
"""With each slow movement a held hand eases by this share of its way towards the belly, and wanders by that."""
REST_WANDER_M = 0.018
PREPARATION_EASE, RETRACTION_EASE = 1.4, 1.7
"""These take so much longer than a stroke of their length: they are not what the eye should notice."""


@dataclass
class PhraseGesture:
    """What the strokes of one phrase share."""

    family: str
    hands: tuple[str, ...]
    place: np.ndarray
    size: float
    strokes_left: int


@dataclass
class HandsState:
    """Everything the planner of the hands remembers."""

    pose: dict[str, HandPose]
    busy_until_s: dict[str, float] = field(default_factory=lambda: dict.fromkeys(HANDS, 0.0))
    raised: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(HANDS, False))
    last_arrival_s: float = -10.0
    gesture: PhraseGesture | None = None
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT_ACCENTS))


class HandPlanner:
    """Decides the movements of both hands, one event after the other; see `Planner` for who calls it when."""

    def __init__(self, style: Style, seed: int, look_ahead_s: float = math.inf) -> None:
        self.style = style
        self.surprise = 1.0 - min(max((look_ahead_s - 0.1) / LEAD_S, 0.0), 1.0)
        self.random = generator(seed, "procedural", "hands")
        self.idle_random = generator(seed, "procedural", "fidgets")
        self.hold_random = {hand: generator(seed, "procedural", "holds", hand) for hand in HANDS}
        habits = generator(seed, "procedural", "habits")
        self.right_share = habits.choice([0.72, 0.62, 0.35])
        self.family_taste = {name: habits.lognormal(0.0, 0.5) for name in FAMILIES}
        self.size = style.size * style.energy**0.8 * habits.lognormal(0.0, 0.08)
        self.tempo = style.tempo * (0.8 + 0.2 * style.energy) * habits.lognormal(0.0, 0.05)
        self.share = min(
            1.0, style.strokes * min(style.energy, 1.0) ** 0.5 * (1.0 + 0.25 * max(style.energy - 1.0, 0.0))
        )
        rest = habits.choice(list(RESTS), p=[0.3, 0.4, 0.3])
        self.rest_names = {"left": str(rest), "right": str(rest)}
        if rest != "before_belly" and habits.random() < 0.25:
            self.rest_names[str(habits.choice(HANDS))] = "low_front"
        # Nobody rests quite alike on both sides.
        self.rests = {hand: moved(RESTS[self.rest_names[hand]], habits.normal(0.0, 0.014, 3)) for hand in HANDS}
        self.state = HandsState(dict(self.rests))
        self.start = (self.state.pose["left"], self.state.pose["right"])

    def phrase_start(self, now_s: float, phrase_s: float) -> list[HandMove]:
        """A new prosodic phrase begins: its strokes will be of a new kind.

        Where the phrase comes as a surprise, hands that rest may rise at once, before there is an accent to meet; if
        none comes, the preparation has turned into a hold.
        """
        self.state.gesture = None
        late = now_s > phrase_s - SURPRISE_S
        wanted = self.random.random() < self.share
        if not (late and wanted) or any(self.state.raised.values()):
            return []
        self.state.gesture = self._choose_gesture()
        moves = []
        for hand in self.state.gesture.hands:
            pose = self._pose_before(self.state.gesture, self.state.gesture.size, np.zeros(3))
            way = float(np.linalg.norm(np.subtract(pose.position, self.state.pose[hand].position)))
            duration_s = reach_duration(way, self.tempo)
            start_s = max(now_s, self.state.busy_until_s[hand], 0.0)
            moves.append(HandMove(hand, "preparation", self.state.gesture.family, start_s, duration_s, pose))
            self.state.pose[hand] = pose
            self.state.busy_until_s[hand] = start_s + (1.0 - OVERLAP) * duration_s
            self.state.raised[hand] = True
        return moves

    def accent(self, now_s: float, accent_s: float, strength: float) -> list[HandMove]:
        """Decide whether this accent gets a stroke, and plan it.

        Args:
            now_s: no movement may begin before this time.
            accent_s: when the accent sounds.
            strength: 0 to 1.

        Returns:
            The moves, none where the accent stays without a stroke.
        """
        state = self.state
        rank = float(np.mean([strength >= other for other in state.recent])) if state.recent else 0.5
        state.recent.append(strength)
        wanted = self.random.random() < self.share * (0.45 + 1.1 * rank)
        arrival_s = accent_s + self.random.normal(ARRIVAL_MEAN_S, ARRIVAL_SD_S)
        if not wanted or arrival_s - state.last_arrival_s < SHORTEST_GAP_S / self.tempo:
            return []
        gesture = state.gesture if state.gesture and state.gesture.strokes_left > 0 else self._choose_gesture()
        state.gesture = gesture
        moves = self._strokes(gesture, now_s, arrival_s, accent_s, strength)
        if moves:
            gesture.strokes_left -= 1
        return moves

    def content(self, now_s: float, event: ContentEvent) -> list[HandMove]:
        """A stroke for something said, in a family that serves it; the phrase's own gesture goes on afterwards.

        Args:
            now_s: no movement may begin before this time.
            event: what was said.

        Returns:
            The moves, none where there is no time for them or no family that serves.
        """
        families = [name for name in event.families if name in FAMILIES]
        arrival_s = event.time_s + self.random.normal(ARRIVAL_MEAN_S, ARRIVAL_SD_S)
        if not families or arrival_s - self.state.last_arrival_s < SHORTEST_GAP_S / self.tempo:
            return []
        gesture = self._gesture_for(event, families)
        moves = self._strokes(gesture, now_s, arrival_s, event.time_s, event.strength)
        return [replace(move, cause="content") for move in moves]

    def _gesture_for(self, event: ContentEvent, families: Sequence[str]) -> PhraseGesture:
        """One gesture in the most usual of the families, with the hand and at the place that a direction asks for."""
        # Each later family is half as likely as the one before.
        weights = 0.5 ** np.arange(len(families))
        family = str(self.random.choice(families, p=weights / weights.sum()))
        alone, together = np.array(FAMILIES[family].hands) * (1.0 - self.style.both_hands, self.style.both_hands)
        both = self.random.random() * (alone + together) < together
        side = event.direction if event.direction in HANDS else ""
        hands = (side,) if side and alone > 0.0 else self._hands(bool(both))
        return self._placed(family, hands, DIRECTION_M.get(event.direction, (0.0, 0.0, 0.0)))

    def _strokes(
        self, gesture: PhraseGesture, now_s: float, arrival_s: float, accent_s: float, strength: float
    ) -> list[HandMove]:
        """The moves of all the gesture's hands, none where none of them is in time."""
        scale = gesture.size * (0.65 + 0.6 * strength)
        moves: list[HandMove] = []
        for order, hand in enumerate(gesture.hands):
            lag_s = self.random.uniform(*SECOND_HAND_LAG_S) if order else 0.0
            likeness = self.random.normal(1.0, 0.08)
            moves += self._stroke(hand, gesture, now_s, arrival_s + lag_s, accent_s, strength, scale * likeness)
        if moves:
            self.state.last_arrival_s = arrival_s
        return moves

    def _choose_gesture(self) -> PhraseGesture:
        both = self.random.random() < self.style.both_hands
        weights = np.array([FAMILIES[name].hands[int(both)] * self.family_taste[name] for name in FAMILIES])
        family = str(self.random.choice(list(FAMILIES), p=weights / weights.sum()))
        return self._placed(family, self._hands(both))

    def _hands(self, both: bool) -> tuple[str, ...]:
        if not both:
            return ("right",) if self.random.random() < self.right_share else ("left",)
        return ("right", "left") if self.right_share > 0.5 else ("left", "right")

    def _placed(self, family: str, hands: tuple[str, ...], away: Sequence[float] = (0.0, 0.0, 0.0)) -> PhraseGesture:
        """A gesture near the usual place, `away` from it: outward, up, forward, metres."""
        place = np.array(PLACE) + self.random.normal(0.0, (0.035, 0.04, 0.025)) + (0.0, FAMILIES[family].lift, 0.0)
        place = place + away
        size = self.size * self.random.lognormal(0.0, 0.15)
        return PhraseGesture(family, hands, place, size, int(self.random.integers(*STROKES_PER_PLACE, endpoint=True)))

    def _stroke(
        self,
        hand: str,
        gesture: PhraseGesture,
        now_s: float,
        arrival_s: float,
        accent_s: float,
        strength: float,
        scale: float,
    ) -> list[HandMove]:
        """Preparation and stroke of one hand, fitted into the time there is; nothing where there is too little."""
        family, current = FAMILIES[gesture.family], self.state.pose[hand]
        jitter = self.random.normal(0.0, 0.008, 3)
        end = gesture.place + np.array(family.after) * scale + jitter
        # A place that is too low is lifted as a whole, so that the stroke keeps its length.
        jitter[1] += max(LOWEST_STROKE_M - end[1], 0.0)
        end[1] = max(end[1], LOWEST_STROKE_M)
        before = self._pose_before(gesture, scale, jitter)
        after = replace(before, position=within_reach(end), flexion_deg=family.flexion_deg[1])
        way = float(np.linalg.norm(np.subtract(before.position, current.position)))
        preparation_s = PREPARATION_EASE * reach_duration(way, self.tempo) if way > NEAR_M else 0.0
        duration_s = reach_duration(float(np.linalg.norm(np.subtract(after.position, before.position))), self.tempo)
        time_s = arrival_s - max(now_s, 0.0, self.state.busy_until_s[hand])
        squeeze = min(1.0, time_s / ((1.0 - OVERLAP) * preparation_s + DECELERATION_PEAK * duration_s))
        if squeeze < TIGHTEST:
            # Too late to prepare: straight from where the hand is, if that is not too far.
            preparation_s = 0.0
            duration_s = reach_duration(
                float(np.linalg.norm(np.subtract(after.position, current.position))), self.tempo
            )
            squeeze = min(1.0, time_s / (DECELERATION_PEAK * duration_s))
            if squeeze < TIGHTEST:
                return []
        duration_s, preparation_s = duration_s * squeeze, preparation_s * squeeze
        start_s = arrival_s - DECELERATION_PEAK * duration_s
        arc = tuple(np.array(family.arc) * scale)
        stroke = HandMove(hand, "stroke", gesture.family, start_s, duration_s, after, arc, strength, accent_s)
        moves = [stroke]
        if preparation_s > 0.0:
            begin_s = start_s - (1.0 - OVERLAP) * preparation_s
            lift = (0.02 * (way > 0.15), 0.0, 0.25 * max(way - 0.1, 0.0))
            raising = HandMove(
                hand, "preparation", gesture.family, begin_s, preparation_s, before, lift, strength, accent_s
            )
            moves.insert(0, raising)
        self.state.pose[hand] = after
        self.state.busy_until_s[hand] = stroke.end_s - OVERLAP * duration_s
        self.state.raised[hand] = True
        return moves

    def _pose_before(self, gesture: PhraseGesture, scale: float, jitter: np.ndarray) -> HandPose:
        """The hand's pose where a stroke of this gesture begins."""
        family = FAMILIES[gesture.family]
        position = within_reach(gesture.place + np.array(family.before) * scale + jitter)
        return HandPose(position, family.palm, family.flexion_deg[0], 0.0, family.shape)

    def hold(self, hand: str, now_s: float) -> list[HandMove]:
        """A hand with nothing to do eases a little: neither a held nor a resting hand is ever frozen."""
        if now_s < self.state.busy_until_s[hand]:
            return []
        random, pose = self.hold_random[hand], self.state.pose[hand]
        if not self.state.raised[hand]:
            home = 0.5 * (np.array(self.rests[hand].position) - pose.position)
            drift = home + random.normal(0.0, REST_WANDER_M, 3)
            return [self._ease(hand, "adjustment", now_s, random.uniform(0.9, 1.7), drift)]
        # Eases towards where hands are at ease, and wanders.
        ease = np.array(RESTS["before_belly"].position) - pose.position
        drift = HOLD_EASE * ease + random.normal(0.0, HOLD_WANDER_M, 3)
        duration_s = random.uniform(0.6, 1.1)
        if self.state.gesture and now_s - self.state.busy_until_s[hand] < SURPRISE_S:
            # Who cannot hear the next accent coming gets ready for it.
            ready = self._pose_before(self.state.gesture, self.state.gesture.size, np.zeros(3)).position
            drift = drift + self.surprise * (np.array(ready) - pose.position)
            duration_s *= 1.0 - 0.5 * self.surprise
        return [self._ease(hand, "adjustment", now_s, duration_s, drift)]

    def rest(self, now_s: float) -> list[HandMove]:
        """Bring to rest every raised hand that no stroke is planned for."""
        moves: list[HandMove] = []
        for hand in HANDS:
            if not self.state.raised[hand] or now_s < self.state.busy_until_s[hand]:
                continue
            target = moved(self.rests[hand], self.random.normal(0.0, 0.008, 3))
            way = float(np.linalg.norm(np.subtract(target.position, self.state.pose[hand].position)))
            duration_s = RETRACTION_EASE * reach_duration(way, self.tempo)
            start_s = max(now_s + self.random.uniform(0.0, 0.06), self.state.busy_until_s[hand])
            moves.append(HandMove(hand, "retraction", "rest", start_s, duration_s, target, (0.01, 0.0, 0.03)))
            self.state.pose[hand] = target
            self.state.raised[hand] = False
        return moves

    def fidget(self, now_s: float) -> tuple[list[HandMove], float]:
        """A small shift of resting hands; also says when the next may come."""
        moves = []
        for hand in HANDS:
            drift = self.idle_random.normal(0.0, (0.012, 0.012, 0.01))
            duration_s = self.idle_random.uniform(0.8, 1.5)
            if not self.state.raised[hand] and now_s >= self.state.busy_until_s[hand]:
                home = np.array(self.rests[hand].position)
                away = np.array(self.state.pose[hand].position) - home
                moves.append(self._ease(hand, "adjustment", now_s, duration_s, drift - 0.7 * away))
        return moves, now_s + self.idle_random.uniform(*FIDGET_S)

    def _ease(self, hand: str, phase: str, start_s: float, duration_s: float, drift: np.ndarray) -> HandMove:
        pose = self.state.pose[hand]
        target = moved(pose, drift)
        self.state.pose[hand] = target
        return HandMove(hand, phase, "rest", start_s, duration_s, target)


def moved(pose: HandPose, way: np.ndarray) -> HandPose:
    """The same hand pose a little further on: (3,) outward, up, forward, metres."""
    return replace(pose, position=within_reach(np.array(pose.position) + way))


def within_reach(position: np.ndarray) -> tuple[float, float, float]:
    """The nearest place to (outward, up, forward) that a hand can comfortably go to: before the body, within reach."""
    outward, up, forward = position
    if outward < 0.0:
        forward = max(forward, BEFORE_BODY_M)
    place = np.array((outward, up, forward))
    length = float(np.linalg.norm(place))
    outward, up, forward = place * (np.clip(length, *REACH_M) / length)
    return float(outward), float(up), float(forward)
