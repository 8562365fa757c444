"""Preparing a data set from a plan: every clip in turn, finished ones kept, broken ones named and left out."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from gesta.data.ahead import made_ahead
from gesta.data.building import MOTION_FORM
from gesta.data.film_building import FILM_FORM, FilmPlan
from gesta.data.film_prepare import prepare_films
from gesta.data.growing import Form, kept_records, written_to
from gesta.data.listing import FILMS, HOLDS, MOTION, SetInfo, held_in
from gesta.data.manifest import DatasetInfo
from gesta.data.outcome import Prepared, Progress, notes_of, nothing_usable, told_nobody
from gesta.data.plans import PlannedClip, SetPlan
from gesta.errors import InputError

FORMS: Mapping[str, Form] = {MOTION: MOTION_FORM, FILMS: FILM_FORM}
"""By what a data set holds."""


def prepared_info(folder: Path) -> SetInfo:
    """The description of a data set of any form.

    Raises:
        InputError: it is missing or cannot be read.
    """
    return FORMS[held_in(folder)].read_info(folder)


def prepare(
    plan: SetPlan, folder: Path, progress: Progress | None = None, workers: int = 1, ray: bool = False
) -> Prepared:
    """Make a data set, or go on with one that a run with the same plan has begun.

    Args:
        plan: what is to be prepared.
        folder: where; nothing is written before the first clip has proved usable.
        progress: told how far it is, in bytes of the source.
        workers: processes that make clips; the same data comes of any number.
        ray: make them on Ray Data, for data sets of films.

    Raises:
        InputError: no clip can be used, or the folder holds another data set.
        OutputError: the folder cannot be written or another run is writing there.
    """
    if isinstance(plan, FilmPlan):
        return prepare_films(plan, folder, progress or told_nobody, workers, ray)
    info, told = plan.info(), progress or told_nobody
    form = FORMS[getattr(info, HOLDS)]
    kept = kept_records(folder, info, form)
    done = {record.id for record in kept}
    waiting = [clip for clip in plan.clips if clip.id not in done]
    left_out = dict(plan.left_out)
    if kept and not waiting and (found := form.read_info(folder)).complete:
        # Nothing to do, and somebody may be reading it.
        return Prepared(found, 0, 0, len(kept), left_out, notes_of(kept))
    if not kept:
        _drop_unusable(waiting, left_out)
        if not waiting:
            raise nothing_usable(plan, left_out)
    with written_to(folder), form.building(folder, info, kept_records(folder, info, form)) as building:
        whole, passed = sum(clip.size for clip in waiting), 0
        with closing(_ready(waiting, info, folder, workers)) as ready:
            for clip in ready:
                told("preparing", passed, whole)
                try:
                    building.add(clip)
                except InputError as error:
                    left_out[clip.id] = str(error)
                passed += clip.size
        told("preparing", whole, whole)
        if not building.records:
            raise nothing_usable(plan, left_out)
        finished = building.finish(sorted(left_out))
    made = building.records[len(kept) :]
    frames = sum(record.frames for record in made)
    return Prepared(finished, len(made), frames, len(kept), left_out, notes_of(building.records))


def _ready(
    clips: Sequence[PlannedClip], info: SetInfo, folder: Path, workers: int
) -> Generator[PlannedClip, None, None]:
    """The clips, made ahead by other processes where there are to be several."""
    if workers > 1 and isinstance(info, DatasetInfo):
        yield from made_ahead(clips, info, folder, workers)
    else:
        yield from clips


def _drop_unusable(waiting: list[PlannedClip], left_out: dict[str, str]) -> None:
    """Drop clips from the front until one can be read, so that a source without any leaves nothing behind."""
    while waiting:
        try:
            waiting[0].load()
            return
        except InputError as error:
            left_out[waiting.pop(0).id] = str(error)
