"""Folders of motion files with the sound of the same name, as anybody has them: the source behind SHOW and BVH."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gesta.audio.read import open_speech
from gesta.data.files import clip_names, find_files, shown_name, sound_of, sounds_by_name, total_size
from gesta.data.listing import LONGEST_NAME
from gesta.data.plans import DatasetPlan, LoadedClip, PlannedClip, whole_clip
from gesta.data.splits import Shares, split_groups
from gesta.errors import InputError
from gesta.records import Motion


@dataclass(frozen=True)
class PairSource:
    """A kind of folder.

    Attributes:
        kind: its name.
        suffix: of its motion files, in small letters.
        face_basis: of its motion.
        licence: what may be done with it.
        group: gives the group of a motion file, by its path relative to the folder; groups are never divided.
        group_words: what forms a group, in words.
        speaker: gives the speaker of a motion file; "" for the folder's own name.
        read: reads a motion file.
    """

    kind: str
    suffix: str
    face_basis: str
    licence: str
    group: Callable[[Path], str]
    group_words: str
    speaker: Callable[[Path], str]
    read: Callable[[Path], Motion]


def pairs_plan(source: Path, kind: PairSource, shares: Shares, settings: Mapping[str, Any]) -> DatasetPlan:
    """Plan every motion file below a folder that has its sound.

    Args:
        source: the folder.
        kind: how its files are understood.
        shares: how it is divided.
        settings: what was chosen, for the description.

    Raises:
        InputError: it is no folder.
    """
    motions, sounds = find_files(source, (kind.suffix,)), sounds_by_name(source)
    own_name = shown_name(Path(source.resolve().name))[:LONGEST_NAME]
    splits = split_groups(map(kind.group, motions), shares)
    clips, left_out = [], {}
    for motion, name in zip(motions, clip_names(motions), strict=True):
        try:
            sound = sound_of(motion, sounds)
        except InputError as error:
            left_out[name] = str(error)
            continue
        files = (source / motion, source / sound)
        clips.append(
            PlannedClip(
                id=name,
                split=splits[kind.group(motion)],
                speaker=kind.speaker(motion) or own_name,
                source=shown_name(motion),
                size=total_size(files),
                speech_name=name,
                load=_loader(kind, *files),
            )
        )
    return DatasetPlan(
        kind=kind.kind,
        source=own_name,
        face_basis=kind.face_basis,
        licence=kind.licence,
        speakers=tuple(sorted({clip.speaker for clip in clips})),
        split_rule=shares.rule(kind.group_words),
        settings=settings,
        clips=tuple(clips),
        left_out=left_out,
    )


def first_folder(motion: Path) -> str:
    """The speaker's name where each has a folder; "" for a file that lies flat."""
    return shown_name(Path(motion.parts[0]))[:LONGEST_NAME] if len(motion.parts) > 1 else ""


def _loader(kind: PairSource, motion: Path, sound: Path) -> Callable[[], LoadedClip]:
    def load() -> LoadedClip:
        try:
            read = kind.read(motion)
        except ValueError as error:
            # What a record refuses (numbers that are not finite) is the file's fault here.
            raise InputError(f"Cannot read {motion}: {error}.") from error
        return whole_clip(read, open_speech(sound))

    return load
