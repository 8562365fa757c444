"""Plans what the hands gesture: which gesture, with which hands, how large, how often repeated, how long held.

Strokes keep time loosely: people are no metronomes. A gesture may be made several times in a row, as beats, cycles and
cuts are; the strokes that repeat it fall on syllables, where they are known and come at a fitting moment.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gesta.procedural.content import ContentEvent
from gesta.procedural.gestures import GestureChooser, PhraseGesture
from gesta.procedural.habits import HANDS, habits_of
from gesta.procedural.phrases import SHORTEST_GAP_S
from gesta.procedural.places import moved, way_between
from gesta.procedural.profiles import reach_duration
from gesta.procedural.rhythm import Rhythm
from gesta.procedural.strokes import OVERLAP, Beat, Strokes
from gesta.procedural.style import Style
from gesta.procedural.units import HandsState, Waiting
from gesta.randomness import generator
from gesta.records import HandMove

LEAD_S = 1.4
"""An accent is planned this long before it, where it is known by then."""
ARRIVAL_MEAN_S, MOST_SDS = 0.0, 2.6
"""Where the stroke's deceleration lies from the accent in the mean, and how many standard deviations off at most."""
SECOND_HAND_LAG_S = (0.01, 0.04)
"""Two hands are never exactly together."""
SURPRISE_S = 0.5
"""A phrase of which less notice is given than this comes as a surprise."""
NOTICE_S = 1.1
"""With this look-ahead, beyond what hearing needs, nothing does."""
HEARING_S = 0.1
SIZE_FROM_STRENGTH, SIZE_SD = (0.6, 0.8), 0.28
"""Size of the stroke on the weakest accent, and how much more that on the strongest; how strokes of one strength
differ, as a logarithm."""
ECHO_SHARE, ECHO_AT_REST = 0.3, 0.12
"""A raised hand that has no part in a stroke goes along with it by the first share, a resting one by the second."""
REPEAT_S = (0.4, 0.8)
"""Strokes of a series follow each other in this time, at tempo 1: hands share the tempo of stresses, about 0.6 s (Loehr
2007)."""
MORE = 0.4
"""Each further stroke of a series is so likely, within what its family asks for."""
REPEAT_SIZE = 0.72
"""Each stroke of a series is so much smaller than the one before."""

PREPARES_S, SHORTEST_HOLD_S = 0.6, 0.05
"""A hand is not held so near to the next stroke, nor for less than this."""


class HandPlanner:
    """Decides the movements of both hands, one event after the other; see `Planner` for who calls it when."""

    def __init__(self, style: Style, seed: int, look_ahead_s: float = math.inf) -> None:
        self.style, self.habits = style, habits_of(style, seed)
        self.random = generator(seed, "procedural", "hands")
        self.series_random = generator(seed, "procedural", "series")
        self.chooser = GestureChooser(style, self.habits, seed)
        self.state = HandsState(dict(self.habits.rests))
        surprise = 1.0 - min(max((look_ahead_s - HEARING_S) / NOTICE_S, 0.0), 1.0)
        self.rhythm = Rhythm(seed)
        self.waiting = Waiting(style, self.habits, self.state, seed, surprise, self.rhythm)
        self.strokes = Strokes(self.habits.tempo, self.state, self.waiting, self.random)
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
            pose = self.strokes.pose_before(gesture, hand, gesture.sizes[hand], np.zeros(3))
            duration_s = reach_duration(way_between(self.state.pose[hand], pose), self.habits.tempo)
            start_s = max(now_s, self.state.busy_until_s[hand], 0.0)
            unit = self.state.raise_hand(hand)
            move = HandMove(hand, "preparation", gesture.name, start_s, duration_s, pose, cause="phrase", unit=unit)
            moves.append(move)
            self.waiting.raised_by(move)
            self.state.pose[hand] = pose
            self.state.busy_until_s[hand] = start_s + (1.0 - OVERLAP) * duration_s
        return moves

    def accent(
        self,
        now_s: float,
        accent_s: float,
        strength: float,
        syllables_s: Sequence[float] = (),
        until_s: float = math.inf,
    ) -> list[HandMove]:
        """Plan a stroke on an accent, and those that repeat it.

        Args:
            now_s: no movement may begin before this time.
            accent_s: when the accent sounds.
            strength: 0 to 1.
            syllables_s: syllables after it that are known.
            until_s: when the next stroke is due; what repeats this one leaves it time.

        Returns:
            The moves, none where there is no time for them.
        """
        beat = Beat(now_s, self._arrival_s(accent_s), accent_s, strength, "accent")
        if self._too_soon(beat.arrival_s):
            return []
        kept = self.state.gesture
        gesture = self.state.gesture = kept if kept and kept.strokes_left > 0 else self.chooser.choose()
        moves = self._series(gesture, beat, syllables_s, until_s)
        if moves:
            gesture.strokes_left -= 1
        return moves

    def content(
        self, now_s: float, event: ContentEvent, syllables_s: Sequence[float] = (), until_s: float = math.inf
    ) -> list[HandMove]:
        """A stroke for something said, in a family that serves it; the phrase's own gesture goes on afterwards.

        Args:
            now_s: no movement may begin before this time.
            event: what was said.
            syllables_s: syllables after it that are known.
            until_s: when the next stroke is due.

        Returns:
            The moves, none where there is no time for them or no family that serves.
        """
        beat = Beat(now_s, self._arrival_s(event.time_s), event.time_s, event.strength, "content")
        gesture = None if self._too_soon(beat.arrival_s) else self.chooser.for_content(event)
        if gesture is None:
            return []
        return self._series(gesture, beat, syllables_s, until_s, event.end_s)

    def _arrival_s(self, sound_s: float) -> float:
        off = np.clip(self.random.normal(), -MOST_SDS, MOST_SDS)
        return sound_s + ARRIVAL_MEAN_S + self.style.arrival_sd_s * float(off)

    def _too_soon(self, arrival_s: float) -> bool:
        return arrival_s - self.state.last_arrival_s < SHORTEST_GAP_S / self.habits.tempo

    def _series(
        self,
        gesture: PhraseGesture,
        beat: Beat,
        syllables_s: Sequence[float],
        until_s: float,
        held_until_s: float = 0.0,
    ) -> list[HandMove]:
        """A stroke, those that repeat it in the time there is, and the hold after the last."""
        moves = self._strokes(gesture, beat, 1.0)
        if not moves:
            return []
        random, (least, most) = self.series_random, gesture.repeat
        count = min(least - 1 + int(random.geometric(1.0 - MORE)), most)
        hold_s = random.uniform(*gesture.family.hold_s)
        ends_s = until_s - SHORTEST_GAP_S / self.habits.tempo
        for number in range(1, count):
            again_s = self._again_s(syllables_s, must=number < least)
            if again_s is None or (again_s > ends_s and number >= least):
                break
            again = replace(beat, arrival_s=again_s, accent_s=None)
            moves += self._strokes(gesture, again, REPEAT_SIZE**number)
        last = {move.hand: move for move in moves if move.phase == "stroke"}
        for stroke in last.values():
            free_s = until_s - stroke.end_s - PREPARES_S
            held_s = min(max(hold_s, held_until_s - stroke.end_s), free_s)
            moves += [self.strokes.held(stroke, held_s)] if held_s > SHORTEST_HOLD_S else []
        return moves

    def _again_s(self, syllables_s: Sequence[float], must: bool) -> float | None:
        """When the next stroke of a series is due: on a syllable, or if it must be without one, in a rhythm."""
        soonest, latest = (self.state.last_arrival_s + wait_s / self.habits.tempo for wait_s in REPEAT_S)
        fitting = [at for at in syllables_s if soonest <= at <= latest]
        in_rhythm = self.series_random.uniform(soonest, latest)
        return fitting[0] + ARRIVAL_MEAN_S if fitting else in_rhythm if must else None

    def _strokes(self, gesture: PhraseGesture, beat: Beat, size: float) -> list[HandMove]:
        """The moves of all the gesture's hands, none where none of them is in time."""
        prominence = size * (SIZE_FROM_STRENGTH[0] + SIZE_FROM_STRENGTH[1] * beat.strength)
        moves: list[HandMove] = []
        hands = gesture.next_hands
        for order, hand in enumerate(hands):
            lag_s = self.random.uniform(*SECOND_HAND_LAG_S) if order else 0.0
            scale = gesture.sizes[hand] * prominence * self.random.lognormal(0.0, SIZE_SD)
            from_m = self.state.pose[hand].position
            moves += self.strokes.stroke(hand, gesture, replace(beat, arrival_s=beat.arrival_s + lag_s), scale)
        if moves:
            self.state.last_arrival_s = beat.arrival_s
            gesture.made += 1
            moves += self._echo(moves, from_m) if len(hands) == 1 else []
        return moves

    def _echo(self, moves: Sequence[HandMove], from_m: tuple[float, float, float]) -> list[HandMove]:
        """A hand that has no part in a stroke goes along with it a little, unless it rests on something.

        Args:
            moves: of the other hand.
            from_m: where that was before them.
        """
        other = HANDS[1 - HANDS.index(moves[0].hand)]
        raised, free_s = self.state.raised[other], self.state.busy_until_s[other]
        lag_s, likeness = self.random.uniform(*SECOND_HAND_LAG_S), self.random.normal(1.0, 0.3)
        if self.habits.touching and not raised:
            return []
        share = (ECHO_SHARE if raised else ECHO_AT_REST) * self.style.symmetry * likeness
        echoes = []
        for move in moves:
            way, from_m = share * np.subtract(move.pose.position, from_m), move.pose.position
            if move.phase in ("preparation", "stroke") and move.start_s + lag_s >= free_s:
                target = self.state.pose[other] = moved(self.state.pose[other], way)
                echo = replace(
                    move, hand=other, family="rest", start_s=move.start_s + lag_s, pose=target, arc=(0.0, 0.0, 0.0)
                )
                echoes.append(replace(echo, phase="hold" if raised else "adjustment", unit=move.unit if raised else 0))
        return echoes
