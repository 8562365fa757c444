"""The records that cross every boundary: frozen, validated when made, with named axes and units.

T motion frames at 30 a second, F video frames at 25, J joints, C face channels, S audio samples, M mel bands, N events.
Arrays inside a record are read-only. Times are seconds from the take's beginning.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np

from gesta.units import MOTION_FPS, SAMPLE_RATE, VIDEO_FPS, frame_count, video_frame_count

JOINT_COUNT = 55
FACE_CHANNELS: Mapping[str, int] = {"arkit52": 52, "flame100": 100}
"""Face bases by name, with their number of channels C."""
KEYPOINT_COUNT = 134
PARTS = ("upper", "hands", "lower", "translation", "face")
"""What a motion can have or lack; see `Motion.parts`."""


def _frozen(array: Any, name: str, shape: tuple[int | None, ...], dtype: type = np.float32) -> np.ndarray:
    """Return a read-only view of `array` after checking its shape (None fits any size) and that it is finite."""
    view: np.ndarray = np.asarray(array, dtype=dtype).view()
    if view.ndim != len(shape) or any(want not in (None, have) for want, have in zip(shape, view.shape, strict=True)):
        raise ValueError(f"{name} has shape {view.shape}, but {shape} is needed")
    # One sum finds any NaN or infinity without a second array as large as this one.
    if view.dtype.kind == "f" and not math.isfinite(float(view.sum(dtype=np.float64))):
        raise ValueError(f"{name} holds values that are not finite")
    view.setflags(write=False)
    return view


class SampleSource(Protocol):
    """Where a recording's sound comes from; reading it again gives the same samples."""

    def blocks(self) -> Iterator[np.ndarray]:
        """The recording as consecutive (S,) float32 blocks, 16 kHz mono in [-1, 1]."""
        ...


@dataclass(frozen=True)
class Speech:
    """A recording that has been read through once and found usable; its samples are never whole in memory.

    Attributes:
        name: the file's stem, or a name the caller chose.
        sample_count: S, at 16 kHz.
        sha256: of the 16 kHz float32 samples.
        source: gives the samples, block by block, as often as wanted.
        path: the file, where there is one.
    """

    name: str
    sample_count: int
    sha256: str
    source: SampleSource
    path: Path | None = None

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.sample_count / SAMPLE_RATE

    @property
    def frame_count(self) -> int:
        """Number of motion frames T."""
        return frame_count(self.sample_count)

    @property
    def video_frame_count(self) -> int:
        """Number of video frames F."""
        return video_frame_count(self.sample_count)


@dataclass(frozen=True)
class Events:
    """Points in time that something marks, in order.

    Attributes:
        times_s: (N,) seconds, increasing.
        strengths: (N,) 0 to 1.
        decided_s: (N,) seconds: how far the sound had been heard when the event was certain. A live stream with
            look-ahead L learns of it at playback time decided_s - L.
    """

    times_s: np.ndarray
    strengths: np.ndarray
    decided_s: np.ndarray

    def __post_init__(self) -> None:
        count = len(self.times_s)
        for item in fields(self):
            object.__setattr__(self, item.name, _frozen(getattr(self, item.name), item.name, (count,), np.float64))
        if np.any(np.diff(self.times_s) < 0.0):
            raise ValueError("event times must not decrease")

    def __len__(self) -> int:
        return len(self.times_s)

    @classmethod
    def none(cls) -> Self:
        """No event at all."""
        return cls(np.zeros(0), np.zeros(0), np.zeros(0))

    @classmethod
    def concatenate(cls, parts: Sequence[Self]) -> Self:
        """The events of consecutive stretches as one record."""
        return cls(*(np.concatenate([getattr(part, item.name) for part in parts]) for item in fields(cls)))


@dataclass(frozen=True)
class Prosody:
    """What is heard, per motion frame, and the events in it; also one stretch of a stream.

    Attributes:
        start_frame: index of the first frame here (0 for a whole recording).
        level_db: (T,) sound level, dB relative to full scale.
        loudness: (T,) the level between the speaker's own quiet (0) and loud (1), by the past 30 s.
        f0_hz: (T,) fundamental frequency, 0 where there is none.
        voicing: (T,) confidence that the frame is voiced, 0 to 1.
        pitch: (T,) semitones above the speaker's median of the past 30 s, 0 where unvoiced.
        activity: (T,) 1 where somebody speaks, 0 in silence and noise, between at the edges.
        bands: (T, M) level in mel bands, dB.
        nuclei: syllable nuclei.
        onsets: steep rises of loudness.
        accents: prominent syllables with their strength.
        phrase_starts: first sound after a pause.
        phrase_ends: last sound before a pause.
        look_ahead_s: how far ahead of a frame the sound was heard; infinite for a whole file.
        heard_s: the sound has been heard up to this time.
    """

    start_frame: int
    level_db: np.ndarray
    loudness: np.ndarray
    f0_hz: np.ndarray
    voicing: np.ndarray
    pitch: np.ndarray
    activity: np.ndarray
    bands: np.ndarray
    nuclei: Events
    onsets: Events
    accents: Events
    phrase_starts: Events
    phrase_ends: Events
    look_ahead_s: float
    heard_s: float

    def __post_init__(self) -> None:
        frames = len(self.level_db)
        for name in ("level_db", "loudness", "f0_hz", "voicing", "pitch", "activity"):
            object.__setattr__(self, name, _frozen(getattr(self, name), name, (frames,)))
        object.__setattr__(self, "bands", _frozen(self.bands, "bands", (frames, None)))

    @property
    def frame_count(self) -> int:
        """Number of frames T here."""
        return len(self.level_db)

    def frames(self, start: int, stop: int) -> Self:
        """The frames [start, stop) counted from this stretch's first, without events."""
        changes: dict[str, Any] = {"start_frame": self.start_frame + start}
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, np.ndarray):
                changes[item.name] = value[start:stop]
            elif isinstance(value, Events):
                changes[item.name] = Events.none()
        return replace(self, **changes)

    @classmethod
    def concatenate(cls, parts: Sequence[Self]) -> Self:
        """Consecutive stretches of one recording as one record."""
        joined: dict[str, Any] = {"start_frame": parts[0].start_frame}
        for item in fields(cls):
            values = [getattr(part, item.name) for part in parts]
            if isinstance(values[0], np.ndarray):
                joined[item.name] = np.concatenate(values)
            elif isinstance(values[0], Events):
                joined[item.name] = Events.concatenate(values)
        return cls(**joined, look_ahead_s=parts[0].look_ahead_s, heard_s=parts[-1].heard_s)


@dataclass(frozen=True)
class SpeechFeatures:
    """What a network hears, per motion frame: also one stretch of a stream.

    Attributes:
        low: (T, C) float32, the lower level: how it is said (rhythm).
        high: (T, D) float32, the higher level: what is said.
        encoder: which encoder made them, with its settings; features of other encoders do not fit the same network.
        start_frame: index of the first frame here (0 for a whole recording).
    """

    low: np.ndarray
    high: np.ndarray
    encoder: str
    start_frame: int = 0

    def __post_init__(self) -> None:
        for name in ("low", "high"):
            object.__setattr__(self, name, _frozen(getattr(self, name), name, (len(self.low), None)))

    @property
    def frame_count(self) -> int:
        """Number of frames T here."""
        return len(self.low)

    @classmethod
    def concatenate(cls, parts: Sequence[Self]) -> Self:
        """Consecutive stretches of one recording as one record."""
        low, high = (np.concatenate([getattr(part, name) for part in parts]) for name in ("low", "high"))
        return cls(low, high, parts[0].encoder, parts[0].start_frame)


@dataclass(frozen=True)
class Motion:
    """A moving body at 30 frames a second on the 55-joint skeleton.

    Attributes:
        rotations: (T, 55, 3, 3) local rotations. Jaw and eyes stay at rest where the face basis is `arkit52`.
        translation: (T, 3) position of the pelvis joint, metres, floor at y = 0.
        face: (T, C) weights in the basis `face_basis`.
        face_basis: a name in FACE_CHANNELS.
        contacts: (T, 4) 0 to 1: heel and toe of the left foot, then of the right one, on the floor.
        attention: (T,) how much the speech asks of this frame, 0 to 1.
        parts: the names in PARTS that are real here; the others are at rest and mean nothing.
        floor_known: whether y = 0 is the floor; if not, foot measures are absent.
        provenance: model, version, seed, audio hash, licence and whatever else tells where this came from.
    """

    rotations: np.ndarray
    translation: np.ndarray
    face: np.ndarray
    face_basis: str = "arkit52"
    contacts: np.ndarray | None = None
    attention: np.ndarray | None = None
    parts: frozenset[str] = frozenset(PARTS)
    floor_known: bool = True
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        frames = len(self.rotations)
        if frames < 1:
            raise ValueError("a motion has at least one frame")
        if self.face_basis not in FACE_CHANNELS:
            raise ValueError(f"face_basis is '{self.face_basis}', but must be one of {', '.join(FACE_CHANNELS)}")
        if unknown := self.parts - set(PARTS):
            raise ValueError(f"parts holds {', '.join(sorted(unknown))}, which is not among {', '.join(PARTS)}")
        checked = {
            "rotations": (frames, JOINT_COUNT, 3, 3),
            "translation": (frames, 3),
            "face": (frames, FACE_CHANNELS[self.face_basis]),
            "contacts": (frames, 4),
            "attention": (frames,),
        }
        for name, shape in checked.items():
            if getattr(self, name) is not None:
                object.__setattr__(self, name, _frozen(getattr(self, name), name, shape))

    @property
    def frame_count(self) -> int:
        """Number of frames T."""
        return len(self.rotations)

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.frame_count / MOTION_FPS

    def frames(self, start: int, stop: int) -> "Motion":
        """The frames [start, stop) as a motion of its own."""
        names = ("rotations", "translation", "face", "contacts", "attention")
        return replace(self, **{name: v[start:stop] for name in names if (v := getattr(self, name)) is not None})

    def replaced(self, **changes: Any) -> "Motion":
        """A copy with some fields changed, validated again."""
        return replace(self, **changes)


@dataclass(frozen=True)
class Keypoints:
    """The points of one person in a film or a picture; what each of the 134 is, says gesta.keypoints.layout.

    Attributes:
        points: (F, 134, 2) x to the right and y down in pixels, (0, 0) the upper left corner of the picture. Points
            may lie outside. Where the score is 0 the position means nothing.
        scores: (F, 134) 0 to 1: how sure it is that the point is there and seen.
        size: (width, height) of the picture in pixels.
        fps: frames a second.
    """

    points: np.ndarray
    scores: np.ndarray
    size: tuple[int, int]
    fps: float = VIDEO_FPS

    def __post_init__(self) -> None:
        frames = len(self.points)
        if frames < 1:
            raise ValueError("keypoints have at least one frame")
        if min(self.size) < 1:
            raise ValueError(f"a picture cannot have {self.size[0]} x {self.size[1]} pixels")
        if not (math.isfinite(self.fps) and self.fps > 0.0):
            raise ValueError(f"fps is {self.fps}, but must be above 0")
        object.__setattr__(self, "points", _frozen(self.points, "points", (frames, KEYPOINT_COUNT, 2)))
        object.__setattr__(self, "scores", _frozen(self.scores, "scores", (frames, KEYPOINT_COUNT)))
        if self.scores.min() < 0.0 or self.scores.max() > 1.0:
            raise ValueError("scores must be 0 to 1")

    @property
    def frame_count(self) -> int:
        """Number of frames F."""
        return len(self.points)

    def frames(self, start: int, stop: int) -> "Keypoints":
        """The frames [start, stop) as keypoints of their own."""
        return replace(self, points=self.points[start:stop], scores=self.scores[start:stop])

    def replaced(self, **changes: Any) -> "Keypoints":
        """A copy with some fields changed, validated again."""
        return replace(self, **changes)


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
        phase: "preparation", "stroke", "retraction" or "adjustment" (a hold's slow drift); holds lie between moves.
        family: the gesture family, or "rest".
        start_s, duration_s: when, in seconds.
        pose: where it ends.
        arc: how far the path bulges from the straight line half way: outward, up, forward, metres.
        strength: of the accent it was made for, 0 to 1.
        accent_s: time of that accent, if there is one.
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

    @property
    def end_s(self) -> float:
        """When the hand has arrived."""
        return self.start_s + self.duration_s


@dataclass(frozen=True)
class BodyMove:
    """One smooth movement of something that is not a hand.

    Attributes:
        channel: "head", "torso", "head_sway", "torso_sway", "pelvis", "gaze", "breath", "lids", "brows" or "smile".
        shape: "to" a new value, or a "pulse" that goes there and comes back.
        start_s, duration_s: when, in seconds.
        amount: the new value, or the pulse's height: degrees (pitch, yaw, roll) for head, torso and their sway,
            (yaw, pitch) for gaze, metres (x, z) for the pelvis, 0 to 1 for the others.
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

    def without_moves(self) -> Self:
        """The same plan with nothing in it: what a further stretch without news looks like."""
        return replace(self, hand_moves=(), body_moves=())
