"""Folders that appear whole, disappear whole and belong to one training at a time."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gesta.errors import OutputError
from gesta.locking import only_writer
from gesta.motion.writing_together import PARTIAL


@contextmanager
def appearing(folder: Path) -> Iterator[Path]:
    """A hidden folder to fill, flushed to the disk and renamed to `folder` when the block ends well, else removed.

    Raises:
        OutputError: it cannot be written, or the disk is full.
    """
    hidden: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        hidden = folder.with_name(f"{PARTIAL[0]}{secrets.token_hex(4)}{PARTIAL[1]}")
        hidden.mkdir()
        yield hidden
        for path in (*hidden.rglob("*"), hidden):
            _flush(path)
        remove(folder)
        hidden.rename(folder)
        _flush(folder.parent)
    except OSError as error:
        raise _refusal(folder, error) from error
    except OutputError as error:
        # The writers name the hidden folder, which means nothing to anybody.
        if isinstance(error.__cause__, OSError):
            raise _refusal(folder, error.__cause__) from error
        raise
    finally:
        if hidden is not None:
            shutil.rmtree(hidden, ignore_errors=True)


def _refusal(folder: Path, error: OSError) -> OutputError:
    reason = (error.strerror or str(error)).lower()
    return OutputError(f"'{folder}' cannot be written ({reason}): check the folder and its free space.")


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove(folder: Path) -> None:
    """Remove a folder so that no part of it is ever seen under its name."""
    if folder.exists():
        hidden = folder.with_name(f"{PARTIAL[0]}old-{folder.name}{PARTIAL[1]}")
        shutil.rmtree(hidden, ignore_errors=True)
        folder.rename(hidden)
        shutil.rmtree(hidden, ignore_errors=True)


def remove_partial(folder: Path) -> None:
    """Remove what a killed training left half written in a folder."""
    for path in folder.glob(f"{PARTIAL[0]}*{PARTIAL[1]}"):
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Keep other trainings out of a folder; the system lets go of it when this process ends, however it ends.

    Raises:
        OutputError: the folder cannot be made, or another process trains into it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OutputError(
            f"The folder '{folder}' cannot be made ({reason}): choose another one with output=."
        ) from None
    with only_writer(folder, f"Another process trains into '{folder}': wait for it or choose output=."):
        yield
