"""What is done with each film, in any process: its clips are made, in a folder that is taken over when it is whole."""

import json
import shutil
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from gesta.data.film_clips import Making, Staged
from gesta.data.film_found import found_clips
from gesta.data.film_given import given_clip
from gesta.data.film_journal import Dropped, FilmLine
from gesta.data.films import FilmRecord
from gesta.data.listing import Split
from gesta.errors import InputError
from gesta.processes import Tell
from gesta.writing import replacing

STAGED = ".making"
"""The hidden folder of a data set in which films are made."""
DONE = "done.json"


@dataclass(frozen=True)
class FilmTask:
    """A film that clips are to be made of.

    Attributes:
        id: unique in the data set, safe as a file name; names of clips begin with it.
        film: the file.
        points: a file of its points; none: they are found.
        sound: a recording that takes the place of its own; none: its own.
        source: the film as records name it.
        split, speaker, speaker_index, origin, licence: of its clips.
        size: bytes of its files, by which progress is counted.
    """

    id: str
    film: Path
    points: Path | None
    sound: Path | None
    source: str
    split: Split
    speaker: str
    speaker_index: int
    origin: str
    licence: str
    size: int

    def listed(self) -> list[Any]:
        """What tells it from another one, wherever the files are."""
        told = asdict(self)
        return [told[name] for name in ("id", "split", "speaker", "source", "size", "origin", "licence")]

    def said(self) -> dict[str, Any]:
        """What every record of its clips says."""
        told = asdict(self)
        return {name: told[name] for name in ("split", "speaker", "speaker_index", "source", "origin", "licence")}


@dataclass(frozen=True)
class MadeFilm:
    """What became of a film; the files of its clips lie in its folder."""

    line: FilmLine
    records: tuple[FilmRecord, ...]

    def text(self) -> str:
        """All of it as JSON."""
        records = [record.model_dump(mode="json") for record in self.records]
        return json.dumps({"line": self.line.model_dump(mode="json"), "records": records})

    @classmethod
    def from_text(cls, text: str) -> "MadeFilm":
        """What `text` gave."""
        values = json.loads(text)
        records = (FilmRecord.checked(record, DONE) for record in values["records"])
        return cls(FilmLine.checked(values["line"], DONE), tuple(records))


def make_film(task: FilmTask, making: Making, folder: Path, tell: Tell) -> MadeFilm:
    """Make the clips of a film, or find them made.

    Args:
        task: the film.
        making: how.
        folder: of the data set; what is made lies in a folder of the film's own in its hidden one.
        tell: told how much of it is done.

    Raises:
        OutputError: the disk is full or gone.
    """
    staging = folder / STAGED / task.id
    done = staging / DONE
    if done.is_file():
        return MadeFilm.from_text(done.read_text(encoding="utf-8"))
    shutil.rmtree(staging, ignore_errors=True)
    staged = Staged(staging, making.side, task.id, task.said())
    staged.begin()
    made = _made(task, making, staged, tell)
    with replacing(done) as beside:
        beside.write_text(made.text(), encoding="utf-8")
    return made


def _made(task: FilmTask, making: Making, staged: Staged, tell: Tell) -> MadeFilm:
    about = {name: value for name, value in task.said().items() if name not in ("source", "speaker_index")}
    about |= {"id": task.id, "film": task.source, "points": "found" if task.points is None else "given"}
    try:
        if task.points is not None:
            clip = given_clip(task.film, task.points, task.sound, staged)
            line = FilmLine(**about, size=clip.picture_size, frames=clip.frames, clips=1, kept_frames=clip.frames)
            return MadeFilm(line, (clip,))
        found = found_clips(task.film, task.sound, making, staged, tell)
    except InputError as error:
        return MadeFilm(FilmLine(**about, refused=_named_as_the_source_does(str(error), task)), ())
    stretches, frames = Counter[str](), Counter[str]()
    for stretch in found.stretches:
        if stretch.reason is not None:
            stretches[stretch.reason] += 1
            frames[stretch.reason] += len(stretch)
    line = FilmLine(
        **about,
        size=found.size,
        frames=sum(map(len, found.stretches)),
        shots=found.shots,
        clips=len(found.records),
        kept_frames=sum(record.frames for record in found.records),
        dropped={reason: Dropped(stretches=stretches[reason], frames=frames[reason]) for reason in sorted(frames)},
    )
    return MadeFilm(line, found.records)


def _named_as_the_source_does(sentence: str, task: FilmTask) -> str:
    """A sentence with the film's files as records name them, so that a data set does not say where they once lay."""
    beside = PurePosixPath(task.source).parent
    for path in filter(None, (task.film, task.points, task.sound)):
        sentence = sentence.replace(str(path), (beside / path.name).as_posix())
    return sentence
