"""Preparing a data set of films from a plan: any number of processes make films; they are taken over in their order."""

import logging
import shutil
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import cast

from gesta.data.film_building import FILM_FORM, FilmBuilding, FilmPlan
from gesta.data.film_journal import JOURNAL_FILE, FilmLine, read_journal, report_of, said_of
from gesta.data.film_making import STAGED, MadeFilm
from gesta.data.film_running import PURPOSE, HowMade, films_made
from gesta.data.film_tasks import FilmTask
from gesta.data.films import FILM_FOLDER, MASK_FOLDER, POINTS_FOLDER, FilmInfo, FilmRecord, read_film_info
from gesta.data.growing import kept_records, written_to
from gesta.data.listing import INFO_FILE, MANIFEST_FILE, SPEECH_FOLDER
from gesta.data.outcome import Prepared, Progress, notes_of, nothing_usable
from gesta.errors import OutputError
from gesta.extras import extra_module
from gesta.processes import Failed

LOGGER = logging.getLogger("gesta")


def prepare_films(plan: FilmPlan, folder: Path, told: Progress, workers: int, ray: bool) -> Prepared:
    """Make a data set of films, or go on with one that a run with the same plan has begun.

    Args:
        plan: what is to be prepared.
        folder: where.
        told: told how far it is, in bytes of the source.
        workers: processes that make films; the same data comes of any number.
        ray: make them on Ray Data.

    Raises:
        InputError: nothing can be used, or the folder holds another data set.
        OutputError: the folder cannot be written, another run is writing there, or films could not be made.
    """
    info = plan.info()
    kept = _records(folder, info)
    if kept and (found := read_film_info(folder)).complete:
        # Nothing to do, and somebody may be reading it.
        return _outcome(found, kept, [line for line, _ in read_journal(folder)], 0)
    if not plan.films:
        raise nothing_usable(plan, {})
    if ray:
        extra_module("ray", PURPOSE, "scale")
    if any(isinstance(film, FilmTask) and film.points is None for film in plan.films):
        # Before anything is written: without them every film would be refused for the same reason.
        for module in ("cv2", "ai_edge_litert"):
            extra_module(module, "Finding points in films", "film")
    new = not folder.exists()
    with (
        written_to(folder),
        FilmBuilding(folder, info, _records(folder, info)) as building,
    ):
        before = len(building.records)
        _make_all(plan, building, told, workers, ray)
        if building.records:
            empty = [line.id for line in building.lines if not line.clips]
            finished = building.finish(sorted(empty))
            return _outcome(finished, building.records, building.lines, len(building.records) - before)
        lines = building.lines
        _clear(folder)
    if new:
        folder.rmdir()
    raise nothing_usable(plan, _left_out(lines))


def _make_all(plan: FilmPlan, building: FilmBuilding, told: Progress, workers: int, ray: bool) -> None:
    """Make what is not made yet, and take it over.

    Raises:
        OutputError: some could not be made, though it is not their fault.
    """
    done = {line.film for line in building.lines}
    waiting = [film for film in plan.films if film.source not in done]
    whole = sum(film.size for film in waiting)
    shares = dict.fromkeys(range(len(waiting)), 0.0)
    made: dict[int, MadeFilm] = {}
    failed: dict[int, Failed] = {}
    taken = 0
    told("preparing", 0, whole)

    def heard(number: int, share: float) -> None:
        shares[number] = share
        told("preparing", int(sum(film.size * shares[place] for place, film in enumerate(waiting))), whole)

    with closing(films_made(waiting, HowMade(plan.making, building.folder), workers, ray, heard)) as news:
        for one in news:
            if one.result is not None:
                made[one.task] = one.result
            elif one.failed is not None:
                failed[one.task] = one.failed
            # Films behind one that failed wait for the next run, so that the order of the data set stays.
            while taken in made:
                building.take(made.pop(taken))
                taken += 1
            heard(one.task, one.share)
    if failed:
        first = min(failed)
        if failed[first].trace:
            LOGGER.error("%s", failed[first].trace)
        raise OutputError(
            f"{len(failed)} of {len(waiting)} films could not be made, the first, {waiting[first].source}: "
            f"{failed[first].sentence.rstrip('.')}; the same command goes on from there."
        )


def _records(folder: Path, info: FilmInfo) -> list[FilmRecord]:
    """Those of clips that an earlier run has finished."""
    return cast(list[FilmRecord], kept_records(folder, info, FILM_FORM))


def _outcome(info: FilmInfo, clips: Sequence[FilmRecord], lines: Sequence[FilmLine], made: int) -> Prepared:
    frames = sum(clip.frames for clip in clips[len(clips) - made :])
    said = said_of(report_of(lines))
    return Prepared(info, made, frames, len(clips) - made, _left_out(lines), notes_of(clips), said)


def _left_out(lines: Sequence[FilmLine]) -> dict[str, str]:
    return {line.id: why for line in lines if (why := line.why_nothing()) is not None}


def _clear(folder: Path) -> None:
    """Remove all that a data set without a clip has."""
    for name in (INFO_FILE, MANIFEST_FILE, JOURNAL_FILE):
        (folder / name).unlink(missing_ok=True)
    for name in (STAGED, SPEECH_FOLDER, FILM_FOLDER, POINTS_FOLDER, MASK_FOLDER):
        shutil.rmtree(folder / name, ignore_errors=True)
