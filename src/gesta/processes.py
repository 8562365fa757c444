"""Work shared out among processes of one thread each: how they begin, what they say, and how they end.

A process that ends by itself, for want of memory mostly, costs the task it was at and nothing else: another one takes
its place. Ctrl-C and the death of the parent end every process the same way: by an exception, so that what is half
written is cleared away.
"""

import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from types import FrameType
from typing import Any, Generic, TypeVar

from gesta.errors import GestaError

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
"""What keeps numerical libraries to one thread in a process that is about to start."""
LAST_SECONDS = 120.0
"""A process that was asked to end has so long to clear up: one that is compiling a kernel has to finish that first."""
STOPS = (signal.SIGINT, signal.SIGTERM)

Task = TypeVar("Task")
Result = TypeVar("Result")
Tell = Callable[[float], None]
"""Takes how much of a task is done, 0 to 1."""
Work = Callable[[Task, Tell], Result]


@dataclass(frozen=True)
class Failed:
    """A task that came to nothing.

    Attributes:
        sentence: what is wrong and what to do.
        error: where the user can do something about it.
        trace: where it is a mistake of ours: what Python says of it.
    """

    sentence: str
    error: GestaError | None = None
    trace: str = ""


@dataclass(frozen=True)
class News(Generic[Result]):
    """What has become of a task.

    Attributes:
        task: its place among the tasks.
        share: how much of it is done, 0 to 1.
        result: of a task that is done.
        failed: of one that came to nothing.
    """

    task: int
    share: float
    result: Result | None = None
    failed: Failed | None = None


def shared_out(
    begin: Callable[[], Work[Task, Result]], tasks: Sequence[Task], processes: int
) -> Generator[News[Result], None, None]:
    """Do tasks in several processes; news of them come as they happen, in any order.

    Args:
        begin: called once in each process, gives what does one task there; it and the tasks can be sent.
        tasks: what is to be done; begun in this order.
        processes: how many.

    Raises:
        GestaError: `begin` could not begin.
    """
    crew = [_Worker(begin) for _ in range(min(processes, len(tasks)))]
    waiting = list(enumerate(tasks))[::-1]
    try:
        while True:
            for worker in crew:
                if worker.task is None and waiting:
                    worker.give(*waiting.pop())
            busy = {worker.connection: worker for worker in crew if worker.task is not None}
            if not busy:
                return
            for connection in wait(list(busy)):
                assert isinstance(connection, Connection)
                worker = busy[connection]
                news = worker.news()
                if worker.ended:
                    crew.remove(worker)
                    crew += [_Worker(begin)] if waiting else []
                yield news
    finally:
        for worker in crew:
            worker.process.terminate()
        for worker in crew:
            worker.end()


def protected(work: Work[Task, Result], task: Task, tell: Tell, number: int = 0) -> News[Result]:
    """Do a task in this very process; failures come back as news."""
    try:
        return News(number, 1.0, result=work(task, tell))
    except GestaError as error:
        return News(number, 1.0, failed=Failed(str(error), error))
    except Exception as error:
        sentence = f"a mistake in gesta ({type(error).__name__}: {error}); please report it."
        return News(number, 1.0, failed=Failed(sentence, trace=traceback.format_exc()))


class _Worker:
    """One process, and the task it is at."""

    def __init__(self, begin: Callable[[], Any]) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        # Forking a process that has threads of numerical libraries can hang.
        self.process: SpawnProcess = context.Process(target=_work, args=(theirs, begin), daemon=True)
        with one_thread_each(), _deaf_to_ctrl_c():
            self.process.start()
        theirs.close()
        self.task: int | None = None
        self.ended = False

    def give(self, number: int, task: object) -> None:
        """Begin a task."""
        self.task = number
        with suppress(OSError):
            # Where the process has gone, `news` will say so.
            self.connection.send((number, task))

    def news(self) -> News[Any]:
        """What the process has to say."""
        assert self.task is not None
        try:
            news = self.connection.recv()
        except (EOFError, OSError):
            self.ended = True
            self.end()
            sentence = "the process that was at it ended by itself, mostly for want of memory; try fewer --workers."
            return News(self.task, 1.0, failed=Failed(sentence))
        if isinstance(news, GestaError):
            raise news
        if news.result is not None or news.failed is not None:
            self.task = None
        return news

    def end(self) -> None:
        """Wait until the process has ended."""
        self.process.join(LAST_SECONDS)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self.connection.close()


def _work(connection: Connection, begin: Callable[[], Work[Any, Any]]) -> None:
    """What a process does: tasks, until nobody gives it one."""
    end_as_the_parent_does()
    with suppress(EOFError, BrokenPipeError, SystemExit):
        try:
            work = begin()
        except GestaError as error:
            connection.recv()
            connection.send(error)
            return
        while True:
            number, task = connection.recv()

            def tell(share: float, number: int = number) -> None:
                connection.send(News(number, share))

            connection.send(protected(work, task, tell, number))


def end_as_the_parent_does() -> None:
    """In a new process: let Ctrl-C, a request to end and the death of the parent end it, by SystemExit, once."""
    for number in STOPS:
        signal.signal(number, _stop)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _stop(_number: int, _frame: FrameType | None) -> None:
    # Ctrl-C comes to every process, and then the parent asks them to end: the second must not disturb the first.
    for number in STOPS:
        signal.signal(number, _go_on)
    raise SystemExit


def _go_on(_number: int, _frame: FrameType | None) -> None:
    """Not SIG_IGN: of a signal that is on its way while that is set Python prints that it was lost."""


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Let a process that is started now not hear Ctrl-C until it knows what to do then."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Let processes that are started now use one thread each."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def thread_count() -> int:
    """How many threads this process is to use: as many as there are cores, or as it was told."""
    told = os.environ.get(THREADS[0], "")
    return int(told) if told.isdigit() and int(told) else core_count()


def core_count() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
