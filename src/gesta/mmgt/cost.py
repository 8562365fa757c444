"""What a film will cost before it is made, and how much is left while it is: times measured, then multiplied.

All of it is an estimate. One call of the denoiser and one slice of decoding are tried on this machine, warm; the rest
is counting. Other programs, and a processor that grows hot, are not foreseen.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

from gesta.memory import peak_memory_bytes

LONG_S = 20.0


@dataclass(frozen=True)
class Cost:
    """An estimate of what a film takes.

    Attributes:
        calls: how often the denoiser is called.
        call_s: seconds of one call.
        frame_s: seconds to decode one frame.
        frames: frames of the film.
        memory_bytes: the most memory at one time: of the GPU, or of the process where there is none.
        device: where it was tried.
    """

    calls: int
    call_s: float
    frame_s: float
    frames: int
    memory_bytes: int
    device: str

    @property
    def seconds(self) -> float:
        """All in all."""
        return self.calls * self.call_s + self.frames * self.frame_s

    def __str__(self) -> str:
        return (
            f"about {shown_duration(self.seconds)} for {self.frames} frames "
            f"({self.calls} calls of {self.call_s:.2g} s) and {self.memory_bytes / 1e9:.1f} GB on {self.device}, "
            f"by a trial of one call"
        )


@dataclass(frozen=True)
class Progress:
    """How far a film is.

    Attributes:
        calls, all_calls: calls of the denoiser done, and in all.
        frames, all_frames: frames given out, and in all.
        seconds_left: at the pace so far; None before the first call.
    """

    calls: int
    all_calls: int
    frames: int
    all_frames: int
    seconds_left: float | None


class Meter:
    """Counts calls and frames, and tells a listener.

    Args:
        all_calls: calls of the denoiser in all.
        all_frames: frames in all.
        report: the listener; none: nobody listens.
        clock: seconds of a clock that only goes forward.
    """

    def __init__(
        self,
        all_calls: int,
        all_frames: int,
        report: Callable[[Progress], None] | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.calls = self.frames = 0
        self._all_calls, self._all_frames = all_calls, all_frames
        self._report, self._clock = report, clock
        self._begin, self._made = clock(), 0

    def called(self) -> None:
        """One more call was made."""
        self.calls += 1
        self._made += 1
        self._tell()

    def found(self, calls: int) -> None:
        """What these calls would have made was there already; it says nothing about the pace."""
        self.calls += calls
        self._tell()

    def given(self, frames: int) -> None:
        """More frames were given out."""
        self.frames += frames
        self._tell()

    def _tell(self) -> None:
        if self._report is None:
            return
        pace = (self._clock() - self._begin) / self._made if self._made else None
        left = None if pace is None else pace * (self._all_calls - self.calls)
        self._report(Progress(self.calls, self._all_calls, self.frames, self._all_frames, left))


def warm_seconds(trial: Callable[[], object], device: torch.device) -> float:
    """Seconds that something takes the second time, when caches are warm and programs compiled.

    What takes long takes about as long each time, and is tried only once.
    """
    seconds = 0.0
    for _ in range(2):
        begin = time.perf_counter()
        trial()
        _wait(device)
        seconds = time.perf_counter() - begin
        if seconds > LONG_S and device.type == "cpu":
            break
    return seconds


def memory_so_far(device: torch.device) -> int:
    """The most bytes there were at one time: of the GPU since its count was last begun, or of the process."""
    return torch.cuda.max_memory_allocated(device) if device.type == "cuda" else peak_memory_bytes()


def shown_duration(seconds: float) -> str:
    """Seconds in the unit that suits, for example "4 minutes"."""
    for unit, size in (("hours", 3600.0), ("minutes", 60.0)):
        if seconds >= 2.0 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
