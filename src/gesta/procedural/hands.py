"""Plans the strokes of the hands: when to prepare, wait, strike and hold, with what gesture and how large.

A gesture phrase is preparation - pre-stroke hold - stroke - post-stroke hold; phrases follow each other straight or end
in a retraction (Kendon 2004). The stroke's deceleration, not its peak speed, meets the accent (Pouw et al. 2021), and
loosely: people are no metronomes.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from gesta.procedural.content import ContentEvent
from gesta.procedural.gestures import GestureChooser, PhraseGesture
from gesta.procedural.habits import HANDS, habits_of
from gesta.procedural.phrases import SHORTEST_GAP_S
from gesta.procedural.places import moved, part_of_way, way_between, within_reach
from gesta.procedural.profiles import DECELERATION_PEAK, reach_duration
from gesta.procedural.style import Style
from gesta.procedural.units import HandsState, Waiting
from gesta.randomness import generator
from gesta.records import HandMove, HandPose

LEAD_S = 1.4
"""An accent is planned this long before it, where it is known by then."""
ARRIVAL_MEAN_S, MOST_SDS = 0.005, 2.2
"""Where the stroke's deceleration lies from the accent in the mean, and how many standard deviations off at most."""
LATEST_S = 0.15
"""Where an accent is known too late to meet it, its stroke may come so much after it."""
SECOND_HAND_LAG_S = (0.01, 0.04)
"""Two hands are never exactly together."""
TIGHTEST = 0.55
"""A preparation or stroke that is short of time is done in this share of its usual duration at least."""
OVERLAP = 0.4
"""Share of a movement's duration in which the next may already begin."""
NEAR_M = 0.02
"""A hand this near to where its stroke begins needs no preparation."""
SURPRISE_S = 0.5
"""A phrase of which less notice is given than this comes as a surprise."""
NOTICE_S = 1.1
"""With this look-ahead, beyond what hearing needs, nothing does."""
HEARING_S = 0.1
LOWEST_STROKE_M = -0.29
"""Strokes end above this, over a hand that rests before the belly."""
STROKE_EASE = 0.85
"""A stroke takes this much of the usual time for its length: it is what the eye should notice."""
WAYS_TO_PREPARE = ((1.7, 1.0), (1.35, 1.0), (1.35, 0.7), (1.25, 0.5))
"""How a stroke is prepared, the first way that there is time for: the preparation takes so much longer than usual
for its length, for the eye should not notice it; and so much of the stroke's length is left."""
SHORTEST_STROKE_M = 0.04
"""Where nothing is prepared, less than this is no stroke."""
PRE_HOLD_CHANCE, PRE_HOLD_S = 0.3, (0.12, 0.45)
"""How often a hand is ready early and waits for its stroke, and how long, if there is time."""
SIZE_FROM_STRENGTH = (0.65, 0.6)
"""Size of the stroke on the weakest accent, and how much more that on the strongest."""
ECHO_SHARE = 0.3
"""A raised hand that has no part in a stroke goes along with it by this share."""
REPEAT_GAP_S = 0.12
"""Between the strokes of a gesture that is repeated by itself."""


@dataclass(frozen=True)
class Beat:
    """When and how strongly a stroke is due.

    Attributes:
        now_s: no movement may begin before this time.
        arrival_s: when it decelerates most.
        accent_s: the sound that it meets; None where it repeats another.
        strength: 0 to 1.
        cause: "accent" or "content".
    """

    now_s: float
    arrival_s: float
    accent_s: float | None
    strength: float
    cause: str

    @property
    def latest_s(self) -> float:
        """A hand that cannot be in time may come as late as this."""
        return self.arrival_s if self.accent_s is None else max(self.arrival_s, self.accent_s + LATEST_S)


@dataclass(frozen=True)
class Timing:
    """Where a stroke of one hand starts and when, and how long preparation, wait and stroke take, seconds."""

    before: HandPose
    preparation_s: float
    wait_s: float
    start_s: float
    duration_s: float


class HandPlanner:
    """Decides the movements of both hands, one event after the other; see `Planner` for who calls it when."""

    def __init__(self, style: Style, seed: int, look_ahead_s: float = math.inf) -> None:
        self.style, self.habits = style, habits_of(style, seed)
        self.random = generator(seed, "procedural", "hands")
        self.chooser = GestureChooser(style, self.habits, seed)
        self.state = HandsState(dict(self.habits.rests))
        surprise = 1.0 - min(max((look_ahead_s - HEARING_S) / NOTICE_S, 0.0), 1.0)
        self.waiting = Waiting(style, self.habits, self.state, seed, surprise)
        self.start = (self.state.pose["left"], self.state.pose["right"])

    @property
    def busy_until_s(self) -> float:
        """When the last planned movement of either hand lets go of it."""
        return max(self.state.busy_until_s.values())

    def phrase_start(self, now_s: float, phrase_s: float) -> list[HandMove]:
        """A new prosodic phrase begins: its strokes will be of a new kind.

        Where the phrase comes as a surprise, hands that rest may rise at once, before there is an accent to meet; if
        none comes, the preparation has turned into a hold.
        """
        self.state.gesture = None
        late = now_s > phrase_s - SURPRISE_S
        wanted = self.random.random() < self.habits.share
        if not (late and wanted) or any(self.state.raised.values()):
            return []
        gesture = self.state.gesture = self.chooser.choose()
        moves = []
        for hand in gesture.hands:
            pose = self._pose_before(gesture, hand, gesture.sizes[hand], np.zeros(3))
            duration_s = reach_duration(way_between(self.state.pose[hand], pose), self.habits.tempo)
            start_s = max(now_s, self.state.busy_until_s[hand], 0.0)
            unit = self.state.raise_hand(hand)
            move = HandMove(hand, "preparation", gesture.name, start_s, duration_s, pose, cause="phrase", unit=unit)
            moves.append(move)
            self.state.pose[hand] = pose
            self.state.busy_until_s[hand] = start_s + (1.0 - OVERLAP) * duration_s
        return moves

    def accent(self, now_s: float, accent_s: float, strength: float) -> list[HandMove]:
        """Plan a stroke on an accent.

        Args:
            now_s: no movement may begin before this time.
            accent_s: when the accent sounds.
            strength: 0 to 1.

        Returns:
            The moves, none where there is no time for them.
        """
        beat = Beat(now_s, self._arrival_s(accent_s), accent_s, strength, "accent")
        if self._too_soon(beat.arrival_s):
            return []
        kept = self.state.gesture
        gesture = self.state.gesture = kept if kept and kept.strokes_left > 0 else self.chooser.choose()
        moves = self._strokes(gesture, beat)
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
        beat = Beat(now_s, self._arrival_s(event.time_s), event.time_s, event.strength, "content")
        gesture = None if self._too_soon(beat.arrival_s) else self.chooser.for_content(event)
        if gesture is None:
            return []
        moves = self._strokes(gesture, beat)
        repeats = gesture.family.repeat[0] - 1 if moves else 0
        for _ in range(repeats):
            last = max((move for move in moves if move.phase == "stroke"), key=lambda move: move.end_s)
            again_s = last.start_s + 2.0 * last.duration_s + REPEAT_GAP_S
            moves += self._strokes(gesture, replace(beat, arrival_s=again_s, accent_s=None))
        return moves

    def _arrival_s(self, sound_s: float) -> float:
        off = np.clip(self.random.normal(), -MOST_SDS, MOST_SDS)
        return sound_s + ARRIVAL_MEAN_S + self.style.arrival_sd_s * float(off)

    def _too_soon(self, arrival_s: float) -> bool:
        return arrival_s - self.state.last_arrival_s < SHORTEST_GAP_S / self.habits.tempo

    def _strokes(self, gesture: PhraseGesture, beat: Beat) -> list[HandMove]:
        """The moves of all the gesture's hands, none where none of them is in time."""
        prominence = SIZE_FROM_STRENGTH[0] + SIZE_FROM_STRENGTH[1] * beat.strength
        moves: list[HandMove] = []
        hands = gesture.next_hands
        for order, hand in enumerate(hands):
            lag_s = self.random.uniform(*SECOND_HAND_LAG_S) if order else 0.0
            scale = gesture.sizes[hand] * prominence * self.random.normal(1.0, 0.08)
            moves += self._stroke(hand, gesture, replace(beat, arrival_s=beat.arrival_s + lag_s), scale)
        if moves:
            self.state.last_arrival_s = beat.arrival_s
            gesture.made += 1
            moves += self._echo(gesture, moves[-1]) if len(hands) == 1 else []
        return moves

    def _stroke(self, hand: str, gesture: PhraseGesture, beat: Beat, scale: float) -> list[HandMove]:
        """Waiting, preparation and stroke of one hand, fitted into the time there is; nothing if it is too little."""
        ends = self._ends(gesture, hand, scale)
        free_s = max(beat.now_s, 0.0, self.state.busy_until_s[hand])
        timing = self._timing(hand, ends, beat, free_s)
        if timing is None:
            return []
        before, after = timing.before, ends[1]
        way_m = way_between(self.state.pose[hand], before)
        begin_s, start_s = timing.start_s - timing.wait_s - (1.0 - OVERLAP) * timing.preparation_s, timing.start_s
        moves = self.waiting.until(hand, free_s, begin_s, "hold") if self.state.raised[hand] else []
        unit = self.state.raise_hand(hand)
        stroke = HandMove(
            hand, "stroke", gesture.name, start_s, timing.duration_s, after, (0.0, 0.0, 0.0), beat.strength
        )
        stroke = replace(stroke, accent_s=beat.accent_s, cause=beat.cause, unit=unit)
        if timing.preparation_s > 0.0:
            lift = (0.02 * (way_m > 0.15), 0.0, 0.25 * max(way_m - 0.1, 0.0))
            raising = replace(stroke, phase="preparation", start_s=begin_s, duration_s=timing.preparation_s)
            moves.append(replace(raising, pose=before, arc=lift))
        if timing.wait_s > 0.0:
            pose = moved(before, self.random.normal(0.0, 0.008, 3))
            waits_s = timing.wait_s + OVERLAP * timing.duration_s
            moves.append(
                replace(stroke, phase="pre_hold", start_s=start_s - timing.wait_s, duration_s=waits_s, pose=pose)
            )
        outward, up, forward = (scale * value for value in gesture.family.arc)
        moves.append(replace(stroke, arc=(outward, up, forward)))
        self.state.pose[hand] = after
        self.state.busy_until_s[hand] = stroke.end_s - OVERLAP * stroke.duration_s
        return moves

    def _timing(self, hand: str, ends: tuple[HandPose, HandPose], beat: Beat, free_s: float) -> Timing | None:
        """When to prepare, wait and strike; None if there is too little time, even for a hand that comes late."""
        time_s, now_at = beat.arrival_s - free_s, self.state.pose[hand]
        for ease, share in WAYS_TO_PREPARE:
            before = part_of_way(ends[1], ends[0], share)
            way_m = way_between(now_at, before)
            preparation_s = ease * reach_duration(way_m, self.habits.tempo) if way_m > NEAR_M else 0.0
            duration_s = STROKE_EASE * reach_duration(way_between(before, ends[1]), self.habits.tempo)
            squeeze = min(1.0, time_s / ((1.0 - OVERLAP) * preparation_s + DECELERATION_PEAK * duration_s))
            if squeeze >= TIGHTEST:
                preparation_s, duration_s = squeeze * preparation_s, squeeze * duration_s
                start_s = beat.arrival_s - DECELERATION_PEAK * duration_s
                spare_s = start_s - free_s - (1.0 - OVERLAP) * preparation_s
                wait_s = self._pre_hold_s(spare_s) if preparation_s else 0.0
                return Timing(before, preparation_s, wait_s, start_s, duration_s)
        return self._straight(now_at, ends[1], beat, free_s)

    def _straight(self, now_at: HandPose, after: HandPose, beat: Beat, free_s: float) -> Timing | None:
        """Too late to prepare: straight from where the hand is, if that is far enough to be a stroke, perhaps late."""
        if way_between(now_at, after) < SHORTEST_STROKE_M:
            return None
        duration_s = reach_duration(way_between(now_at, after), self.habits.tempo)
        least_s = TIGHTEST * DECELERATION_PEAK * duration_s
        arrival_s = max(beat.arrival_s, free_s + least_s)
        if arrival_s > max(beat.arrival_s, beat.latest_s):
            return None
        duration_s = min(duration_s, (arrival_s - free_s) / DECELERATION_PEAK)
        return Timing(now_at, 0.0, 0.0, arrival_s - DECELERATION_PEAK * duration_s, duration_s)

    def _pre_hold_s(self, spare_s: float) -> float:
        """How long a hand waits for its stroke, where so much time is left."""
        early, wait_s = self.random.random() < PRE_HOLD_CHANCE, self.random.uniform(*PRE_HOLD_S)
        return wait_s if early and wait_s < spare_s else 0.0

    def _ends(self, gesture: PhraseGesture, hand: str, scale: float) -> tuple[HandPose, HandPose]:
        """How a hand is held before and after a stroke."""
        family = gesture.family
        jitter = family.scatter * self.random.normal(0.0, 0.008, 3)
        end = gesture.places[hand] + np.array(family.after) * scale + jitter
        # A place that is too low is lifted as a whole, so that the stroke keeps its length.
        jitter[1] += max(LOWEST_STROKE_M - end[1], 0.0)
        end[1] = max(end[1], LOWEST_STROKE_M)
        after = family.pose_after(within_reach(end))
        if family.series:
            after = replace(after, shape=family.series[gesture.made % len(family.series)])
        return self._pose_before(gesture, hand, scale, jitter), after

    def _pose_before(self, gesture: PhraseGesture, hand: str, scale: float, jitter: np.ndarray) -> HandPose:
        """The hand's pose where a stroke of this gesture begins."""
        family = gesture.family
        return family.pose_before(within_reach(gesture.places[hand] + np.array(family.before) * scale + jitter))

    def _echo(self, gesture: PhraseGesture, stroke: HandMove) -> list[HandMove]:
        """A raised hand that has no part in a stroke goes along with it a little."""
        other = HANDS[1 - HANDS.index(stroke.hand)]
        lag_s, likeness = self.random.uniform(*SECOND_HAND_LAG_S), self.random.normal(1.0, 0.3)
        if not self.state.raised[other] or stroke.start_s + lag_s < self.state.busy_until_s[other]:
            return []
        way = np.subtract(gesture.family.after, gesture.family.before) * ECHO_SHARE * self.style.symmetry * likeness
        target = self.state.pose[other] = moved(self.state.pose[other], way)
        return [replace(stroke, hand=other, phase="hold", start_s=stroke.start_s + lag_s, pose=target, arc=(0, 0, 0))]
