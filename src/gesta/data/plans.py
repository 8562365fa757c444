"""What is going to be prepared, before it is: a source lists its clips, and each can be loaded when its turn comes."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gesta.data.listing import SetInfo, Split
from gesta.data.manifest import DatasetInfo, channel_count
from gesta.data.truth import STROKES, known_columns
from gesta.errors import InputError
from gesta.motion.representation import Representation
from gesta.records import Motion, Speech
from gesta.units import MOTION_FPS, SAMPLE_RATE, frame_centres
from gesta.version import __version__

WORTH_SAYING_S = 1.0
"""When motion and sound differ by more, the record says so."""


@dataclass(frozen=True)
class Piece:
    """Some consecutive frames of a clip: the motion, and (n, columns) float32 rows of what is true of them.

    The first column of truth is 1 in a stroke; what others there are `truth.TRUTH` says. None where nothing is known.
    """

    motion: Motion
    truth: np.ndarray | None = None


@dataclass(frozen=True)
class LoadedClip:
    """A clip that has been read.

    Attributes:
        pieces: the frames in order, from the clip's first one on; at least `frames`.
        frames: how many of them are used.
        speech: the recording.
        start_frame: where in the recording the clip begins.
        notes: what is worth saying of it, beside what the motion's provenance says.
        about: how it was made, where it was made and not found; complete once the pieces have been taken.
        label_names: what the numbers in the truth stand for; complete then, too. See `truth.PlanTruth`.
    """

    pieces: Iterable[Piece]
    frames: int
    speech: Speech
    start_frame: int = 0
    notes: tuple[str, ...] = ()
    about: Mapping[str, Any] = field(default_factory=dict)
    label_names: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def samples(self) -> tuple[int, int]:
        """The samples [start, stop) of the recording that last as long as the frames."""
        centres = frame_centres(self.start_frame, self.start_frame + self.frames + 1)
        return int(centres[0]), min(int(centres[-1]), self.speech.sample_count)


@dataclass(frozen=True)
class PlannedClip:
    """A clip that can be loaded.

    Attributes:
        id: unique in the data set, safe as a file name.
        split: what it may be used for.
        speaker: a name in the plan's speakers.
        source: the file or files it is made from, as the record names them.
        size: bytes of those files, by which progress is counted.
        speech_name: of the sound's file; clips of the same name share it.
        load: reads it, as a `LoadedClip`; raises InputError when it cannot be used.
        together: clips that follow each other with the same word here share work, so that one process makes them best.
    """

    id: str
    split: Split
    speaker: str
    source: str
    size: int
    speech_name: str
    load: Callable[[], Any] = field(compare=False)
    together: str = ""


@dataclass(frozen=True, kw_only=True)
class SetPlan:
    """A data set to be made; attributes as in `SetInfo`, and what was left out already, each with its reason."""

    kind: str
    source: str
    licence: str
    speakers: tuple[str, ...]
    split_rule: str
    settings: Mapping[str, Any]
    clips: tuple[PlannedClip, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)

    def info(self) -> SetInfo:
        """The description of the data set as it stands before the first clip."""
        raise NotImplementedError

    def listed(self) -> list[list[Any]]:
        """What tells this list of clips from another one."""
        return [[clip.id, clip.split, clip.speaker, clip.source, clip.size, clip.speech_name] for clip in self.clips]

    def described(self) -> dict[str, Any]:
        """What the description of any data set says."""
        return {
            "kind": self.kind,
            "source": self.source,
            "plan_sha256": hashlib.sha256(json.dumps(self.listed()).encode()).hexdigest(),
            "gesta_version": __version__,
            "licence": self.licence,
            "speakers": self.speakers,
            "split_rule": self.split_rule,
            # As JSON gives it back, so that a run that goes on finds the same.
            "settings": json.loads(json.dumps(dict(self.settings))),
        }


PLAN = "the plan of the data set"


@dataclass(frozen=True, kw_only=True)
class DatasetPlan(SetPlan):
    """A data set of motion to be made; attributes as in `DatasetInfo`."""

    face_basis: str
    strokes: bool = False
    truth: tuple[str, ...] = (STROKES,)

    def info(self) -> DatasetInfo:
        """The description of the data set as it stands before the first clip."""
        channels = channel_count(Representation(self.face_basis))
        added: dict[str, Any] = {"face_basis": self.face_basis, "channels": channels, "strokes": self.strokes}
        added["truth"] = known_columns(self.strokes, self.truth)
        return DatasetInfo.checked(self.described() | added, PLAN)


def whole_clip(motion: Motion, speech: Speech, *, whole_seconds: bool = False) -> LoadedClip:
    """A motion and its sound, both as long as the shorter one, or as its whole seconds.

    Raises:
        InputError: less than a second is asked for in whole seconds.
    """
    frames = min(motion.frame_count, speech.frame_count)
    if whole_seconds:
        frames -= frames % MOTION_FPS
        if not frames:
            raise InputError(f"'{speech.name}' is shorter than a second, so no whole second of it can be used.")
    difference = motion.duration_s - speech.sample_count / SAMPLE_RATE
    said = f"the {'motion' if difference > 0.0 else 'sound'} lasted over {WORTH_SAYING_S:g} s longer and was cut"
    return LoadedClip([Piece(motion)], frames, speech, notes=(said,) if abs(difference) > WORTH_SAYING_S else ())
