"""What all prepared data sets have in common, whatever their clips are made of: a description and a list of clips.

A data set is a folder with dataset.json (a `SetInfo`) and manifest.jsonl, one small line for each clip (a `ClipLine`).
`gesta.data.manifest` says what follows for motion, `gesta.data.films` for films.

Everything read here is untrusted: sizes, names and numbers are checked, and no name leads out of the folder.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field

from gesta.errors import InputError, reason_of
from gesta.settings import Settings, read_table

FORMAT_VERSION = 1
INFO_FILE, MANIFEST_FILE = "dataset.json", "manifest.jsonl"
SPEECH_FOLDER = "speech"
SPLITS = ("train", "validation", "test", "additional")
LONGEST_LINE = 100_000
"""Characters of a manifest's line."""
LONGEST_NAME = 120
NAME = r"^\w[\w.\-]*$"
"""What names of clips and files are made of."""
HASH = r"^[0-9a-f]{64}$"
HOLDS, MOTION, FILMS = "holds", "motion", "films"
USES = {MOTION: "tokenizer and motion", FILMS: "keypoints, image and video"}
"""By what a data set holds: the stages that are trained on it."""

Split = Literal["train", "validation", "test", "additional"]


class ClipLine(Settings):
    """What the record of any clip says."""

    id: str = Field(pattern=NAME, max_length=LONGEST_NAME, description="name of the clip, unique in the data set")
    split: Split = Field(description="what the clip may be used for")
    speaker: str = Field(max_length=LONGEST_NAME, description="who moves")
    speaker_index: int = Field(ge=0, description="the speaker's place in the data set's list of speakers")
    frames: int = Field(ge=1, description="frames, which the speech lasts as well")
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


class SetInfo(Settings):
    """What the description of any data set says."""

    format_version: Literal[1] = Field(1, description="version of this layout")
    kind: str = Field(pattern=NAME, max_length=LONGEST_NAME, description="kind of source, as `gesta prepare` names it")
    source: str = Field(description="name of the folder or file it was made from")
    plan_sha256: str = Field(pattern=HASH, description="hash of the names, splits and sizes of what was to be prepared")
    gesta_version: str = Field(description="version that prepared it")
    licence: str = Field(description="what may be done with it")
    speakers: tuple[str, ...] = Field(description="names by speaker index")
    split_rule: str = Field(description="how clips were divided into splits")
    settings: dict[str, Any] = Field(description="what else was chosen")
    frames_per_second: int = Field(description="frames in a second")
    complete: bool = Field(False, description="whether preparing has come to its end")
    clips: int = Field(0, ge=0, description="clips in it")
    frames: int = Field(0, ge=0, description="frames in it")
    skipped: tuple[str, ...] = Field((), description="clips that could not be used")

    def text(self) -> str:
        """The content of dataset.json."""
        return json.dumps(self.model_dump(mode="json"), indent=2) + "\n"


Info = TypeVar("Info", bound=SetInfo)
Line = TypeVar("Line", bound=ClipLine)
Checked = TypeVar("Checked", bound=Settings)


def read_description(folder: Path, model: type[Info], holds: str) -> Info:
    """Read and check dataset.json.

    Args:
        folder: of the data set.
        model: what the description has to say.
        holds: MOTION or FILMS.

    Raises:
        InputError: it is missing, malformed, of another layout, or the data set holds something else.
    """
    path = folder / INFO_FILE
    if (found := held_in(folder)) != holds:
        raise InputError(f"'{folder}' holds {found}, for the stages {USES[found]}; name a data set of {holds}.")
    table = read_table(path, "data set's description")
    if table.get("format_version") != FORMAT_VERSION:
        raise InputError(f"'{path}' is of another version of the layout; prepare the data set again.")
    return model.checked(table, str(path))


def held_in(folder: Path) -> str:
    """What a data set holds, MOTION or FILMS; sets that do not say hold motion.

    Raises:
        InputError: it has no description that can be read.
    """
    path = folder / INFO_FILE
    if not path.is_file():
        raise InputError(f"'{folder}' is no prepared data set (it has no {INFO_FILE}); make one with: gesta prepare.")
    found = read_table(path, "data set's description").get(HOLDS, MOTION)
    if found not in USES:
        raise InputError(f"'{path}' does not say what it holds; prepare the data set again.")
    return found


def read_lines(
    folder: Path, info: SetInfo, model: type[Line], check: Callable[[Line, str], None]
) -> Iterator[tuple[Line, int]]:
    """Read and check manifest.jsonl line by line; a last line without an end is one that a killed run left.

    Args:
        folder: of the data set.
        info: its description.
        model: what a line has to say.
        check: takes a record and where it stands; raises InputError where it does not fit the data set.

    Yields:
        each record, and the byte at which its line ends.

    Raises:
        InputError: a line is no record, or records do not fit each other.
    """
    seen = set()
    for record, where, end in whole_lines(folder / MANIFEST_FILE, model):
        if info.speakers[record.speaker_index : record.speaker_index + 1] != (record.speaker,):
            raise InputError(
                f"In {where}: the speaker '{record.speaker}' is not number {record.speaker_index} of the set."
            )
        check(record, where)
        if record.id in seen:
            raise InputError(f"In {where}: the clip '{record.id}' is there twice.")
        seen.add(record.id)
        yield record, end


def whole_lines(path: Path, model: type[Checked]) -> Iterator[tuple[Checked, str, int]]:
    """Read a file that grows line by line; a last line without an end is one that a killed run left.

    Yields:
        what each line says, where it stands, and the byte at which it ends.

    Raises:
        InputError: the file cannot be read, or a line does not say what the model has to.
    """
    end = 0
    try:
        with path.open("rb") as file:
            for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE + 1), b""), 1):
                if not line.endswith(b"\n") and len(line) <= LONGEST_LINE:
                    return
                where = f"{path}, line {number}"
                end += len(line)
                yield model.checked(_line_table(line, where), where), where, end
    except OSError as error:
        raise InputError(f"'{path}' cannot be read: {reason_of(error)}.") from None


def _line_table(line: bytes, where: str) -> dict[str, Any]:
    """The JSON object in a line of a file.

    Raises:
        InputError: it is too long or no such thing.
    """
    if len(line) > LONGEST_LINE:
        raise InputError(f"In {where}: the line is longer than any record; prepare the data set again.")
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        raise InputError(f"In {where}: the line is no JSON; prepare the data set again.") from None
    if not isinstance(values, dict):
        raise InputError(f"In {where}: the line is no record of a clip; prepare the data set again.")
    return values
