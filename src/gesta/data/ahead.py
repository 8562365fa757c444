"""Making clips ahead in other processes, one thread each, while one process writes them in their order.

What a process has made waits in hidden files of the data set's folder, which the writer takes over and removes, and
which a later run removes where a killed one left them. The data set is the same however many processes make it.
"""

import multiprocessing
import os
import secrets
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

import numpy as np

from gesta.data.encoding import Block, EncodedClip, encoded
from gesta.data.manifest import DatasetInfo
from gesta.data.plans import PlannedClip
from gesta.data.rows import ITEM
from gesta.data.speech_files import SUFFIX, WrittenSpeech, cut, write_speech
from gesta.errors import InputError, OutputError
from gesta.motion.representation import Representation
from gesta.processes import one_thread_each

AHEAD = 2
"""Groups of clips that are made or wait for each process."""
BLOCK_ROWS = 1800
HIDDEN = ".ahead."


@dataclass(frozen=True)
class Stored:
    """A clip that waits in files.

    Attributes:
        rows: (frames, C and columns of truth) float32, without a header.
        channels: C.
        frames: how many.
        speech: its sound, where this clip was the first of its group to have it.
        said: what its record says.
    """

    rows: Path
    channels: int
    frames: int
    speech: WrittenSpeech | None
    said: Mapping[str, Any]

    def load(self) -> EncodedClip:
        """The clip, to be taken once: its file goes with the last row."""
        return EncodedClip(self.frames, self.speech, self.said, self._blocks())

    def _blocks(self) -> Iterator[Block]:
        width = self.rows.stat().st_size // (self.frames * ITEM.itemsize)
        with self.rows.open("rb") as file:
            while len(read := file.read(BLOCK_ROWS * width * ITEM.itemsize)):
                rows = np.frombuffer(read, ITEM).reshape(-1, width)
                yield rows[:, : self.channels], rows[:, self.channels :]
        self.rows.unlink()


def made_ahead(clips: Sequence[PlannedClip], info: DatasetInfo, folder: Path, processes: int) -> Iterator[PlannedClip]:
    """The same clips in the same order, made ahead by other processes; those that share work by one and the same.

    Args:
        clips: can be sent to another process.
        info: of the data set.
        folder: of the data set; nobody else writes to it.
        processes: how many.

    Raises:
        OutputError: a process ended by itself (usually for want of memory), or could not write.
    """
    groups = (tuple(group) for _, group in groupby(clips, key=lambda clip: clip.together or clip.id))
    with _nothing_left(folder), one_thread_each(), _pool(processes) as pool:
        waiting: deque[tuple[tuple[PlannedClip, ...], Future[list[Stored | InputError]]]] = deque()
        try:
            for group in groups:
                waiting.append((group, pool.submit(store, group, info, folder)))
                if len(waiting) >= AHEAD * processes:
                    yield from _taken(*waiting.popleft())
            while waiting:
                yield from _taken(*waiting.popleft())
        except BrokenProcessPool:
            raise OutputError(
                "A process that made clips ended by itself, mostly for want of memory; the same command with fewer "
                "--workers goes on from there."
            ) from None
        finally:
            pool.shutdown(cancel_futures=True)


def store(group: Iterable[PlannedClip], info: DatasetInfo, folder: Path) -> list[Stored | InputError]:
    """Make some clips and leave them in files; the reason for each one that cannot be used."""
    results: list[Stored | InputError] = []
    brought: set[str] = set()
    for clip in group:
        try:
            results.append(_stored(clip, info, folder, clip.speech_name not in brought))
            brought.add(clip.speech_name)
        except InputError as error:
            results.append(error)
    return results


def _stored(clip: PlannedClip, info: DatasetInfo, folder: Path, with_speech: bool) -> Stored:
    columns = info.columns
    coded = encoded(clip.load(), Representation(info.face_basis), columns)
    rows = _temporary(folder, ".rows")
    with rows.open("wb") as file:
        for block in coded.blocks:
            file.write(np.concatenate(block, axis=1).astype(ITEM).tobytes())
    speech = None
    if with_speech and isinstance(coded.speech, tuple):
        recording, start, stop = coded.speech
        path = _temporary(folder, SUFFIX)
        speech = WrittenSpeech(path, *write_speech(path, cut(recording.source.blocks(), start, stop)))
    said = {**coded.said, **{name: dict(value) for name, value in coded.later.items()}}
    return Stored(rows, sum(info.channels.values()), coded.frames, speech, said)


def _temporary(folder: Path, suffix: str) -> Path:
    """A name that a later run recognises as left over, see `growing.TEMPORARY`."""
    return folder / f"{HIDDEN}{secrets.token_hex(8)}.part{suffix}"


def _taken(group: Sequence[PlannedClip], made: "Future[list[Stored | InputError]]") -> Iterator[PlannedClip]:
    for clip, result in zip(group, made.result(), strict=True):
        if isinstance(result, InputError):
            yield replace(clip, load=_refusing(result))
            continue
        yield replace(clip, load=result.load)
        if result.speech is not None:
            # Where the data set had this sound already, nobody took the file.
            result.speech.path.unlink(missing_ok=True)


def _refusing(error: InputError) -> Any:
    def load() -> EncodedClip:
        raise error

    return load


def _pool(processes: int) -> ProcessPoolExecutor:
    # Forking a process that has threads of numerical libraries can hang.
    return ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), initializer=_begin)


def _begin() -> None:
    """In a new process: let Ctrl-C and the death of the parent end it at once and without a word."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


@contextmanager
def _nothing_left(folder: Path) -> Iterator[None]:
    """Remove what was made and not taken, once no process makes more."""
    try:
        yield
    finally:
        for left in folder.glob(f"{HIDDEN}*"):
            left.unlink(missing_ok=True)
