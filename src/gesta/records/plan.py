"""What a body is going to do, before it does it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self


@dataclass(frozen=True)
class HandPose:
    """Where a hand is and how it is held, in the chest's frame, mirrored for the right hand.

    Attributes:
        position: wrist from the shoulder: outward, up, forward, metres.
        palm: direction the palm faces: outward, up, forward; any length but zero.
        flexion_deg: wrist bent towards the palm.
        deviation_deg: wrist bent towards the little finger.
        shape: name of a hand shape.
    """

    position: tuple[float, float, float]
    palm: tuple[float, float, float]
    flexion_deg: float = 0.0
    deviation_deg: float = 0.0
    shape: str = "relaxed"


@dataclass(frozen=True)
class HandMove:
    """One smooth movement of one hand, from wherever it is to a pose.

    Attributes:
        hand: "left" or "right".
        phase: "preparation", "pre_hold" (waiting, hand raised, for the stroke), "stroke", "hold" (after a stroke),
            "retraction" or "adjustment" (of a hand at rest). Holds drift, so they are movements, too.
        family: the gesture family, or "rest".
        start_s, duration_s: when, in seconds.
        pose: where it ends.
        arc: how far the path bulges from the straight line half way: outward, up, forward, metres.
        strength: of the accent it was made for, 0 to 1.
        accent_s: time of that accent, or of the stressed syllable that called for it, if there is one.
        cause: "accent", "content" where the words called for it, "phrase" where a phrase began or ended, or "idle".
        unit: which gesture unit, from leaving rest to coming back, it belongs to: 1, 2, ...; 0 at rest.
    """

    hand: str
    phase: str
    family: str
    start_s: float
    duration_s: float
    pose: HandPose
    arc: tuple[float, float, float] = (0.0, 0.0, 0.0)
    strength: float = 0.0
    accent_s: float | None = None
    cause: str = "accent"
    unit: int = 0

    @property
    def end_s(self) -> float:
        """When the hand has arrived."""
        return self.start_s + self.duration_s


@dataclass(frozen=True)
class BodyMove:
    """One smooth movement of something that is not a hand.

    Attributes:
        channel: a name in `gesta.procedural.channels`: "neck", "head", "spine1", "pelvis", "gaze", "lids" ...
        shape: "to" a new value, or a "pulse" that goes there and comes back.
        start_s, duration_s: when, in seconds.
        amount: the new value, or the pulse's height: degrees (pitch, yaw, roll) for joints of the trunk, (yaw, pitch)
            for gaze, metres for pelvis and feet, 0 to 1 for most others.
        reason: what caused it, for people who read the plan.
    """

    channel: str
    shape: str
    start_s: float
    duration_s: float
    amount: tuple[float, ...]
    reason: str


@dataclass(frozen=True)
class Plan:
    """What a body is going to do, before it does it; also one stretch of a stream.

    Attributes:
        hand_moves, body_moves: in the order they were decided.
        start_hands: the pose of the left and of the right hand at time 0.
        ready_s: no later stretch holds a move that begins before this time.
        style: the style's numbers, by name.
        seed: the random seed.
    """

    hand_moves: tuple[HandMove, ...]
    body_moves: tuple[BodyMove, ...]
    start_hands: tuple[HandPose, HandPose]
    ready_s: float
    style: Mapping[str, float]
    seed: int

    @property
    def strokes(self) -> tuple[HandMove, ...]:
        """The moves that carry an accent."""
        return tuple(move for move in self.hand_moves if move.phase == "stroke")

    @classmethod
    def concatenate(cls, parts: Sequence[Self]) -> Self:
        """Consecutive stretches of one plan as one record."""
        hand_moves = tuple(move for part in parts for move in part.hand_moves)
        body_moves = tuple(move for part in parts for move in part.body_moves)
        return replace(parts[0], hand_moves=hand_moves, body_moves=body_moves, ready_s=parts[-1].ready_s)

    def split(self, time_s: float) -> tuple[Self, Self]:
        """Two consecutive stretches: all moves in the second one begin at or after a time, in seconds."""
        hands, bodies = (_last_before(moves, time_s) for moves in (self.hand_moves, self.body_moves))
        first = replace(self, hand_moves=self.hand_moves[:hands], body_moves=self.body_moves[:bodies])
        second = replace(self, hand_moves=self.hand_moves[hands:], body_moves=self.body_moves[bodies:])
        return replace(first, ready_s=min(self.ready_s, time_s)), second

    def without_moves(self) -> Self:
        """The same plan with nothing in it: what a further stretch without news looks like."""
        return replace(self, hand_moves=(), body_moves=())


def _last_before(moves: Sequence[HandMove | BodyMove], time_s: float) -> int:
    """How many of the moves there are up to the last one that begins before a time."""
    return max((number for number, move in enumerate(moves, start=1) if move.start_s < time_s), default=0)
