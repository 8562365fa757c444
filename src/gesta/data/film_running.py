"""Films made in this process, in several, or on Ray Data: the same function of each film, the same results."""

import logging
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from gesta.data.film_clips import Making
from gesta.data.film_making import MadeFilm, make_film
from gesta.data.film_tasks import SourceTask
from gesta.extras import extra_module
from gesta.processes import Failed, News, Tell, Work, protected, shared_out

PURPOSE = "--ray"
Told = Callable[[int, float], None]
"""Takes the place of a film among the tasks, and how much of it is done, 0 to 1."""


@dataclass(frozen=True)
class HowMade:
    """What makes a film; can be sent to another process.

    Attributes:
        making: how.
        folder: of the data set, which every process reaches under this name.
    """

    making: Making
    folder: Path

    def __call__(self, task: SourceTask, tell: Tell) -> MadeFilm:
        """Make one."""
        return make_film(task, self.making, self.folder, tell)


def films_made(
    tasks: Sequence[SourceTask], how: HowMade, workers: int, ray: bool, told: Told
) -> Generator[News[MadeFilm], None, None]:
    """Make films; news of them come as they happen, in any order.

    Args:
        tasks: begun in this order.
        how: makes each.
        workers: processes.
        ray: make them on Ray Data, which may reach other machines.
        told: how much of a film is done, where it is made in this very process.

    Raises:
        InputError: Ray is wanted and not installed.
    """
    if ray:
        yield from _on_ray(tasks, how, workers)
    elif workers > 1:
        yield from shared_out(partial(_begin, how), tasks, workers)
    else:
        for number, task in enumerate(tasks):
            yield protected(how, task, partial(told, number), number)


def _begin(how: HowMade) -> Work[SourceTask, MadeFilm]:
    return how


def _on_ray(tasks: Sequence[SourceTask], how: HowMade, workers: int) -> Generator[News[MadeFilm], None, None]:
    ray: Any = extra_module("ray", PURPOSE, "scale")
    data: Any = extra_module("ray.data", PURPOSE, "scale")
    if not ray.is_initialized():
        ray.init(include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
    # There is one progress bar, ours.
    data.DataContext.get_current().enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)

    def made(row: dict[str, Any]) -> dict[str, Any]:
        return as_row(how, tasks[int(row["film"])], int(row["film"]))

    rows = data.from_items([{"film": number} for number in range(len(tasks))], override_num_blocks=max(len(tasks), 1))
    for row in rows.map(made, concurrency=workers, num_cpus=1).iter_rows():
        result = MadeFilm.from_text(row["text"]) if row["text"] else None
        failed = Failed(row["sentence"], trace=row["trace"]) if result is None else None
        yield News(int(row["film"]), 1.0, result=result, failed=failed)


def as_row(how: HowMade, task: SourceTask, number: int) -> dict[str, Any]:
    """Make a film on Ray: its number, and what was made of it as JSON, or why nothing was."""
    news = protected(how, task, _untold, number)
    failed = news.failed or Failed("")
    text = news.result.text() if news.result is not None else ""
    return {"film": number, "text": text, "sentence": failed.sentence, "trace": failed.trace}


def _untold(_share: float) -> None:
    """Where nobody can be told how much of a film is done."""
