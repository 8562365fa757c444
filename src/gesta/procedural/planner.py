"""First step of the procedural speaker: prosody in, plan out, as an agenda of things to decide in time order.

Nothing is decided before all that may bear on it has been heard, so a stream with look-ahead L decides what a file
read with the same L decides, whatever the size of its blocks. With full look-ahead everything is known from the start
and decisions fall where a person would make them: a stroke about a second before its accent.
"""

import bisect
import heapq
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from gesta.procedural.body import RECURRING, BodyPlanner
from gesta.procedural.content import ContentEvent
from gesta.procedural.hands import HANDS, LEAD_S, HandPlanner
from gesta.procedural.style import Style
from gesta.randomness import generator
from gesta.records import BodyMove, HandMove, Plan, Prosody

HOLD_AFTER_S = 0.15
"""A hold begins to ease this long after its stroke."""
HOLD_OVERLAP = 0.35
"""Share of an easing movement's duration in which the next one may already begin."""
CONTENT_CLEARS_S = 0.45
"""An accent this near to something said that will be gestured gets no stroke of its own."""
REST_AFTER_PHRASE_S = 0.55
"""Hands wait this long after a phrase before they go to rest."""

# At the same moment a phrase comes before its accents, and what is heard before what comes by itself.
KINDS = (
    "phrase_start",
    "content",
    "accent",
    "hold",
    "phrase_end",
    "rest",
    "fidget",
    *RECURRING,
)

FIRST_HOLD_S = 0.2
FIRST_FIDGET_S = 3.0


@dataclass(order=True)
class Item:
    """Something to be decided at a time; what is compared is all that order may depend on."""

    decide_s: float
    rank: int
    event_s: float
    strength: float
    hand: str = ""
    said: ContentEvent | None = field(default=None, compare=False)


@dataclass
class PlannerState:
    """The agenda and how far the sound has been heard."""

    agenda: list[Item] = field(default_factory=list)
    heard_s: float = 0.0
    free_s: dict[str, float] = field(default_factory=dict)
    hand_moves: list[HandMove] = field(default_factory=list)
    body_moves: list[BodyMove] = field(default_factory=list)


class Planner:
    """Turns prosody into a plan: `push` stretches of it, then `finish`.

    Args:
        style: who is speaking.
        seed: the same seed gives the same plan.
        look_ahead_s: how far ahead of playback the sound is heard; infinite for files.
        content: what was said that calls for gestures, in the whole recording; it counts as heard no sooner than sound.
    """

    def __init__(
        self, style: Style, seed: int, look_ahead_s: float = math.inf, content: Sequence[ContentEvent] = ()
    ) -> None:
        self.style, self.seed, self.look_ahead_s = style, seed, look_ahead_s
        self.hands = HandPlanner(style, seed, look_ahead_s)
        self.body = BodyPlanner(style, seed)
        self.state = PlannerState()
        for kind, first_s in {"fidget": FIRST_FIDGET_S, **self.body.recurring()}.items():
            self._note(kind, first_s)
        for hand in HANDS:
            self._hold_from(FIRST_HOLD_S, hand)
        self.content = self._wanted(content)
        for event in self.content:
            decide_s = max(event.start_s - look_ahead_s, event.time_s - LEAD_S)
            item = Item(decide_s, KINDS.index("content"), event.time_s, event.strength, said=event)
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
                self._note(kind, max(decided_s - self.look_ahead_s, time_s - lead_s), float(time_s), float(strength))

    def _note(self, kind: str, decide_s: float, event_s: float = 0.0, strength: float = 0.0, hand: str = "") -> None:
        heapq.heappush(self.state.agenda, Item(float(decide_s), KINDS.index(kind), event_s, strength, hand))

    def _decide(self, until_s: float) -> Plan:
        """Decide everything on the agenda up to a time; return the moves this gave."""
        state = self.state
        while state.agenda and state.agenda[0].decide_s <= until_s:
            item = heapq.heappop(state.agenda)
            kind = KINDS[item.rank]
            if kind in RECURRING:
                self._recur(kind, item.decide_s)
            else:
                getattr(self, f"_on_{kind}")(item)
        hand_moves, body_moves = tuple(state.hand_moves), tuple(state.body_moves)
        state.hand_moves, state.body_moves = [], []
        ready_s = max(until_s, 0.0)
        return Plan(hand_moves, body_moves, self.hands.start, ready_s, self.style.model_dump(), self.seed)

    def _on_phrase_start(self, item: Item) -> None:
        moves = self.hands.phrase_start(item.decide_s, item.event_s)
        self.state.hand_moves += moves
        for move in moves:
            self._hold_from(move.end_s + HOLD_AFTER_S, move.hand)
            self._note("rest", move.end_s + self.style.patience_s)
        self.state.body_moves += self.body.phrase_start(item.decide_s, item.event_s)

    def _on_accent(self, item: Item) -> None:
        self.state.body_moves += self.body.accent(item.decide_s, item.event_s, item.strength)
        if not self._leaves_to_content(item):
            self._stroke(self.hands.accent(item.decide_s, item.event_s, item.strength))

    def _leaves_to_content(self, accent: Item) -> bool:
        """Whether something said, known by now, will be gestured so near to an accent that it leaves no time."""
        first = bisect.bisect_left(self.content, accent.event_s - CONTENT_CLEARS_S, key=lambda event: event.time_s)
        for event in itertools.islice(self.content, first, None):
            if event.time_s > accent.event_s + CONTENT_CLEARS_S:
                break
            if event.start_s - self.look_ahead_s <= accent.decide_s:
                return True
        return False

    def _on_content(self, item: Item) -> None:
        assert item.said is not None
        self.state.body_moves += self.body.content(item.decide_s, item.said)
        self._stroke(self.hands.content(item.decide_s, item.said))

    def _stroke(self, moves: list[HandMove]) -> None:
        self.state.hand_moves += moves
        for stroke in (move for move in moves if move.phase == "stroke"):
            self._hold_from(stroke.end_s + HOLD_AFTER_S, stroke.hand)
            self._note("rest", stroke.end_s + self.style.patience_s)

    def _on_hold(self, item: Item) -> None:
        if item.decide_s != self.state.free_s[item.hand]:
            return
        moves = self.hands.hold(item.hand, item.decide_s)
        self.state.hand_moves += moves
        for move in moves:
            self._hold_from(move.end_s - HOLD_OVERLAP * move.duration_s, item.hand)

    def _hold_from(self, decide_s: float, hand: str) -> None:
        """The hand is free from this time on; what was noted for it before no longer counts."""
        self.state.free_s[hand] = decide_s
        self._note("hold", decide_s, hand=hand)

    def _on_phrase_end(self, item: Item) -> None:
        self.state.body_moves += self.body.phrase_end(item.decide_s, item.event_s)
        last_s = max(item.event_s, *self.hands.state.busy_until_s.values())
        self._note("rest", max(item.decide_s, last_s + REST_AFTER_PHRASE_S))

    def _on_rest(self, item: Item) -> None:
        # A stroke that is already planned keeps its hand; both hands wait while the other is still busy.
        busy_until_s = max(self.hands.state.busy_until_s[hand] for hand in HANDS)
        if item.decide_s >= busy_until_s + min(REST_AFTER_PHRASE_S, self.style.patience_s):
            self.state.hand_moves += self.hands.rest(item.decide_s)

    def _recur(self, kind: str, now_s: float) -> None:
        moves, next_s = self.body.recur(kind, now_s)
        self.state.body_moves += moves
        self._note(kind, next_s)

    def _on_fidget(self, item: Item) -> None:
        moves, next_s = self.hands.fidget(item.decide_s)
        self.state.hand_moves += moves
        self._note("fidget", next_s)
