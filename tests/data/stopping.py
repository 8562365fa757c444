"""Stops a run at each of its flushes in turn, as a power cut would, and lets it go on."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gesta.data.prepare import Prepared
from tests.cli.running import everything_in

MOST_FLUSHES = 100


class Killed(BaseException):
    """What stops a run in these tests."""


@contextmanager
def power_until(flush: int) -> Iterator[None]:
    """Stops what runs inside by `Killed` when it flushes a file for the so manyth time."""
    real, calls = os.fsync, 0

    def stopping(handle: int) -> None:
        nonlocal calls
        calls += 1
        if calls == flush:
            raise Killed
        real(handle)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "fsync", stopping)
        yield


def flushes_survived(make: Callable[[Path], Prepared], folder: Path) -> int:
    """Check that a run which was stopped at any flush goes on to the same bytes; returns how many flushes there are.

    Args:
        make: prepares a data set in a folder, or goes on with it.
        folder: takes all the data sets.
    """
    make(folder / "whole")
    whole = everything_in(folder / "whole")
    for stop_at in range(1, MOST_FLUSHES):
        stopped = folder / f"stopped{stop_at}"
        try:
            with power_until(stop_at):
                make(stopped)
        except Killed:
            assert make(stopped).info.complete
            assert everything_in(stopped) == whole, f"stopped at flush {stop_at}"
        else:
            break
    return stop_at
