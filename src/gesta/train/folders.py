"""Folders that appear whole, disappear whole and belong to one training at a time."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gesta.locking import only_writer
from gesta.motion.writing_together import PARTIAL
from gesta.writing import refused_as


@contextmanager
def appearing(folder: Path) -> Iterator[Path]:
    """A hidden folder to fill, flushed to the disk and renamed to `folder` when the block ends well, else removed.

    Raises:
        OutputError: it cannot be written, or the disk is full.
    """
    hidden = folder.with_name(f"{PARTIAL[0]}{secrets.token_hex(4)}{PARTIAL[1]}")
    try:
        with refused_as(lambda why: f"'{folder}' cannot be written ({why}): check the folder and its free space."):
            folder.parent.mkdir(parents=True, exist_ok=True)
            hidden.mkdir()
            yield hidden
            for path in (*hidden.rglob("*"), hidden):
                _flush(path)
            remove(folder)
            hidden.rename(folder)
            _flush(folder.parent)
    finally:
        shutil.rmtree(hidden, ignore_errors=True)


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
    with refused_as(lambda why: f"The folder '{folder}' cannot be made ({why}): choose another one with output=."):
        folder.mkdir(parents=True, exist_ok=True)
    with only_writer(folder, f"Another process trains into '{folder}': wait for it or choose output=."):
        yield
