"""Ends a training between two steps: on Ctrl-C, when the system asks for it, or when its time is up."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stop:
    """Whether to stop.

    Attributes:
        deadline: when time is up, on time.monotonic's clock; None: never.
        signal: the number of the signal that came, if one did.
    """

    def __init__(self, deadline: float | None = None) -> None:
        self.deadline = deadline
        self.signal: int | None = None

    @property
    def time_is_up(self) -> bool:
        """Whether the deadline has passed."""
        return self.deadline is not None and time.monotonic() >= self.deadline

    @property
    def wanted(self) -> bool:
        """Whether this step should be the last."""
        return self.signal is not None or self.time_is_up

    def take(self, number: int, _frame: FrameType | None) -> None:
        """A signal handler that only remembers; whoever presses Ctrl-C twice does not want to wait."""
        if self.signal is not None:
            raise KeyboardInterrupt
        self.signal = number


@contextmanager
def stopping(deadline: float | None = None) -> Iterator[Stop]:
    """Watch for a reason to stop; a signal that came is passed on when the block has ended."""
    stop = Stop(deadline)
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, stop.take)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
    if stop.signal is not None:
        signal.raise_signal(stop.signal)
