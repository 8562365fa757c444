"""Plans everything but the hands: head, back, weight, gaze, blinks, brows, breath, what a shrug takes with it.

Sizes and rates are the measured speakers' (docs/metrics.md); each part has a file and random numbers of its own.
`Planner` calls it as things are heard, and for what comes by itself: see `recurring` and `recur`.
"""

from collections.abc import Mapping

from gesta.procedural.blinks import LidPlanner
from gesta.procedural.breath import BreathPlanner
from gesta.procedural.content import ContentEvent
from gesta.procedural.families import families
from gesta.procedural.gaze import GazePlanner
from gesta.procedural.head import HeadPlanner
from gesta.procedural.listening import ListeningPlanner
from gesta.procedural.speaking import Speaking
from gesta.procedural.style import Style
from gesta.procedural.torso import TorsoPlanner
from gesta.procedural.weight import WeightPlanner
from gesta.randomness import generator
from gesta.records import BodyMove, HandMove

RECURRING: Mapping[str, float] = {
    "breathe": 0.0, "turn_head": 0.05, "lean": 0.1, "look": 0.3, "shift_weight": 0.4, "blink": 1.3, "step": 6.0,
}  # fmt: skip
"""What comes by itself, and when first."""
LISTENING: Mapping[str, float] = {"listen": 2.0}
"""What comes besides to who listens in silence."""
BROWS_FROM_STRENGTH, BROWS_SHARE = 0.5, 0.65
BROWS_UP_S, BROWS_HELD_S, BROWS_DOWN_S = (0.16, 0.26), (0.05, 0.35), (0.35, 0.6)
BROWS_UNEVEN = 0.18
"""How much more one brow rises than the other, at most; it is the speaker's own."""
LARGE_LOOK_DEG = 8.0
SHRUG_SPREAD = (0.6, 1.15)
"""How far a shrug lifts the shoulders this time, as a share of its family's."""


class BodyPlanner:
    """Decides moves of everything but the hands."""

    def __init__(self, style: Style, seed: int, listening: bool = False) -> None:
        self.style, self.speaking = style, Speaking()
        self.head, self.torso = HeadPlanner(style, seed, self.speaking), TorsoPlanner(style, seed, self.speaking)
        self.listening = ListeningPlanner(seed, self.speaking, self.head, listening)
        self.gaze, self.lids = GazePlanner(style, seed, self.speaking, self.listening), LidPlanner(style, seed)
        self.breath, self.weight = BreathPlanner(seed, self.speaking), WeightPlanner(style, seed, self.speaking)
        self.face = generator(seed, "procedural", "face")
        self.uneven = self.face.uniform(-BROWS_UNEVEN, BROWS_UNEVEN)
        self.brows_from_s = 0.0

    def recurring(self) -> Mapping[str, float]:
        """What comes by itself: kinds for `recur`, and when each comes first, in seconds."""
        return {**RECURRING, **(LISTENING if self.listening.enabled else {})}

    def recur(self, kind: str, now_s: float) -> tuple[list[BodyMove], float]:
        """Something that comes by itself is due; returns its moves and when it is due again."""
        if kind == "look":
            return self._look(now_s)
        ways = {
            "breathe": self.breath.breathe, "turn_head": self.head.turn, "lean": self.torso.lean,
            "shift_weight": self.weight.shift, "blink": self.lids.blink, "step": self.weight.step,
            "listen": self.listening.nod,
        }  # fmt: skip
        return ways[kind](now_s)

    def phrase_start(self, now_s: float, phrase_s: float) -> list[BodyMove]:
        """A new phrase is known: a breath before it, livelier from there on; the face takes a new smile."""
        self.speaking.begin(phrase_s)
        self.gaze.begin_aside()
        start_s = max(now_s, phrase_s - 0.3, 0.0)
        smile = min(1.0, self.style.smile * self.face.uniform(0.4, 1.6))
        return [
            *self.breath.before_phrase(now_s, phrase_s),
            BodyMove("speech", "to", start_s, 0.7, (1.0,), "a phrase begins"),
            BodyMove("smile", "to", start_s, 1.0, (smile,), "a phrase begins"),
        ]

    def accent(self, now_s: float, accent_s: float, strength: float) -> list[BodyMove]:
        """An accent: perhaps a beat of the head, a slight lean, raised brows."""
        return [
            *self.head.accent(now_s, accent_s, strength),
            *self.torso.accent(now_s, accent_s, strength),
            *self._brows(now_s, accent_s, strength),
        ]

    def phrase_end(self, now_s: float, phrase_s: float) -> list[BodyMove]:
        """The end of a phrase: a likely moment for a blink; things calm down."""
        self.speaking.end(phrase_s)
        calm = [] if self.speaking.at(now_s + 0.8) else [BodyMove("speech", "to", now_s, 1.2, (0.0,), "a phrase ends")]
        return [*calm, *self.lids.phrase_end(now_s, phrase_s)]

    def content(self, now_s: float, event: ContentEvent) -> list[BodyMove]:
        """Something was said that the head answers to: a shake, a tilt, a nod."""
        if not event.head or self.face.random() > event.strength:
            return []
        start_s = event.time_s - 0.25
        return self.head.gesture(event.head, max(start_s, now_s), event.strength) if start_s > now_s - 0.3 else []

    def stroke(self, now_s: float, move: HandMove) -> list[BodyMove]:
        """A stroke was planned: head and back go along, now and then the eyes."""
        self.gaze.stroke(move)
        return [*self.head.stroke(now_s, move), *self.torso.stroke(now_s, move)]

    def gesture(self, now_s: float, stroke: HandMove, until_s: float) -> list[BodyMove]:
        """A gesture was planned, by its first stroke, held until some time: what its family takes with it.

        A shrug takes shoulders and brows. The head shakes or tilts along where the words do not say what it does.
        """
        family = families().get(stroke.family)
        if family is None or stroke.start_s < now_s:
            return []
        moves = self._shrug(stroke, until_s, family.shrug_deg) if family.shrug_deg > 0.0 else []
        if family.head and stroke.cause != "content":
            moves += self.head.gesture(family.head, stroke.start_s, 0.8)
        return moves

    def _shrug(self, stroke: HandMove, until_s: float, shrug_deg: float) -> list[BodyMove]:
        degrees = shrug_deg * self.face.uniform(*SHRUG_SPREAD)
        return [
            BodyMove("shrug", "to", stroke.start_s, stroke.duration_s, (degrees,), "shrug"),
            BodyMove("shrug", "to", max(until_s, stroke.end_s), 0.5, (0.0,), "shoulders sink again"),
            *self._raise_brows(stroke.start_s, 0.7, "shrug"),
        ]

    def _look(self, now_s: float) -> tuple[list[BodyMove], float]:
        before = self.gaze.at
        moves, next_s = self.gaze.fixate(now_s)
        yaw, pitch = self.gaze.at
        if abs(yaw - before[0]) > LARGE_LOOK_DEG:
            moves += self.lids.look(now_s)
        return [*moves, *self.head.follow(now_s, yaw, pitch)], next_s

    def _brows(self, now_s: float, accent_s: float, strength: float) -> list[BodyMove]:
        chance, early_s = self.face.random(), self.face.uniform(0.1, 0.3)
        start_s = accent_s - early_s
        if chance > BROWS_SHARE or strength < BROWS_FROM_STRENGTH or start_s < max(now_s, 0.0):
            return []
        return self._raise_brows(start_s, 0.2 + 0.6 * strength, "accent")

    def _raise_brows(self, start_s: float, height: float, reason: str) -> list[BodyMove]:
        random = self.face
        up_s, held_s, down_s = random.uniform(*BROWS_UP_S), random.uniform(*BROWS_HELD_S), random.uniform(*BROWS_DOWN_S)
        size = height * random.uniform(0.6, 1.1) * self.style.brows
        if start_s < self.brows_from_s:
            return []
        falls_s = start_s + up_s + held_s
        self.brows_from_s = falls_s + down_s
        both = (size * (1.0 + self.uneven), size * (1.0 - self.uneven))
        return [
            BodyMove("brows", "to", start_s, up_s, both, reason),
            BodyMove("brows", "to", falls_s, down_s, (0.0, 0.0), "brows fall again"),
        ]
