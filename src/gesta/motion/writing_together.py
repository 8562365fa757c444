"""Writing several files into a folder so that either all of them are there in the end, or none."""

import shutil
import signal
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from gesta.errors import OutputError
from gesta.locking import Lock, locked
from gesta.writing import refused_as

PARTIAL = (".gesta-", ".partial")
"""How the name of the hidden folder begins and ends in which results wait until they are whole."""


@contextmanager
def replacing_together(folder: Path, names: Sequence[str] = ()) -> Iterator[Path]:
    """A temporary folder in `folder` whose files move up into it at the end, all together, or not at all.

    Files in folders of the temporary folder move into folders of the same names. What an earlier run left that was
    killed is removed.

    Args:
        folder: made if it is not there; if this fails it is as it was.
        names: of the files that will be written, to be refused early where one is in the way.

    Raises:
        OutputError: the folder cannot be written, or the disk is full; nothing is left behind.
    """
    made: list[Path] = []
    beside: Path | None = None
    finished = False
    try:
        with refused_as(
            lambda why: f"The results cannot be written to '{folder}' ({why}): check the folder and its free space."
        ):
            made = [path for path in (folder, *folder.parents) if not path.exists()]
            folder.mkdir(parents=True, exist_ok=True)
            _refuse_folders(folder / name for name in names)
            _remove_abandoned(folder)
            beside = Path(tempfile.mkdtemp(prefix=PARTIAL[0], suffix=PARTIAL[1], dir=folder))
            with locked(beside):
                yield beside
                written = [path.relative_to(beside) for path in sorted(beside.rglob("*")) if path.is_file()]
                _refuse_folders(folder / path for path in written)
                with _uninterrupted():
                    for place in {folder / path.parent for path in written}:
                        place.mkdir(parents=True, exist_ok=True)
                    for path in written:
                        (beside / path).replace(folder / path)
                    finished = True
    finally:
        if beside is not None:
            shutil.rmtree(beside, ignore_errors=True)
        if not finished:
            for path in made:
                if path.is_dir() and not any(path.iterdir()):
                    path.rmdir()


def _refuse_folders(paths: Iterable[Path]) -> None:
    for path in paths:
        if path.is_dir():
            raise OutputError(f"'{path}' is a folder, but a file of that name is to be written; move it away.")


def _remove_abandoned(folder: Path) -> None:
    """Remove the temporary folders of runs that were killed; those of runs that still go on are locked and stay.

    Where the system has no locks, what a killed run leaves has to be removed by hand.
    """
    for path in folder.glob(f"{PARTIAL[0]}*{PARTIAL[1]}"):
        with suppress(OSError), locked(path) as whose:
            if whose is Lock.OURS and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM wait for a moment, so that they cannot part what belongs together."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    waiting: list[int] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, lambda number, _frame: waiting.append(number))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        for came in waiting:
            signal.raise_signal(came)
