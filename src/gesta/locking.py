"""Locks on folders, so that two processes never write into the same one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto
from pathlib import Path

from gesta.errors import OutputError

try:
    import fcntl
except ImportError:  # Windows, where nothing keeps two processes out of one folder
    fcntl = None  # type: ignore[assignment]


class Lock(Enum):
    """Whose a folder is: ours, another process's, or nobody can tell, where the system has no locks."""

    OURS = auto()
    ANOTHERS = auto()
    UNKNOWN = auto()


@contextmanager
def locked(folder: Path) -> Iterator[Lock]:
    """Try to lock a folder; the system lets go of it when this process ends, however it ends.

    Args:
        folder: is there.

    Yields:
        whose it is; a lock of ours is held until the block ends.

    Raises:
        OSError: the folder cannot be opened.
    """
    if fcntl is None:
        yield Lock.UNKNOWN
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            whose = Lock.OURS
        except BlockingIOError:
            whose = Lock.ANOTHERS
        except OSError:
            # Some network file systems have no locks.
            whose = Lock.UNKNOWN
        yield whose
    finally:
        os.close(handle)


@contextmanager
def only_writer(folder: Path, refusal: str) -> Iterator[None]:
    """Keep other processes out of a folder.

    Args:
        folder: is there.
        refusal: the sentence for the user where another process has it.

    Raises:
        OutputError: another process has it.
        OSError: the folder cannot be opened.
    """
    with locked(folder) as whose:
        if whose is Lock.ANOTHERS:
            raise OutputError(refusal)
        yield
