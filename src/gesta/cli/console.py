"""What commands share towards the terminal: names shown safely, progress with the time left, what a run has cost."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from gesta.memory import peak_memory_bytes

LONGEST_TITLE = 24
PLAIN_LINE_EVERY_S = 10.0
"""How often progress is said where there is no terminal to draw a bar on."""
BAR_WIDTH = 24

Report = Callable[[str, int, int], None]
"""Takes what is being done, how much is done, and of how much."""

out = Console(highlight=False, soft_wrap=True)
"""Results go to standard output ..."""
err = Console(stderr=True, highlight=False)
"""... and progress to standard error, so that results can be piped."""


def shown(text: str | Path) -> str:
    """A name or sentence without anything that a terminal would act on or could not print."""
    return "".join(letter if letter.isprintable() else _escaped(letter) for letter in str(text))


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")


def say_written(path: Path) -> None:
    """Name a file that was written, on standard output."""
    out.print(shown(path), markup=False)


def note(text: str) -> None:
    """Say something on standard error, in one line that is never broken by us."""
    err.print(shown(text), markup=False, soft_wrap=True)


def peak_memory_mb() -> float:
    """Most memory this process has had, in megabytes."""
    return peak_memory_bytes() / 1e6


def say_cost(
    title: str, speech_s: float, seconds: float, extra: str = "", peak_mb: float | None = None, where: str = ""
) -> None:
    """Say in one line what a run has cost.

    Args:
        title: of what.
        speech_s: how much speech or motion it was, seconds.
        seconds: what it took.
        extra: more about its speed.
        peak_mb: most memory a process had; this process', if not given.
        where: in which processes that was.
    """
    peak = peak_memory_mb() if peak_mb is None else peak_mb
    note(
        f"{title}: {speech_s:.1f} s took {seconds:.1f} s "
        f"(real-time factor {seconds / speech_s:.2f}{extra}), peak {peak:.0f} MB{where}"
    )


def out_is_seen() -> bool:
    """Whether standard output is a terminal, where it must not run into a progress bar."""
    return out.is_terminal


@contextmanager
def progress_bar(title: str, redirected: bool = True) -> Iterator[Report]:
    """Show progress with the time left, as bars in a terminal and as a line now and then elsewhere.

    Args:
        title: of what.
        redirected: whether standard output goes above the bar meanwhile; not where it is piped elsewhere.
    """
    name = shown(title)
    name = name if len(name) <= LONGEST_TITLE else name[: LONGEST_TITLE - 1] + "…"
    if not err.is_interactive:
        yield PlainProgress(name)
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(BAR_WIDTH),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=True, redirect_stdout=redirected) as bar:
        tasks = {}

        def report(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(f"{name}: {what}", total=of)
            bar.update(tasks[what], completed=done)

        yield report


class PlainProgress:
    """Progress where nothing can be drawn, in a log file for example: a line now and then, nothing for short runs.

    Args:
        title: what the lines begin with.
        clock: seconds, increasing.
    """

    def __init__(self, title: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._title = title
        self._clock = clock
        self._said_s = clock()
        self._began: dict[str, float] = {}

    def __call__(self, what: str, done: int, of: int) -> None:
        """Take the news, and pass it on if the last line is long enough ago."""
        now = self._clock()
        began = self._began.setdefault(what, now)
        if now - self._said_s < PLAIN_LINE_EVERY_S or not 0 < done < of:
            return
        self._said_s = now
        left_s = (now - began) / done * (of - done)
        note(f"{self._title}: {what} {100 * done // of} %, about {left_s:.0f} s left")
