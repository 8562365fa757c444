"""Tasks in several processes: every one done once, mistakes told, and a process that dies costs its task alone."""

import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from gesta.errors import InputError
from gesta.processes import News, Tell, protected, shared_out


def begin(folder: Path) -> Callable[[int, Tell], int]:
    (folder / str(os.getpid())).touch()

    def work(task: int, tell: Tell) -> int:
        tell(0.5)
        if task == 3:
            raise InputError("Three is no good.")
        if task == 4:
            raise ZeroDivisionError("by four")
        if task == 5:
            os._exit(9)
        time.sleep(0.05)
        return task * task

    return work


def refuse() -> Callable[[int, Tell], int]:
    raise InputError("There is nothing to begin with.")


def test_every_task_is_done_once_and_failures_are_told(tmp_path: Path) -> None:
    news = list(shared_out(partial(begin, tmp_path), list(range(8)), 2))
    done = {one.task: one.result for one in news if one.result is not None}
    assert done == {task: task * task for task in (0, 1, 2, 6, 7)}
    failed = {one.task: one.failed for one in news if one.failed is not None}
    assert sorted(failed) == [3, 4, 5]
    assert failed[3].sentence == "Three is no good."
    assert isinstance(failed[3].error, InputError)
    assert "ZeroDivisionError: by four" in failed[4].trace
    assert "ended by itself" in failed[5].sentence
    assert {one.task for one in news if one.share == 0.5} >= {0, 1, 2, 3, 4, 6, 7}
    assert len(list(tmp_path.iterdir())) == 3, "two processes, and one for the one that died"


def test_what_cannot_begin_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing to begin with"):
        list(shared_out(refuse, [1, 2], 2))


def test_in_this_process_failures_are_told_the_same_way(tmp_path: Path) -> None:
    work = begin(tmp_path)
    shares: list[float] = []
    assert protected(work, 6, shares.append) == News(0, 1.0, result=36)
    assert shares == [0.5]
    assert protected(work, 3, shares.append).failed.sentence == "Three is no good."
    assert "ZeroDivisionError" in protected(work, 4, shares.append).failed.trace
    with pytest.raises(KeyboardInterrupt):
        protected(stopped, 1, shares.append)


def stopped(_task: int, _tell: Tell) -> None:
    raise KeyboardInterrupt
