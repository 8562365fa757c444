"""First step of the procedural speaker: prosody in, plan out, as an agenda of things to decide in time order.

Nothing is decided before all that may bear on it has been heard, so a stream with look-ahead L decides what a file
read with the same L decides, whatever the size of its blocks. With full look-ahead everything is known from the start
and decisions fall where a person would make them: a stroke about a second before its accent, chosen among the accents
of its phrase. With little look-ahead plans are provisional: hands rise as a phrase begins, and what no accent comes
for turns into a hold.
"""

import bisect
import heapq
import itertools
import math
from collections.abc import Sequence

from gesta.procedural.agenda import KINDS, Item, PlannerState
from gesta.procedural.body import BodyPlanner
from gesta.procedural.content import ContentEvent
from gesta.procedural.habits import HANDS
from gesta.procedural.hands import LEAD_S, HandPlanner
from gesta.procedural.phrases import SHORTEST_GAP_S, Phrases
from gesta.procedural.style import Style
from gesta.procedural.units import HOLD_OVERLAP
from gesta.randomness import generator
from gesta.records import HandMove, Plan, Prosody

HOLD_AFTER_S = 0.15
"""A hold begins to ease this long after its stroke."""
CONTENT_CLEARS_S = 0.45
"""An accent this near to something said that will be gestured gets no stroke of its own."""
REST_AFTER_PHRASE_S = 0.55
"""Hands wait this long after a phrase before they go to rest."""
SETTLE_S = (0.25, 0.8)
"""So long after its stroke a hand goes to rest where it is known that none follows within the speaker's patience."""
HEARD_AFTER_S = 0.4
"""So long after it sounded an accent is known at the latest."""
IDLE_AFTER_S, IDLE_GAP_S = (0.1, 0.5), (0.05, 0.7)
"""When hands that do not rest in a pause first move, and the time between such movements."""
SERIES_S = 3.0
"""A stroke that is repeated is not repeated for longer than this."""
LONGEST_IDLE_S = 8.0
"""After so long a pause even hands that never rest do."""

FIRST_HOLD_S, FIRST_FIDGET_S = 0.2, 3.0


class Planner:
    """Turns prosody into a plan: `push` stretches of it, then `finish`.

    Args:
        style: who is speaking.
        seed: the same seed gives the same plan.
        look_ahead_s: how far ahead of playback the sound is heard; infinite for files.
        content: what was said that calls for gestures, in the whole recording; it counts as heard no sooner than sound.
        listening: whether who has been silent for long listens to somebody.
    """

    def __init__(
        self,
        style: Style,
        seed: int,
        look_ahead_s: float = math.inf,
        content: Sequence[ContentEvent] = (),
        listening: bool = False,
    ) -> None:
        self.style, self.seed, self.look_ahead_s = style, seed, look_ahead_s
        self.hands = HandPlanner(style, seed, look_ahead_s)
        self.phrases = Phrases(self.hands.habits.share, self.hands.habits.tempo, seed)
        self.body = BodyPlanner(style, seed, listening)
        self.random = generator(seed, "procedural", "pauses")
        self.said_random = generator(seed, "procedural", "said")
        self.state = PlannerState()
        self._note("fidget", FIRST_FIDGET_S)
        for kind, first_s in self.body.recurring().items():
            self._note("recur", first_s, about=kind)
        for hand in HANDS:
            self._hold_from(FIRST_HOLD_S, hand)
        self.content = self._wanted(content)
        for kind, events in (("said", content), ("content", self.content)):
            for event in events:
                decide_s = max(event.start_s - look_ahead_s, event.time_s - LEAD_S)
                item = Item(decide_s, KINDS.index(kind), event.time_s, event.strength, said=event)
                heapq.heappush(self.state.agenda, item)

    def _wanted(self, content: Sequence[ContentEvent]) -> list[ContentEvent]:
        """What of the things said will be gestured if there is time."""
        chances = generator(self.seed, "procedural", "content").random(len(content))
        share = self.style.content * min(self.style.energy, 1.0) ** 0.5
        wanted = (event for event, chance in zip(content, chances, strict=True) if chance < share * event.strength)
        return sorted(wanted, key=lambda event: event.time_s)

    def push(self, prosody: Prosody) -> Plan:
        """Hear a stretch of prosody; returns what could be decided so far."""
        self._listen(prosody)
        return self._decide(prosody.heard_s - self.look_ahead_s)

    def finish(self) -> Plan:
        """The recording is over: decide what is left."""
        return self._decide(self.state.heard_s)

    def _listen(self, prosody: Prosody) -> None:
        self.state.heard_s = max(self.state.heard_s, prosody.heard_s)
        for kind, events, lead_s in (
            ("phrase_start", prosody.phrase_starts, LEAD_S),
            ("accent", prosody.accents, LEAD_S),
            ("phrase_end", prosody.phrase_ends, 0.0),
        ):
            for time_s, strength, decided_s in zip(events.times_s, events.strengths, events.decided_s, strict=True):
                known_s = float(decided_s) - self.look_ahead_s
                self._note(kind, max(known_s, time_s - lead_s), float(time_s), float(strength))
                if kind == "accent":
                    self.phrases.hear(float(time_s), float(strength), known_s)
        for time_s, decided_s in zip(prosody.nuclei.times_s, prosody.nuclei.decided_s, strict=True):
            self.hands.rhythm.hear(float(time_s), float(decided_s) - self.look_ahead_s)

    def _note(self, kind: str, decide_s: float, event_s: float = 0.0, strength: float = 0.0, about: str = "") -> None:
        heapq.heappush(self.state.agenda, Item(float(decide_s), KINDS.index(kind), event_s, strength, about))

    def _decide(self, until_s: float) -> Plan:
        """Decide everything on the agenda up to a time; return the moves this gave."""
        state = self.state
        while state.agenda and state.agenda[0].decide_s <= until_s:
            item = heapq.heappop(state.agenda)
            self.hands.rhythm.now_s = item.decide_s
            getattr(self, f"_on_{KINDS[item.rank]}")(item)
        self.phrases.forget(until_s)
        self.hands.rhythm.forget(until_s)
        hand_moves, body_moves = tuple(state.hand_moves), tuple(state.body_moves)
        state.hand_moves, state.body_moves = [], []
        ready_s = max(until_s, 0.0)
        return Plan(hand_moves, body_moves, self.hands.start, ready_s, self.style.model_dump(), self.seed)

    def _on_phrase_start(self, item: Item) -> None:
        self.state.pausing_since_s = math.inf
        self._raised(item.decide_s, self.hands.phrase_start(item.decide_s, item.event_s))
        self.state.body_moves += self.body.phrase_start(item.decide_s, item.event_s)

    def _on_accent(self, item: Item) -> None:
        self.state.body_moves += self.body.accent(item.decide_s, item.event_s, item.strength)
        if not self._leaves_to_content(item) and self.phrases.chosen(item.event_s, item.decide_s):
            room = self._room(item.event_s, item.decide_s)
            self._raised(item.decide_s, self.hands.accent(item.decide_s, item.event_s, item.strength, *room))

    def _room(self, time_s: float, now_s: float) -> tuple[list[float], float]:
        """The syllables right after a stroke, and when the next stroke is due, as far as is known now."""
        from_s, until_s = time_s + 0.5 * SHORTEST_GAP_S, time_s + SERIES_S
        next_s = min(self.phrases.next_s(from_s, until_s, now_s), self._next_content_s(from_s, now_s))
        return self.hands.rhythm.between(from_s, min(next_s, until_s)), next_s

    def _leaves_to_content(self, accent: Item) -> bool:
        """Whether something said, known by now, will be gestured so near to an accent that it leaves no time."""
        return self._next_content_s(accent.event_s - CONTENT_CLEARS_S, accent.decide_s) <= (
            accent.event_s + CONTENT_CLEARS_S
        )

    def _next_content_s(self, from_s: float, now_s: float) -> float:
        """When the next thing to be gestured is said, as far as is known now; infinite if none is."""
        first = bisect.bisect_left(self.content, from_s, key=lambda event: event.time_s)
        for event in itertools.islice(self.content, first, None):
            if event.start_s - self.look_ahead_s <= now_s:
                return event.time_s
        return math.inf

    def _on_said(self, item: Item) -> None:
        """The head answers to what is said, whether or not the hands do."""
        assert item.said is not None
        if self.said_random.random() < self.style.content:
            self.state.body_moves += self.body.content(item.decide_s, item.said)

    def _on_content(self, item: Item) -> None:
        assert item.said is not None
        room = self._room(item.event_s, item.decide_s)
        self._raised(item.decide_s, self.hands.content(item.decide_s, item.said, *room))

    def _raised(self, now_s: float, moves: list[HandMove]) -> None:
        """Take movements that raised hands: the body goes along, and they will hold, and at last go to rest."""
        self.state.hand_moves += moves
        if not moves:
            return
        strokes = sorted((move for move in moves if move.phase == "stroke"), key=lambda move: move.start_s)
        end_s = max(move.end_s for move in moves)
        for stroke in strokes:
            self.state.body_moves += self.body.stroke(now_s, stroke)
        if strokes:
            self.state.body_moves += self.body.gesture(now_s, strokes[0], end_s)
        for hand in {move.hand: None for move in moves}:
            last = max(move.end_s for move in moves if move.hand == hand)
            self._hold_from(last + HOLD_AFTER_S, hand)
        busy_until_s = self.hands.busy_until_s
        patience_s = self.style.patience_s
        self._note("settle", end_s + min(self.random.uniform(*SETTLE_S), patience_s), busy_until_s)
        self._note("rest", end_s + patience_s, busy_until_s)

    def _on_hold(self, item: Item) -> None:
        if item.decide_s != self.state.free_s[item.about]:
            return
        moves = self.hands.waiting.hold(item.about, item.decide_s)
        self.state.hand_moves += moves
        for move in moves:
            self._hold_from(move.end_s - HOLD_OVERLAP * move.duration_s, item.about)

    def _hold_from(self, decide_s: float, hand: str) -> None:
        """The hand is free from this time on; what was noted for it before no longer counts."""
        self.state.free_s[hand] = decide_s
        self._note("hold", decide_s, about=hand)

    def _on_phrase_end(self, item: Item) -> None:
        self.state.body_moves += self.body.phrase_end(item.decide_s, item.event_s)
        self.state.pausing_since_s = item.event_s
        goes_on, after_s = self.random.random() < self.style.pause_activity, self.random.uniform(*IDLE_AFTER_S)
        busy_until_s = self.hands.busy_until_s
        last_s = max(item.event_s, busy_until_s, item.decide_s)
        if goes_on:
            self._note("idle", last_s + after_s)
        else:
            self._note("rest", last_s + REST_AFTER_PHRASE_S, busy_until_s)

    def _on_idle(self, item: Item) -> None:
        """Hands that do not rest in a pause go on, until speech does or they tire."""
        busy_until_s = self.hands.busy_until_s
        if self.state.pausing_since_s == math.inf or busy_until_s > item.decide_s:
            return
        if item.decide_s - self.state.pausing_since_s > LONGEST_IDLE_S * self.style.pause_activity:
            self._note("rest", item.decide_s, busy_until_s)
            return
        moves = self.hands.waiting.idle(item.decide_s)
        self.state.hand_moves += moves
        end_s = max((move.end_s for move in moves), default=item.decide_s)
        for move in moves:
            self._hold_from(move.end_s - HOLD_OVERLAP * move.duration_s, move.hand)
        slower = 1.0 / max(self.style.pause_activity, 0.1)
        self._note("idle", end_s + slower * self.random.uniform(*IDLE_GAP_S))

    def _on_settle(self, item: Item) -> None:
        """Hands go to rest early where it is known that nothing follows within the speaker's patience."""
        now_s, patience_s = item.decide_s, self.style.patience_s
        if self.look_ahead_s - HEARD_AFTER_S < patience_s or self.state.pausing_since_s < math.inf:
            return
        next_s = min(self.phrases.next_s(now_s, now_s + patience_s, now_s), self._next_content_s(now_s, now_s))
        if next_s > now_s + patience_s:
            self._on_rest(item)

    def _on_rest(self, item: Item) -> None:
        # Where a movement was planned since, it has noted a rest of its own; both hands rest together.
        if self.hands.busy_until_s == item.event_s:
            self.state.hand_moves += self.hands.waiting.rest(item.decide_s)

    def _on_recur(self, item: Item) -> None:
        """Something that comes by itself, of the body."""
        moves, next_s = self.body.recur(item.about, item.decide_s)
        self.state.body_moves += moves
        self._note("recur", next_s, about=item.about)

    def _on_fidget(self, item: Item) -> None:
        moves, next_s = self.hands.waiting.fidget(item.decide_s)
        self.state.hand_moves += moves
        self._note("fidget", next_s)
