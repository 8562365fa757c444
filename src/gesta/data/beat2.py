"""BEAT2 as a source: its own speakers, numbered as the released models know them, and its own splits.

Facts: the folder's layout, the split table and the speakers are in `gesta.motion.beat2`; an id begins with the
speaker's number and name. The papers train on speaker 2 alone and leave the additional recordings out.
"""

import csv
import re
from pathlib import Path

from pydantic import Field

from gesta.audio.read import open_speech
from gesta.data.files import shown_name, total_size
from gesta.data.listing import Split
from gesta.data.plans import DatasetPlan, LoadedClip, PlannedClip, whole_clip
from gesta.errors import InputError
from gesta.motion.beat2 import NUMBERS, SPLIT_FILE, Beat2Take, beat2_takes, read_beat2, speaker_index
from gesta.motion.hand_model import HandModel
from gesta.settings import Settings

KIND = "beat2"
NAME = re.compile(r"(\d{1,2})_([A-Za-z]+)_[\w.\-]+")
SPLITS: dict[str, Split] = {"train": "train", "val": "validation", "test": "test", "additional": "additional"}
"""BEAT2's names for splits, and ours."""
LICENCE = "BEAT2: non-commercial research only"
RULE = f"BEAT2's own, from {SPLIT_FILE}"


class Beat2Settings(Settings):
    """What of BEAT2 is prepared."""

    speakers: tuple[int, ...] = Field((), description="numbers of the speakers; none for all (the papers: 2)")
    additional: bool = Field(False, description="whether additional recordings are prepared, as a split of their own")
    whole_seconds: bool = Field(False, description="whether clips are cut to whole seconds, as published")


def beat2_plan(source: Path, settings: Beat2Settings, hands: HandModel | None = None) -> DatasetPlan:
    """Plan the takes of a BEAT2 folder.

    Args:
        source: the folder with smplxflame_30 and wave16k.
        settings: which of them.
        hands: the user's SMPL-X hands; without them fingers are approximate.

    Raises:
        InputError: it is no BEAT2 folder, or a speaker is asked for that BEAT2 does not have.
    """
    for number in settings.speakers:
        if number not in NUMBERS:
            raise InputError(f"BEAT2 has no speaker {number}; choose from {', '.join(map(str, NUMBERS))}.")
    clips, left_out, names = [], {}, {number: str(number) for number in NUMBERS}
    for take in _takes(source):
        match = NAME.fullmatch(take.name)
        if match is None or int(match[1]) not in NUMBERS:
            left_out[take.name] = "its name is not speaker_name_recording_..., as BEAT2's are."
            continue
        names[int(match[1])] = speaker = f"{int(match[1])}_{match[2]}"
        if (settings.speakers and int(match[1]) not in settings.speakers) or not _wanted(take, settings):
            continue
        if take.motion is None:
            left_out[take.name] = "its motion is not there."
        elif take.split not in SPLITS:
            left_out[take.name] = f"{SPLIT_FILE} does not say what it is for."
        else:
            clips.append(_planned(take, take.motion, speaker, settings, hands))
    return DatasetPlan(
        kind=KIND,
        source=shown_name(Path(source.resolve().name)),
        face_basis="flame100",
        licence=LICENCE,
        speakers=tuple(names[number] for number in sorted(NUMBERS, key=speaker_index)),
        split_rule=RULE,
        settings={**settings.model_dump(), "hands": hands.sha256 if hands is not None else None},
        clips=tuple(clips),
        left_out=left_out,
    )


def _takes(source: Path) -> list[Beat2Take]:
    """The takes of the folder; its table must be there, since without it test takes would be trained on."""
    try:
        takes = list(beat2_takes(source))
    except (UnicodeDecodeError, csv.Error):
        raise InputError(f"'{source / SPLIT_FILE}' is no table of text; fetch it again from BEAT2.") from None
    if not (source / SPLIT_FILE).is_file():
        raise InputError(f"'{source}' lacks {SPLIT_FILE}, without which nobody knows what to train on; fetch it too.")
    return takes


def _wanted(take: Beat2Take, settings: Beat2Settings) -> bool:
    return settings.additional or take.split != "additional"


def _planned(
    take: Beat2Take, motion: Path, speaker: str, settings: Beat2Settings, hands: HandModel | None
) -> PlannedClip:
    def load() -> LoadedClip:
        mean = hands.mean_hands if hands is not None else None
        read = read_beat2(motion, mean_hands=mean)
        return whole_clip(read, open_speech(take.speech), whole_seconds=settings.whole_seconds)

    size = total_size([motion, take.speech])
    return PlannedClip(take.name, SPLITS[take.split], speaker, motion.name, size, take.name, load)
