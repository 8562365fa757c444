"""Recordings moved by the procedural speaker as a source: as much motion as wanted, with the truth about its strokes.

Each recording is moved once in every style and with every seed; the style is the speaker. Nothing but the recordings'
own licence bears on the result.
"""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from pydantic import Field

from gesta.audio.prosody import analyse
from gesta.audio.read import open_speech
from gesta.data.files import SOUND_SUFFIXES, clip_names, find_files, safe_name, shown_name, total_size
from gesta.data.listing import Split
from gesta.data.plans import DatasetPlan, LoadedClip, Piece, PlannedClip
from gesta.data.splits import Shares, split_groups
from gesta.errors import InputError
from gesta.procedural.speaker import ProceduralSpeaker
from gesta.procedural.style import style_from
from gesta.records import HandMove, Prosody, Speech
from gesta.units import MOTION_FPS, frame_centres, frame_count, frame_times

KIND = "synthetic"
LICENCE = "motion: Apache-2.0; recordings: {}"
BY_TIME = (
    "by time, since there is one recording: its end tests ({test:g} of it), what comes before validates "
    "({validation:g} of it; both at least {shortest} frames or a quarter), the beginning trains"
)
SHORTEST_HELD_OUT = 64
"""Frames that are held out of a single recording at least: one window."""


class SyntheticSettings(Shares):
    """What is made of each recording."""

    seeds: int = Field(1, ge=1, le=100_000, description="takes of each recording and style, by seeds from 0 on")
    styles: tuple[str, ...] = Field(("neutral",), min_length=1, description="names of styles, each a speaker")
    licence: str = Field("not stated", description="what may be done with the recordings")


def synthetic_plan(source: Path, settings: SyntheticSettings) -> DatasetPlan:
    """Plan the takes of every recording below a folder, or of a single one.

    Several recordings are divided into splits by recording, a single one by time.

    Raises:
        InputError: there is no recording, or no such style.
    """
    numbers = {style: style_from(style).model_dump() for style in settings.styles}
    if source.is_file():
        root, paths = source.parent, [Path(source.name)]
    else:
        root, paths = source, find_files(source, SOUND_SUFFIXES)
    groups = [path.as_posix() for path in paths]
    splits = split_groups(groups, settings)
    parts: list[Split | None] = [*_parts(settings)] if len(paths) == 1 else [None]
    listener, clips = _Listener(), []
    for path, name, group in zip(paths, clip_names(paths), groups, strict=True):
        for style, seed, part in itertools.product(settings.styles, range(settings.seeds), parts):
            ending = f"-{part}" if part is not None else ""
            take = _Take(root / path, style, seed, part, settings, listener)
            clips.append(
                PlannedClip(
                    id=f"{name}-{safe_name(style)}-{seed}{ending}",
                    split=part or splits[group],
                    speaker=style,
                    source=shown_name(path),
                    size=total_size([take.path]),
                    speech_name=f"{name}{ending}",
                    load=take.load,
                )
            )
    by_time = BY_TIME.format(test=settings.test_share, validation=settings.validation_share, shortest=SHORTEST_HELD_OUT)
    return DatasetPlan(
        kind=KIND,
        source=shown_name(Path(source.resolve().name)),
        face_basis="arkit52",
        licence=LICENCE.format(settings.licence),
        speakers=settings.styles,
        split_rule=by_time if len(paths) == 1 else settings.rule("a recording is a group"),
        settings={**settings.model_dump(), "style_numbers": numbers},
        clips=tuple(clips),
        strokes=True,
    )


@dataclass
class _Listener:
    """Hears recordings and remembers the last one, since its takes follow each other."""

    path: Path | None = None
    held: tuple[Speech, Prosody] | None = field(default=None, repr=False)

    def hear(self, path: Path) -> tuple[Speech, Prosody]:
        """A recording and its prosody."""
        if self.held is None or path != self.path:
            speech = open_speech(path)
            self.path, self.held = path, (speech, analyse(speech))
        return self.held


@dataclass(frozen=True)
class _Take:
    """One recording in one style with one seed: the whole of it, or the part of it that one split gets."""

    path: Path
    style: str
    seed: int
    part: Split | None
    settings: SyntheticSettings
    listener: _Listener

    def load(self) -> LoadedClip:
        """The take as it is made, a minute at a time."""
        speech, prosody = self.listener.hear(self.path)
        start, stop = _part_of(speech.frame_count, self.part, self.settings)
        # Where a part begins its sound is cut; what is left may round to a frame less.
        left = frame_count(speech.sample_count - int(frame_centres(start, start + 1)[0]))
        frames = min(stop - start, left)
        if frames < 1:
            raise InputError(f"'{self.path}' is too short to be divided into splits; add another recording.")
        return LoadedClip(self._pieces(prosody, start), frames, speech, start)

    def _pieces(self, prosody: Prosody, start: int) -> Iterator[Piece]:
        """The frames from `start` on, with the truth about strokes."""
        speaker, at = ProceduralSpeaker(style_from(self.style), self.seed), 0
        strokes: list[HandMove] = []
        for stretch in speaker.finish(prosody):
            strokes += stretch.plan.strokes
            stop = at + stretch.motion.frame_count
            if stop > start:
                truth = stroke_frames(strokes, max(at, start), stop)
                yield Piece(stretch.motion.frames(max(start - at, 0), stop - at), truth)
            at = stop
            strokes = [stroke for stroke in strokes if stroke.end_s * MOTION_FPS > at]


def stroke_frames(strokes: Iterable[HandMove], start: int, stop: int) -> np.ndarray:
    """(n,) float32 for the frames [start, stop): 1 where a hand is in a stroke."""
    times = frame_times(start, stop)
    result = np.zeros(len(times), dtype=np.float32)
    for stroke in strokes:
        first, last = np.searchsorted(times, (stroke.start_s, stroke.end_s))
        result[first:last] = 1.0
    return result


def _parts(settings: SyntheticSettings) -> list[Split]:
    """The splits that a single recording is divided into, in the order of time."""
    shares: dict[Split, float] = {"validation": settings.validation_share, "test": settings.test_share}
    return ["train", *(split for split, share in shares.items() if share > 0.0)]


def _part_of(whole: int, part: Split | None, settings: SyntheticSettings) -> tuple[int, int]:
    """The frames [start, stop) of a recording of `whole` frames that belong to a split; all of them for None."""
    if part is None:
        return 0, whole
    shortest = min(SHORTEST_HELD_OUT, whole // 4)
    test, validation = (
        max(round(share * whole), shortest) if share > 0.0 else 0
        for share in (settings.test_share, settings.validation_share)
    )
    ends = {"train": whole - test - validation, "validation": whole - test, "test": whole}
    begins = {"train": 0, "validation": ends["train"], "test": ends["validation"]}
    return begins[part], ends[part]
