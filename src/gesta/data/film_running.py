"""Films made in this process, in several, or on Ray Data: the same function of each film, the same results."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from gesta.data.film_clips import Making
from gesta.data.film_making import FilmTask, MadeFilm, make_film
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

    def __call__(self, task: FilmTask, tell: Tell) -> MadeFilm:
        """Make one."""
        return make_film(task, self.making, self.folder, tell)


def films_made(
    tasks: Sequence[FilmTask], how: HowMade, workers: int, ray: bool, told: Told
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


def _begin(how: HowMade) -> Work[FilmTask, MadeFilm]:
    return how


def _on_ray(tasks: Sequence[FilmTask], how: HowMade, workers: int) -> Generator[News[MadeFilm], None, None]:
    extra_module("ray", PURPOSE, "scale")
    data: Any = extra_module("ray.data", PURPOSE, "scale")
    rows = data.from_items([{"film": number} for number in range(len(tasks))], override_num_blocks=max(len(tasks), 1))
    made = rows.map(RayMaker, fn_constructor_args=(tuple(tasks), how), concurrency=workers, num_cpus=1)
    for row in made.iter_rows():
        if row["text"]:
            yield News(row["film"], 1.0, result=MadeFilm.from_text(row["text"]))
        else:
            yield News(row["film"], 1.0, failed=Failed(row["sentence"], trace=row["trace"]))


class RayMaker:
    """What Ray Data calls for each row: {"film": its number} becomes what was made of it, as JSON."""

    def __init__(self, tasks: Sequence[FilmTask], how: HowMade) -> None:
        self._tasks, self._how = tasks, how

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """Make one film."""
        number = int(row["film"])
        news = protected(self._how, self._tasks[number], _untold, number)
        failed = news.failed or Failed("")
        text = news.result.text() if news.result is not None else ""
        return {"film": number, "text": text, "sentence": failed.sentence, "trace": failed.trace}


def _untold(_share: float) -> None:
    """Where nobody can be told how much of a film is done."""
