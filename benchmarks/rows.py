"""Rows of docs/performance.md: something timed by turns with its baseline."""

import statistics
import time
from collections.abc import Callable, Iterable

REPEATS = 5

Row = tuple[str, float, str, str, float]
"""What was done, its seconds, what that is, the baseline, its seconds."""


def alternating(
    work: Callable[[], object],
    baseline: Callable[[], object],
    repeats: int = REPEATS,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[float, float]:
    """Median seconds of both by a clock, after one run of each that is not counted."""
    spent: tuple[list[float], list[float]] = ([], [])
    for repeat in range(repeats + 1):
        for seconds, one in zip(spent, (work, baseline), strict=True):
            start = clock()
            one()
            if repeat:
                seconds.append(clock() - start)
    return statistics.median(spent[0]), statistics.median(spent[1])


def table_lines(rows: Iterable[Row]) -> list[str]:
    """Rows as a table."""
    return [
        "| what | seconds | that is | baseline | ratio |",
        "|---|---|---|---|---|",
        *(
            f"| {what} | {seconds:.4f} | {per} | {baseline}, {spent:.4f} s | {seconds / spent:.2f} |"
            for what, seconds, per, baseline, spent in rows
        ),
    ]
