"""Second step of the procedural speaker: plan and prosody in, one row of target values per frame out.

Every move adds a minimum-jerk step (or a pulse) to the channels it drives; moves that overlap add up, so hands flow
from one into the next. A stretch of a stream continues exactly where the last one stopped.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields

import numpy as np

from gesta.procedural.arms import palm_twist_deg, unit
from gesta.procedural.channels import BODY_SIZES
from gesta.procedural.fingers import FINGER_JOINTS
from gesta.procedural.hand_life import HandLife
from gesta.procedural.hands import HANDS
from gesta.procedural.mouth import MouthReader
from gesta.procedural.paths import BULGE_TAKES, Variety
from gesta.procedural.profiles import bump, step
from gesta.procedural.shapes import HAND_SHAPES, HandShape
from gesta.procedural.touching import arrives_touching, touches
from gesta.records import BodyMove, HandMove, HandPose, Plan, Prosody, Words
from gesta.units import MOTION_FPS

HAND_SIZES = {
    "position": 3,
    "palm": 3,
    "twist": 1,
    "wrist": 2,
    "fingers": len(fields(HandShape)),
    "swivel": 1,
    "forearm": 1,
    "collar": 2,
    "knuckles": FINGER_JOINTS,
    "loose": 1,
}
"""Swivel, forearm, collar and knuckles only drift: how far the elbow swings out, and the collar lifts and goes forward,
beyond what the hand's place asks for, how the forearm's turn wanders between its two ends, how far finger joints stray
from their curl, all in degrees. A hand that lies on something is not loose: 0, else 1."""


def _layout() -> dict[str, slice]:
    sizes = {f"{hand}_{name}": size for hand in HANDS for name, size in HAND_SIZES.items()} | BODY_SIZES
    slices, start = {}, 0
    for name, size in sizes.items():
        slices[name] = slice(start, start + size)
        start += size
    return slices


LAYOUT = _layout()
"""Where each named channel stands in a row of target values."""
CHANNEL_COUNT = max(block.stop for block in LAYOUT.values())
IDLE_LIVELINESS = 0.6
"""What is left of the small motion in somebody with no energy."""


@dataclass(frozen=True)
class Targets:
    """What the body is asked to do, frame by frame.

    Attributes:
        start_frame: index of the first frame.
        values: (T, C) target values; see LAYOUT for the channels and `Plan` for their units.
        mouth: (T, 52) ARKit weights of the mouth and jaw.
        stroke: (T,) strength of the stroke under way, 0 to 1.
    """

    start_frame: int
    values: np.ndarray
    mouth: np.ndarray
    stroke: np.ndarray

    def channel(self, name: str) -> np.ndarray:
        """The values of one named channel: (T, size)."""
        return self.values[:, LAYOUT[name]]

    @property
    def frame_count(self) -> int:
        """Number of frames T."""
        return len(self.values)

    def frames(self, start: int, stop: int) -> "Targets":
        """The frames [start, stop), counted from the first one here."""
        block = slice(start, stop)
        return Targets(self.start_frame + start, self.values[block], self.mouth[block], self.stroke[block])


@dataclass
class Step:
    """One change of some channels, under way or still to come."""

    channels: slice
    start_s: float
    duration_s: float
    change: np.ndarray
    pulse: bool = False

    def share(self, times_s: np.ndarray) -> np.ndarray:
        """How much of its duration has passed: (T,)."""
        return (times_s - self.start_s) / self.duration_s


@dataclass
class TargetState:
    """What the next stretch needs of those before it."""

    frame: int = 0
    last: np.ndarray = field(default_factory=lambda: np.zeros(CHANNEL_COUNT))
    goals: dict[str, np.ndarray] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    strokes: list[HandMove] = field(default_factory=list)


class TargetTracker:
    """Turns a plan into target values: `push` stretches of plan and prosody; the frames are the prosody's.

    Args:
        words: what is said in the whole recording, where it is known: the mouth speaks them.
        seed: whose mouth and hands they are; without one, everybody's.
    """

    def __init__(self, words: Words | None = None, seed: int | None = None) -> None:
        self.state = TargetState()
        self.mouth = MouthReader(words, seed)
        self.variety = Variety(seed or 0)
        self.lives = {hand: HandLife(hand, seed or 0) for hand in HANDS}

    def push(self, plan: Plan, prosody: Prosody) -> Targets:
        """Add a stretch of plan, give the targets of a stretch of frames.

        Args:
            plan: moves decided since the last call.
            prosody: the frames wanted; they follow those of the last call, and the plan must be ready for them.
        """
        state = self.state
        if not state.goals:
            self._begin(plan.start_hands)
        finger_motion = plan.style["finger_motion"]
        for move, values in zip(plan.hand_moves, hand_values([move.pose for move in plan.hand_moves]), strict=True):
            self._add_hand_move(move, values, finger_motion)
        for body_move in plan.body_moves:
            self._add_body_move(body_move)
        frames = prosody.frame_count
        times_s = np.arange(state.frame, state.frame + frames) / MOTION_FPS
        rows = self._values(times_s)
        liveliness = plan.style["alive"] * (IDLE_LIVELINESS + (1.0 - IDLE_LIVELINESS) * plan.style["energy"])
        for hand, life in self.lives.items():
            channels = {name: rows[:, LAYOUT[f"{hand}_{name}"]] for name in HAND_SIZES}
            life.push(channels, times_s, liveliness, finger_motion, plan.style["alive_tempo"])
        targets = Targets(state.frame, rows, self.mouth.push(prosody), self._stroke(times_s))
        state.frame += frames
        return targets

    def _begin(self, hands: tuple[HandPose, HandPose]) -> None:
        for hand, pose, values in zip(HANDS, hands, hand_values(hands), strict=True):
            for name, value in (values | {"loose": np.array([float(not touches(hand, pose))])}).items():
                self.state.goals[f"{hand}_{name}"] = value
                self.state.last[LAYOUT[f"{hand}_{name}"]] = value
        for name, size in BODY_SIZES.items():
            self.state.goals[name] = np.zeros(size)

    def _add_hand_move(self, move: HandMove, values: dict[str, np.ndarray], finger_motion: float) -> None:
        where = LAYOUT[f"{move.hand}_position"]
        start = self.state.goals[f"{move.hand}_position"]
        bulge = self.variety.bulge(move, start)
        loose = not arrives_touching(move)
        if loose:
            values = self.variety.varied(values, float(np.linalg.norm(values["position"] - start)), finger_motion)
            after_s, settling_s, beyond = self.variety.after(move, start)
            self.state.steps.append(Step(where, max(after_s, move.start_s), settling_s, beyond, pulse=True))
        bulge_s = move.duration_s * (BULGE_TAKES if loose else 1.0)
        self.state.steps.append(Step(where, move.start_s, bulge_s, bulge, pulse=True))
        late_s, duration_s = self.variety.turning(move)
        for name, value in (values | {"loose": np.array([float(loose)])}).items():
            when = (move.start_s, move.duration_s) if name == "position" else (move.start_s + late_s, duration_s)
            self._go(f"{move.hand}_{name}", *when, value)
        if move.phase == "stroke":
            self.state.strokes.append(move)

    def _add_body_move(self, move: BodyMove) -> None:
        amount = np.array(move.amount)
        if move.shape == "to":
            self._go(move.channel, move.start_s, move.duration_s, amount)
        else:
            self.state.steps.append(Step(LAYOUT[move.channel], move.start_s, move.duration_s, amount, pulse=True))

    def _go(self, channel: str, start_s: float, duration_s: float, value: np.ndarray) -> None:
        change = value - self.state.goals[channel]
        self.state.goals[channel] = value
        self.state.steps.append(Step(LAYOUT[channel], start_s, duration_s, change))

    def _values(self, times_s: np.ndarray) -> np.ndarray:
        """Target values at these frames: (T, C)."""
        state = self.state
        changes = np.zeros((len(times_s), CHANNEL_COUNT))
        pulses = np.zeros_like(changes)
        for move in state.steps:
            # A step counts from the first frame after its start to the first frame at or after its end.
            first = int(np.searchsorted(times_s, move.start_s, side="right"))
            last = int(np.searchsorted(times_s, move.start_s + move.duration_s, side="left")) + 1
            if first >= min(last, len(times_s)):
                continue
            near_s = times_s[first:last]
            if move.pulse:
                pulses[first:last, move.channels] += bump(move.share(near_s))[:, None] * move.change
            else:
                grown = step(move.share(near_s)) - step(move.share(near_s - 1.0 / MOTION_FPS))
                changes[first:last, move.channels] += grown[:, None] * move.change
        if len(times_s):
            changes[0] += state.last
            changes = np.cumsum(changes, axis=0)
            state.last = changes[-1]
            until_s = times_s[-1] - 2.0 / MOTION_FPS
            state.steps = [move for move in state.steps if move.start_s + move.duration_s > until_s]
        return changes + pulses

    def _stroke(self, times_s: np.ndarray) -> np.ndarray:
        """Strength of the strongest stroke at these frames: (T,)."""
        weight = np.zeros(len(times_s))
        for move in self.state.strokes:
            first, last = np.searchsorted(times_s, (move.start_s, move.end_s))
            inside = weight[first:last]
            np.maximum(inside, move.strength, out=inside)
        if len(times_s):
            self.state.strokes = [move for move in self.state.strokes if move.end_s > times_s[-1]]
        return weight


def hand_values(poses: Sequence[HandPose]) -> list[dict[str, np.ndarray]]:
    """The hand channels' values for some poses."""
    if not poses:
        return []
    positions, palms = np.array([pose.position for pose in poses]), np.array([pose.palm for pose in poses])
    twists = palm_twist_deg(positions, palms)
    return [
        {
            "position": position,
            "palm": palm,
            "twist": np.array([twist]),
            "wrist": np.array((pose.flexion_deg, pose.deviation_deg)),
            "fingers": np.array(HAND_SHAPES[pose.shape].values()),
        }
        for pose, position, palm, twist in zip(poses, positions, unit(palms), twists, strict=True)
    ]
