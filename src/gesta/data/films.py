"""What a prepared data set of films says of itself: clips of a talking person with sound, and the 134 points of each.

A data set is a folder:

* dataset.json: where it comes from, how it was made, its licence (`FilmInfo`);
* manifest.jsonl: the clips (`FilmRecord`);
* films/NAME.mp4: square pictures, 25 a second, on the canvas of `gesta.keypoints.canvas`; none for clips that were
  projected from motion in space (`gesta.data.projections`);
* masks/NAME.mp4: for clips whose points were found here, where the person is: white, on pictures of the same size;
* points/NAME.npy: a float32 row per picture, (x, y, score) of each of the 134 points, in pixels of a canvas of
  512 x 512, whatever the side of the pictures;
* speech/NAME.flac: 16 kHz mono 16 bits;
* sources.jsonl: what became of each film, see `gesta.data.film_journal`, and report.json: the same in sums.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import Field

from gesta.data.listing import FILMS, LONGEST_NAME, ClipLine, SetInfo, read_description, read_lines
from gesta.errors import InputError
from gesta.units import video_frame_count

FILM_FOLDER, POINTS_FOLDER, MASK_FOLDER = "films", "points", "masks"
UNKNOWN = "unknown"
LEAST_SIDE_PX, GREATEST_SIDE_PX = 16, 2048


class FilmRecord(ClipLine):
    """One clip: where its pictures and its points are."""

    film: str | None = Field(
        None,
        pattern=rf"^{FILM_FOLDER}/\w[\w.\-]*\.mp4$",
        max_length=2 * LONGEST_NAME,
        description="the pictures' file; none where points are those of a motion that was projected",
    )
    points: str = Field(
        pattern=rf"^{POINTS_FOLDER}/\w[\w.\-]*\.npy$", max_length=2 * LONGEST_NAME, description="the points' file"
    )
    masks: str | None = Field(
        None,
        pattern=rf"^{MASK_FOLDER}/\w[\w.\-]*\.mp4$",
        max_length=2 * LONGEST_NAME,
        description="the file of masks of the person",
    )
    picture_size: tuple[int, int] = Field(description="width and height of the original pictures, pixels")
    frame: tuple[int, int, int, int] | None = Field(
        None, description="the part of the original pictures that is shown: left, top, width, height; none: all"
    )
    start_s: float = Field(0.0, ge=0.0, description="where in the film the clip begins, seconds")
    origin: str = Field(UNKNOWN, description="where the film was published")


class FilmInfo(SetInfo):
    """A data set of films as a whole."""

    holds: Literal["films"] = Field("films", description="what it is a data set of")
    frames_per_second: Literal[25] = Field(25, description="pictures in a second")
    side: int = Field(ge=LEAST_SIDE_PX, le=GREATEST_SIDE_PX, description="side of the square pictures, pixels")


def read_film_info(folder: Path) -> FilmInfo:
    """Read and check dataset.json.

    Raises:
        InputError: it is missing, malformed or of another layout.
    """
    return read_description(folder, FilmInfo, FILMS)


def read_film_records(folder: Path, info: FilmInfo) -> Iterator[tuple[FilmRecord, int]]:
    """Read and check manifest.jsonl, see `listing.read_lines`.

    Raises:
        InputError: a line is no record, or records do not fit each other.
    """
    return read_lines(folder, info, FilmRecord, _check_fit)


def _check_fit(record: FilmRecord, where: str) -> None:
    """Raise InputError unless a record fits itself."""
    if video_frame_count(record.speech_samples) != record.frames:
        raise InputError(f"In {where}: {record.speech_samples} samples of speech do not last {record.frames} pictures.")
