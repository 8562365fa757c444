"""What commands share towards the terminal: progress with the time left, and what a run has cost."""

import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

KIBIBYTE = 1024

out = Console(highlight=False, soft_wrap=True)
"""Results go to standard output ..."""
err = Console(stderr=True, highlight=False)
"""... and progress to standard error, so that results can be piped."""


def peak_memory_mb() -> float:
    """Most memory this process has had, in megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts kibibytes, macOS bytes.
    return peak / 1e6 if sys.platform == "darwin" else peak * KIBIBYTE / 1e6


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[str, int, int], None]]:
    """Show progress with the time left; gives the function to report to: what, done, of how many."""
    columns = (
        TextColumn(title),
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=True) as bar:
        tasks: dict[str, int] = {}

        def report(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=of)
            bar.update(tasks[what], completed=done)  # type: ignore[arg-type]

        yield report
