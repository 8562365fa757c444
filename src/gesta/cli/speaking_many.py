"""`gesta speak` for many recordings: a process per core, one progress bar for all, and no bad file stops the others."""

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial

from gesta.cli.console import Report, note, out_is_seen, progress_bar, say_cost
from gesta.cli.recordings import Recording
from gesta.cli.speaking import OF_TAKE, Made, Order, Speaking, say_made
from gesta.errors import InputError, OutputError
from gesta.memory import available_memory_bytes
from gesta.processes import Failed, News, Tell, core_count, protected, shared_out

PROCESS_BYTES = 1_000_000_000
"""Memory that a process may come to need, with half an hour of speech; the networks of a model come on top."""
FEWEST_EACH = 4
"""A process takes seconds to begin, so that it is not worth it for fewer recordings than this."""
STAGES = {"hearing": (0.0, 0.2), "moving": (0.2, 0.6), "writing": (0.6, 0.65), "drawing": (0.65, 0.97)}
"""Shares of a recording's work: roughly, so that the bar goes on evenly."""
TOLD_EVERY_S = 0.2


def workers_for(recordings: int, speaking: Speaking) -> int:
    """How many processes are worth it here: one per core, where there is memory and work for it; one for a GPU."""
    bundle = getattr(speaking.model, "bundle", None)
    weights, on_gpu = 0, False
    if bundle is not None:
        tensors = list(bundle.model.parameters())
        weights = sum(tensor.numel() * tensor.element_size() for tensor in tensors)
        on_gpu = any(tensor.is_cuda for tensor in tensors)
    if on_gpu:
        return 1
    available = available_memory_bytes()
    fitting = core_count() if available is None else available // (PROCESS_BYTES + weights)
    return max(1, min(core_count(), recordings // FEWEST_EACH, fitting))


def speak_many(speaking: Speaking, recordings: Sequence[Recording], workers: int) -> None:
    """Speak recordings, in several processes if there are to be more than one; say what came of each, and of all.

    Raises:
        InputError: some came to nothing; all others are done.
        OutputError: results cannot be written, which would be so for the others too.
    """
    course = Course(recordings)
    try:
        with progress_bar(f"{len(recordings)} recordings", redirected=out_is_seen()) as report:
            if workers == 1:
                news = _here(speaking, recordings, course.told(report))
            else:
                news = shared_out(partial(begin, speaking.order), recordings, workers)
            with closing(news):
                for one in news:
                    course.heard(one, report)
    finally:
        course.sum_up(workers)
    if course.failed:
        raise InputError(
            f"{len(course.failed)} of {len(recordings)} recordings could not be spoken (named above); the same command "
            "tries them again and keeps the others."
        )


def begin(order: Order) -> Callable[[Recording, Tell], Made]:
    """In a process of its own: load the model, once for all recordings."""
    speaking = Speaking(order)

    def work(recording: Recording, tell: Tell) -> Made:
        return speaking.made(recording, stages(tell, order.samples))

    return work


def stages(tell: Tell, takes: int) -> Report:
    """Who is told of the stages of a recording's takes, and tells the share of the whole, which never goes back."""
    reached, said_s = 0.0, 0.0

    def report(what: str, done: int, of: int) -> None:
        nonlocal reached, said_s
        stage, _, which = what.partition(OF_TAKE)
        first, last = STAGES.get(stage, (0.0, 0.0))
        before = int(which.split()[0]) - 1 if which else 0
        reached = max(reached, (before + first + (last - first) * done / max(of, 1)) / takes)
        if time.monotonic() - said_s >= TOLD_EVERY_S:
            said_s = time.monotonic()
            tell(reached)

    return report


def _here(
    speaking: Speaking, recordings: Sequence[Recording], tell: Callable[[int], Tell]
) -> Generator[News[Made], None, None]:
    """The same without other processes."""

    def work(recording: Recording, told: Tell) -> Made:
        return speaking.made(recording, stages(told, speaking.order.samples))

    for number, recording in enumerate(recordings):
        yield protected(work, recording, tell(number), number)


@dataclass
class Course:
    """How far many recordings have come.

    Attributes:
        recordings: all of them.
        shares: how much of each is done, 0 to 1.
        made: those that are done.
        failed: those that came to nothing.
    """

    recordings: Sequence[Recording]
    shares: dict[int, float] = field(default_factory=dict)
    made: list[Made] = field(default_factory=list)
    failed: dict[int, Failed] = field(default_factory=dict)
    began_s: float = field(default_factory=time.perf_counter)

    def __post_init__(self) -> None:
        self.sizes = [recording.size for recording in self.recordings]

    def told(self, report: Report) -> Callable[[int], Tell]:
        """For each recording who is told its share."""
        return lambda number: lambda share: self._at(number, share, report)

    def heard(self, news: News[Made], report: Report) -> None:
        """Take news of a recording."""
        self._at(news.task, news.share, report)
        if news.failed is not None:
            if isinstance(news.failed.error, OutputError):
                raise news.failed.error
            self.failed[news.task] = news.failed
        if news.result is not None:
            self.made.append(news.result)
            say_made(news.result)

    def sum_up(self, workers: int) -> None:
        """Say what came of all."""
        new, kept = ([one for one in self.made if one.kept is there] for there in (False, True))
        for number, failed in sorted(self.failed.items()):
            path = str(self.recordings[number].path)
            # Most sentences name the file themselves.
            named = failed.sentence if path in failed.sentence else f"'{path}': {failed.sentence}"
            note(f"failed: {named}")
            for line in failed.trace.splitlines():
                note(line)
        undone = len(self.recordings) - len(self.made) - len(self.failed)
        counts = {"made": len(new), "kept from before": len(kept), "failed": len(self.failed), "not finished": undone}
        said = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
        note(f"{len(self.recordings)} recordings: {said or 'none'}.")
        if new:
            seconds = time.perf_counter() - self.began_s
            with_each = f" in each of {workers} processes" if workers > 1 else ""
            say_cost(
                "in all", sum(one.speech_s for one in new), seconds, "", max(one.peak_mb for one in new), with_each
            )

    def _at(self, number: int, share: float, report: Report) -> None:
        self.shares[number] = share
        done = sum(self.sizes[one] * part for one, part in self.shares.items())
        report("speaking", round(done), sum(self.sizes))
