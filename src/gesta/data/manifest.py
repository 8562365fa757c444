"""What a prepared data set of motion says of itself: `dataset.json`, and one line of `manifest.jsonl` for each clip.

A data set is a folder:

* dataset.json: where it comes from, how it was made, its layout and licence (`DatasetInfo`);
* manifest.jsonl: the clips (`ClipRecord`), in the order of their rows;
* motion/shard-0000.npy, ...: float32 rows of channels, a row per frame, the parts one after another as in
  `Representation.parts`, so that a window is one slice;
* truth/shard-0000.npy, ...: what is known of each frame, row by row beside the motion, where strokes are known: 1 in a
  stroke, 0 outside, and, where the source plans its motion, what each hand does (`gesta.data.truth`);
* speech/NAME.flac: 16 kHz mono 16 bits; clips may share a file;
* card.md: the same for people.

Everything read here is untrusted: sizes, names and numbers are checked, and no name leads out of the folder.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from gesta.data.listing import INFO_FILE, MOTION, ClipLine, SetInfo, read_description, read_lines
from gesta.data.truth import STROKES, known_columns
from gesta.errors import InputError
from gesta.motion.representation import Representation
from gesta.records import PARTS
from gesta.units import frame_count

MOTION_FOLDER, TRUTH_FOLDER = "motion", "truth"

Part = Literal["upper", "hands", "lower", "translation", "face"]


class ClipRecord(ClipLine):
    """One clip: where its rows and its speech are, and what in it is real."""

    shard: int = Field(ge=0, description="number of the file that holds the rows")
    first_row: int = Field(ge=0, description="the clip's first row in that file")
    parts: tuple[Part, ...] = Field(description="what of the body is real; the rest means nothing")
    floor_known: bool = Field(description="whether y = 0 is the floor")
    contacts_known: bool = Field(description="whether the contact channels mean something")
    lacking: tuple[str, ...] = Field((), description="joints and face weights that are not real in a part that is")
    strokes: bool = Field(False, description="whether the truth about strokes is known")
    labels: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="what the numbers in the truth stand for, by their kind"
    )
    about: dict[str, Any] = Field(default_factory=dict, description="how the clip was made, where it was made")


class DatasetInfo(SetInfo):
    """A data set of motion as a whole."""

    holds: Literal["motion"] = Field("motion", description="what it is a data set of")
    face_basis: Literal["arkit52", "flame100"] = Field(description="what the face's channels are")
    frames_per_second: Literal[30] = Field(30, description="rows in a second")
    channels: dict[str, int] = Field(description="channels of each part, in the order in which they stand in a row")
    strokes: bool = Field(description="whether the truth about strokes is there")
    truth: tuple[str, ...] = Field((STROKES,), description="the columns of truth, where it is there")
    distinct_speech_hours: float | None = Field(
        None, description="hours of different speech, where clips share it: takes and altered copies count once"
    )
    motion_hours: float | None = Field(None, description="hours of motion, where clips share speech")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of truth that are there; none where there is no truth."""
        return known_columns(self.strokes, self.truth)


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
    info = read_description(folder, DatasetInfo, MOTION)
    if info.channels != channel_count(Representation(info.face_basis)):
        raise InputError(
            f"'{folder / INFO_FILE}' lists channels that motion with a face in {info.face_basis} does not have."
        )
    return info


def read_records(folder: Path, info: DatasetInfo) -> Iterator[tuple[ClipRecord, int]]:
    """Read and check manifest.jsonl, see `listing.read_lines`.

    Raises:
        InputError: a line is no record, or records do not fit each other.
    """
    return read_lines(folder, info, ClipRecord, lambda record, where: _check_fit(record, info, where))


def _check_fit(record: ClipRecord, info: DatasetInfo, where: str) -> None:
    """Raise InputError unless a record fits itself and the data set."""
    if frame_count(record.speech_samples) != record.frames:
        raise InputError(f"In {where}: {record.speech_samples} samples of speech do not last {record.frames} frames.")
    if record.strokes and not info.strokes:
        raise InputError(f"In {where}: the clip tells of strokes, but the data set has none.")
    if not record.parts or set(record.parts) - set(PARTS):
        raise InputError(f"In {where}: the clip '{record.id}' has no part that is real.")
