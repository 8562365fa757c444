"""Fits one stroke of one hand into the time there is: preparation, perhaps a wait, the stroke, and the hold after it.

A gesture phrase is preparation - pre-stroke hold - stroke - post-stroke hold; phrases follow each other straight or end
in a retraction (Kendon 2004). The stroke's deceleration, not its peak speed, meets the sound (Pouw et al. 2021).
"""

from dataclasses import dataclass, replace

import numpy as np

from gesta.procedural.gestures import PhraseGesture
from gesta.procedural.places import moved, part_of_way, way_between, within_reach
from gesta.procedural.profiles import DECELERATION_PEAK, reach_duration
from gesta.procedural.units import HandsState, Waiting
from gesta.records import HandMove, HandPose

LATEST_S = 0.15
"""Where an accent is known too late to meet it, its stroke may come so much after it."""
TIGHTEST = 0.55
"""A preparation or stroke that is short of time is done in this share of its usual duration at least."""
OVERLAP = 0.4
"""Share of a movement's duration in which the next may already begin."""
NEAR_M = 0.02
"""A hand this near to where its stroke begins needs no preparation."""
LOWEST_STROKE_M, ABOVE_REST_M = -0.29, 0.06
"""Strokes end above this, over a hand that rests before the belly; where hands hang, so much above where they do."""
STROKE_EASE = 0.85
"""A stroke takes this much of the usual time for its length: it is what the eye should notice."""
WAYS_TO_PREPARE = ((1.7, 1.0), (1.35, 1.0), (1.35, 0.7), (1.25, 0.5))
"""How a stroke is prepared, the first way that there is time for: the preparation takes so much longer than usual
for its length, for the eye should not notice it; and so much of the stroke's length is left."""
SHORTEST_STROKE_M = 0.04
"""Where nothing is prepared, less than this is no stroke."""
PRE_HOLD_CHANCE, PRE_HOLD_S = 0.3, (0.12, 0.45)
"""How often a hand is ready early and waits for its stroke, and how long, if there is time."""
EARLIER_S, SHORTEST_WAIT_S = 0.25, 0.08
"""So much earlier a hand may be ready so as to brake on a syllable; less than the second is no waiting."""
BRAKES_INTO_STROKE = 0.03
"""Share of a preparation's duration after the stroke's start at which it brakes, into which the stroke sets off."""
JITTER_M = 0.008
"""No stroke ends quite where it was going, and no hand that is held stays quite where it is."""


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


class Strokes:
    """Plans the strokes of each hand.

    Args:
        tempo: of movements, as a factor.
        state: shared with who decides what is gestured.
        waiting: what hands do until they prepare.
        random: shared with who decides what is gestured.
    """

    def __init__(self, tempo: float, state: HandsState, waiting: Waiting, random: np.random.Generator) -> None:
        self.tempo, self.state, self.waiting, self.random = tempo, state, waiting, random

    def stroke(self, hand: str, gesture: PhraseGesture, beat: Beat, scale: float) -> list[HandMove]:
        """Waiting, preparation and stroke of one hand, fitted into the time there is; nothing if it is too little.

        Args:
            hand: "left" or "right".
            gesture: what it is a stroke of.
            beat: when it is due.
            scale: of its length, as a factor.
        """
        ends = self._ends(gesture, hand, scale)
        free_s = max(beat.now_s, 0.0, self.state.busy_until_s[hand])
        timing = self._timing(hand, ends, beat, free_s)
        if timing is None:
            return []
        before, after = timing.before, ends[1]
        way_m = way_between(self.state.pose[hand], before)
        begin_s, start_s = timing.start_s - timing.wait_s - (1.0 - OVERLAP) * timing.preparation_s, timing.start_s
        moves = self.waiting.until(hand, free_s, begin_s, "hold") if self.state.raised[hand] else []
        outward, up, forward = (scale * value for value in gesture.family.arc)
        stroke = HandMove(
            hand, "stroke", gesture.name, start_s, timing.duration_s, after, (outward, up, forward), beat.strength,
            beat.accent_s, beat.cause, self.state.raise_hand(hand),
        )  # fmt: skip
        if timing.preparation_s > 0.0:
            lift = (0.02 * (way_m > 0.15), 0.0, 0.25 * max(way_m - 0.1, 0.0))
            raising = replace(stroke, phase="preparation", start_s=begin_s, duration_s=timing.preparation_s)
            moves.append(replace(raising, pose=before, arc=lift))
        if timing.wait_s > SHORTEST_WAIT_S:
            waits_s = timing.wait_s + OVERLAP * timing.duration_s
            moves.append(self._still(stroke, "pre_hold", start_s - timing.wait_s, waits_s, before))
        moves.append(stroke)
        self.waiting.raised_by(stroke)
        self.state.pose[hand] = after
        self.state.busy_until_s[hand] = stroke.end_s - OVERLAP * stroke.duration_s
        return moves

    def held(self, stroke: HandMove, hold_s: float) -> HandMove:
        """The hold after a stroke: the hand stays about where it is; whatever is planned next may cut it short."""
        hold = self._still(stroke, "hold", stroke.end_s, hold_s, stroke.pose)
        self.state.pose[stroke.hand] = hold.pose
        return hold

    def pose_before(self, gesture: PhraseGesture, hand: str, scale: float, jitter: np.ndarray) -> HandPose:
        """The hand's pose where a stroke of this gesture begins, off by a jitter (3,) in metres."""
        family = gesture.family
        return family.pose_before(within_reach(gesture.places[hand] + np.array(family.before) * scale + jitter))

    def _still(self, stroke: HandMove, phase: str, start_s: float, duration_s: float, pose: HandPose) -> HandMove:
        pose = moved(pose, self.random.normal(0.0, JITTER_M, 3))
        return replace(stroke, phase=phase, start_s=start_s, duration_s=duration_s, pose=pose, arc=(0.0, 0.0, 0.0))

    def _timing(self, hand: str, ends: tuple[HandPose, HandPose], beat: Beat, free_s: float) -> Timing | None:
        """When to prepare, wait and strike; None if there is too little time, even for a hand that comes late."""
        time_s, now_at = beat.arrival_s - free_s, self.state.pose[hand]
        for ease, share in WAYS_TO_PREPARE:
            before = part_of_way(ends[1], ends[0], share)
            way_m = way_between(now_at, before)
            preparation_s = ease * reach_duration(way_m, self.tempo) if way_m > NEAR_M else 0.0
            duration_s = STROKE_EASE * reach_duration(way_between(before, ends[1]), self.tempo)
            squeeze = min(1.0, time_s / ((1.0 - OVERLAP) * preparation_s + DECELERATION_PEAK * duration_s))
            if squeeze >= TIGHTEST:
                preparation_s, duration_s = squeeze * preparation_s, squeeze * duration_s
                start_s = beat.arrival_s - DECELERATION_PEAK * duration_s
                spare_s = start_s - free_s - (1.0 - OVERLAP) * preparation_s
                wait_s = self._wait_s(spare_s, start_s + BRAKES_INTO_STROKE * preparation_s) if preparation_s else 0.0
                return Timing(before, preparation_s, wait_s, start_s, duration_s)
        return self._straight(now_at, ends[1], beat, free_s)

    def _straight(self, now_at: HandPose, after: HandPose, beat: Beat, free_s: float) -> Timing | None:
        """Too late to prepare: straight from where the hand is, if that is far enough to be a stroke, perhaps late."""
        if way_between(now_at, after) < SHORTEST_STROKE_M:
            return None
        duration_s = reach_duration(way_between(now_at, after), self.tempo)
        least_s = TIGHTEST * DECELERATION_PEAK * duration_s
        arrival_s = max(beat.arrival_s, free_s + least_s)
        if arrival_s > beat.latest_s:
            return None
        duration_s = min(duration_s, (arrival_s - free_s) / DECELERATION_PEAK)
        return Timing(now_at, 0.0, 0.0, arrival_s - DECELERATION_PEAK * duration_s, duration_s)

    def _wait_s(self, spare_s: float, brakes_s: float) -> float:
        """How long a hand waits for its stroke, where so much time is left and, without, it brakes at that time."""
        early, wait_s = self.random.random() < PRE_HOLD_CHANCE, self.random.uniform(*PRE_HOLD_S)
        wait_s = wait_s if early and wait_s < spare_s else 0.0
        earliest_s = brakes_s - min(wait_s + EARLIER_S, max(spare_s, 0.0))
        return brakes_s - self.waiting.rhythm.in_time(brakes_s - wait_s, earliest_s, brakes_s)

    def _ends(self, gesture: PhraseGesture, hand: str, scale: float) -> tuple[HandPose, HandPose]:
        """How a hand is held before and after a stroke."""
        family = gesture.family
        jitter = family.scatter * self.random.normal(0.0, JITTER_M, 3)
        end = gesture.places[hand] + np.array(family.after) * scale + jitter
        # A place that is too low is lifted as a whole, so that the stroke keeps its length.
        lowest_m = self._lowest_m(hand)
        jitter[1] += max(lowest_m - end[1], 0.0)
        end[1] = max(end[1], lowest_m)
        after = family.pose_after(within_reach(end))
        if family.series:
            after = replace(after, shape=family.series[gesture.made % len(family.series)])
        return self.pose_before(gesture, hand, scale, jitter), after

    def _lowest_m(self, hand: str) -> float:
        habits = self.waiting.habits
        if habits.touching:
            return LOWEST_STROKE_M
        return min(LOWEST_STROKE_M, habits.rests[hand].position[1] + ABOVE_REST_M)
