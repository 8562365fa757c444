"""Writing a data set of films: other processes make the clips of each film in a hidden folder, one takes them over.

A film counts once its line is in the journal, which is written after the manifest's lines of its clips. What a killed
run left of a film that does not count is used where it is whole, and else made again, to the same bytes.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gesta.data.film_clips import Making
from gesta.data.film_journal import JOURNAL_FILE, REPORT_FILE, FilmLine, read_journal, report_of
from gesta.data.film_making import STAGED, MadeFilm
from gesta.data.film_tasks import SourceTask
from gesta.data.films import (
    FILM_FOLDER,
    MASK_FOLDER,
    POINTS_FOLDER,
    FilmInfo,
    FilmRecord,
    read_film_info,
    read_film_records,
)
from gesta.data.growing import Form, GrowingSet
from gesta.data.listing import MANIFEST_FILE
from gesta.data.plans import PLAN, PlannedClip, SetPlan
from gesta.reports import write_json


@dataclass(frozen=True, kw_only=True)
class FilmPlan(SetPlan):
    """A data set of films to be made.

    Attributes:
        films: what is to be made of each.
        making: how.
    """

    films: tuple[SourceTask, ...]
    making: Making

    def listed(self) -> list[list[Any]]:
        """What tells these films from others."""
        return [film.listed() for film in self.films]

    def info(self) -> FilmInfo:
        """The description of the data set as it stands before the first clip."""
        return FilmInfo.checked(self.described() | {"side": self.making.side}, PLAN)


class FilmBuilding(GrowingSet[FilmInfo, FilmRecord]):
    """A data set of films that is being written, see `GrowingSet`.

    Attributes:
        lines: what became of the films that are done.
    """

    def __init__(self, folder: Path, info: FilmInfo, kept: Iterable[FilmRecord]) -> None:
        journal = read_journal(folder)
        self.lines: list[FilmLine] = [line for line, _ in journal]
        done = {line.film for line in self.lines}
        folders = (FILM_FOLDER, POINTS_FOLDER, MASK_FOLDER)
        whole = (record for record in kept if record.source in done)
        super().__init__(folder, info, whole, folders, _of_films(done))
        try:
            if (path := folder / JOURNAL_FILE).is_file():
                with path.open("r+b") as file:
                    file.truncate(max((end for _, end in journal), default=0))
        except OSError as error:
            raise self._refusal(error) from error

    def _written(self, clip: PlannedClip) -> FilmRecord:
        raise NotImplementedError("films are taken over, see `take`")

    def take(self, made: MadeFilm) -> None:
        """Take over what was made of a film; when this returns, the film is finished for good.

        Raises:
            OutputError: the disk is full or gone.
        """
        staged = self.folder / STAGED / made.line.id
        try:
            for record in made.records:
                for name in filter(None, (record.film, record.points, record.masks, record.speech)):
                    if (staged / name).is_file():
                        (staged / name).replace(self.folder / name)
        except OSError as error:
            raise self._refusal(error) from error
        self._append(MANIFEST_FILE, "".join(record.line() for record in made.records))
        self._append(JOURNAL_FILE, made.line.line())
        self.records += made.records
        self.lines.append(made.line)
        shutil.rmtree(staged, ignore_errors=True)

    def finish(self, skipped: Iterable[str]) -> FilmInfo:
        """Write the report, and say in dataset.json that this is all."""
        write_json(self.folder / REPORT_FILE, report_of(self.lines))
        shutil.rmtree(self.folder / STAGED, ignore_errors=True)
        return super().finish(skipped)


def _of_films(done: set[str]) -> Callable[[Path, FilmInfo], Iterator[tuple[FilmRecord, int]]]:
    """Reads the records of films that are done, which are the first ones."""

    def read(folder: Path, info: FilmInfo) -> Iterator[tuple[FilmRecord, int]]:
        for record, end in read_film_records(folder, info):
            if record.source not in done:
                return
            yield record, end

    return read


FILM_FORM = Form(read_film_info, read_film_records, FilmBuilding)
