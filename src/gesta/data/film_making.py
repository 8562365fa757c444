"""What is done with each film, in any process: its clips are made, in a folder that is taken over when it is whole."""

import json
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from gesta.data.film_clips import Making, Staged
from gesta.data.film_found import FoundClips, found_clips
from gesta.data.film_given import given_clip
from gesta.data.film_journal import Dropped, FilmLine
from gesta.data.film_tasks import FilmTask, ProjectionTask, SourceTask
from gesta.data.films import FilmRecord
from gesta.data.projected_clips import projected_clips
from gesta.errors import InputError
from gesta.processes import Tell
from gesta.writing import replacing

STAGED = ".making"
"""The hidden folder of a data set in which films are made."""
DONE = "done.json"


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


def make_film(task: SourceTask, making: Making, folder: Path, tell: Tell) -> MadeFilm:
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


def _made(task: SourceTask, making: Making, staged: Staged, tell: Tell) -> MadeFilm:
    about = {name: value for name, value in task.said().items() if name not in ("source", "speaker_index")}
    about |= {"id": task.id, "film": task.source, "points": task.points_are}
    try:
        if isinstance(task, ProjectionTask):
            return _all_of(projected_clips(task, making.longest, staged, tell), about)
        assert isinstance(task, FilmTask)
        if task.points is not None:
            return _all_of((given_clip(task.film, task.points, task.sound, staged),), about)
        return _found(found_clips(task.film, task.sound, making, staged, tell), about)
    except InputError as error:
        return MadeFilm(FilmLine(**about, refused=_named_as_the_source_does(str(error), task)), ())


def _all_of(clips: tuple[FilmRecord, ...], about: dict[str, Any]) -> MadeFilm:
    """What became of a source all of which is used."""
    frames = sum(clip.frames for clip in clips)
    said = {"size": clips[0].picture_size} if len(clips) == 1 else {}
    return MadeFilm(FilmLine(**about, **said, frames=frames, clips=len(clips), kept_frames=frames), clips)


def _found(found: FoundClips, about: dict[str, Any]) -> MadeFilm:
    """What became of a film in which clips were looked for."""
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


def _named_as_the_source_does(sentence: str, task: SourceTask) -> str:
    """A sentence with the film's files as records name them, so that a data set does not say where they once lay."""
    beside = PurePosixPath(task.source).parent
    for path in task.files:
        sentence = sentence.replace(str(path), (beside / path.name).as_posix())
    return sentence
