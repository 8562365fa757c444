"""What a prepared data set says of itself: `dataset.json`, and `manifest.jsonl` with one small line for each clip.

A data set is a folder:

* dataset.json: where it comes from, how it was made, its layout and licence (`DatasetInfo`);
* manifest.jsonl: the clips (`ClipRecord`), in the order of their rows;
* motion/shard-0000.npy, ...: float32 rows of channels, a row per frame, the parts one after another as in
  `Representation.parts`, so that a window is one slice;
* truth/shard-0000.npy, ...: 1 in a stroke, 0 outside, row by row beside the motion, where strokes are known;
* speech/NAME.flac: 16 kHz mono 16 bits; clips may share a file.

Everything read here is untrusted: sizes, names and numbers are checked, and no name leads out of the folder.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from gesta.errors import InputError, reason_of
from gesta.motion.representation import Representation
from gesta.records import PARTS
from gesta.settings import Settings, read_table
from gesta.units import frame_count

FORMAT_VERSION = 1
INFO_FILE, MANIFEST_FILE = "dataset.json", "manifest.jsonl"
MOTION_FOLDER, TRUTH_FOLDER, SPEECH_FOLDER = "motion", "truth", "speech"
SPLITS = ("train", "validation", "test", "additional")
LONGEST_LINE = 100_000
"""Characters of a manifest's line."""
LONGEST_NAME = 120
NAME = r"^\w[\w.\-]*$"
"""What names of clips and files are made of."""
HASH = r"^[0-9a-f]{64}$"

Split = Literal["train", "validation", "test", "additional"]
Part = Literal["upper", "hands", "lower", "translation", "face"]


class ClipRecord(Settings):
    """One clip: where its rows and its speech are, and what in it is real."""

    id: str = Field(pattern=NAME, max_length=LONGEST_NAME, description="name of the clip, unique in the data set")
    split: Split = Field(description="what the clip may be used for")
    speaker: str = Field(max_length=LONGEST_NAME, description="who moves")
    speaker_index: int = Field(ge=0, description="the speaker's place in the data set's list of speakers")
    frames: int = Field(ge=1, description="motion frames T, which the speech lasts as well")
    shard: int = Field(ge=0, description="number of the file that holds the rows")
    first_row: int = Field(ge=0, description="the clip's first row in that file")
    parts: tuple[Part, ...] = Field(description="what of the body is real; the rest means nothing")
    floor_known: bool = Field(description="whether y = 0 is the floor")
    contacts_known: bool = Field(description="whether the contact channels mean something")
    lacking: tuple[str, ...] = Field((), description="joints and face weights that are not real in a part that is")
    strokes: bool = Field(False, description="whether the truth about strokes is known")
    speech: str = Field(
        pattern=rf"^{SPEECH_FOLDER}/\w[\w.\-]*\.flac$", max_length=2 * LONGEST_NAME, description="the sound's file"
    )
    speech_samples: int = Field(ge=1, description="samples S of the sound, at 16 kHz")
    speech_sha256: str = Field(pattern=HASH, description="hash of the sound's float32 samples")
    source: str = Field(description="the file or recording it was made from")
    notes: tuple[str, ...] = Field((), description="what the reader had to decide or could not know")
    licence: str = Field(description="what may be done with the clip")

    def line(self) -> str:
        """The record as a line of the manifest."""
        return json.dumps(self.model_dump(mode="json"), separators=(",", ":")) + "\n"


class DatasetInfo(Settings):
    """A data set as a whole."""

    format_version: Literal[1] = Field(1, description="version of this layout")
    kind: str = Field(pattern=NAME, max_length=LONGEST_NAME, description="kind of source, as `gesta prepare` names it")
    source: str = Field(description="name of the folder or file it was made from")
    plan_sha256: str = Field(pattern=HASH, description="hash of the names, splits and sizes of what was to be prepared")
    face_basis: Literal["arkit52", "flame100"] = Field(description="what the face's channels are")
    frames_per_second: Literal[30] = Field(30, description="rows in a second")
    channels: dict[str, int] = Field(description="channels of each part, in the order in which they stand in a row")
    gesta_version: str = Field(description="version that prepared it")
    licence: str = Field(description="what may be done with it")
    speakers: tuple[str, ...] = Field(description="names by speaker index")
    split_rule: str = Field(description="how clips were divided into splits")
    settings: dict[str, Any] = Field(description="what else was chosen")
    strokes: bool = Field(description="whether the truth about strokes is there")
    complete: bool = Field(False, description="whether preparing has come to its end")
    clips: int = Field(0, ge=0, description="clips in it")
    frames: int = Field(0, ge=0, description="frames in it")
    skipped: tuple[str, ...] = Field((), description="clips that could not be used")

    def text(self) -> str:
        """The content of dataset.json."""
        return json.dumps(self.model_dump(mode="json"), indent=2) + "\n"


def shard_path(folder: Path, kind: str, number: int) -> Path:
    """The file of rows number `number`; `kind` is MOTION_FOLDER or TRUTH_FOLDER."""
    return folder / kind / f"shard-{number:04d}.npy"


def channel_count(representation: Representation) -> dict[str, int]:
    """Channels of each part, in the order in which they stand in a row."""
    return {part: representation.size(part) for part in representation.parts}


def read_info(folder: Path) -> DatasetInfo:
    """Read and check dataset.json.

    Raises:
        InputError: it is missing, malformed or of another layout.
    """
    path = folder / INFO_FILE
    if not path.is_file():
        raise InputError(f"'{folder}' is no prepared data set (it has no {INFO_FILE}); make one with: gesta prepare.")
    table = read_table(path, "data set's description")
    if table.get("format_version") != FORMAT_VERSION:
        raise InputError(f"'{path}' is of another version of the layout; prepare the data set again.")
    info = DatasetInfo.checked(table, str(path))
    if info.channels != channel_count(Representation(info.face_basis)):
        raise InputError(f"'{path}' lists channels that motion with a face in {info.face_basis} does not have.")
    return info


def read_records(folder: Path, info: DatasetInfo) -> Iterator[tuple[ClipRecord, int]]:
    """Read and check manifest.jsonl line by line; a last line without an end is one that a killed run left.

    Returns:
        each record, and the byte at which its line ends.

    Raises:
        InputError: a line is no record, or records do not fit each other.
    """
    path, seen, end = folder / MANIFEST_FILE, set(), 0
    try:
        with path.open("rb") as file:
            for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE + 1), b""), 1):
                if not line.endswith(b"\n") and len(line) <= LONGEST_LINE:
                    return
                record = _record(line, f"{path}, line {number}")
                _check_fit(record, info, f"{path}, line {number}")
                if record.id in seen:
                    raise InputError(f"In {path}, line {number}: the clip '{record.id}' is there twice.")
                seen.add(record.id)
                end += len(line)
                yield record, end
    except OSError as error:
        raise InputError(f"'{path}' cannot be read: {reason_of(error)}.") from None


def _record(line: bytes, where: str) -> ClipRecord:
    if len(line) > LONGEST_LINE:
        raise InputError(f"In {where}: the line is longer than any record; prepare the data set again.")
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        raise InputError(f"In {where}: the line is no JSON; prepare the data set again.") from None
    if not isinstance(values, dict):
        raise InputError(f"In {where}: the line is no record of a clip; prepare the data set again.")
    return ClipRecord.checked(values, where)


def _check_fit(record: ClipRecord, info: DatasetInfo, where: str) -> None:
    """Raise InputError unless a record fits itself and the data set."""
    if info.speakers[record.speaker_index : record.speaker_index + 1] != (record.speaker,):
        raise InputError(f"In {where}: the speaker '{record.speaker}' is not number {record.speaker_index} of the set.")
    if frame_count(record.speech_samples) != record.frames:
        raise InputError(f"In {where}: {record.speech_samples} samples of speech do not last {record.frames} frames.")
    if record.strokes and not info.strokes:
        raise InputError(f"In {where}: the clip tells of strokes, but the data set has none.")
    if not record.parts or set(record.parts) - set(PARTS):
        raise InputError(f"In {where}: the clip '{record.id}' has no part that is real.")
