"""What a body does: its motion, frame by frame."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gesta.records.arrays import frozen
from gesta.units import MOTION_FPS

JOINT_COUNT = 55
FACE_CHANNELS: Mapping[str, int] = {"arkit52": 52, "flame100": 100}
"""Face bases by name, with their number of channels C."""
PARTS = ("upper", "hands", "lower", "translation", "face")
"""What a motion can have or lack; see `Motion.parts`."""


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
                object.__setattr__(self, name, frozen(getattr(self, name), name, shape))

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
