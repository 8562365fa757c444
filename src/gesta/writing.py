"""Writing files so that old ones stay whole until new ones are."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gesta.errors import OutputError, reason_of


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Give a temporary path beside `path` to write to; when the block ends well it takes the place of `path`.

    What was written is flushed to the disk before it is renamed. If anything goes wrong, Ctrl-C included, the
    temporary file is removed and an older file at `path` stays as it was. The temporary name keeps the suffix, since
    some writers choose their format by it.

    Raises:
        OutputError: the file cannot be written (no such folder, no permission, disk full).
    """
    path = Path(path)
    temporary = path.with_name(f".{path.stem}.{secrets.token_hex(4)}.part{path.suffix}")
    try:
        yield temporary
        with temporary.open("r+b") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"Cannot write {path}: {error.strerror or error}.") from error
    finally:
        # After the renaming there is nothing left to remove.
        temporary.unlink(missing_ok=True)


@contextmanager
def refused_as(sentence: Callable[[str], str]) -> Iterator[None]:
    """Say in one sentence why the files that a block writes cannot be written.

    Args:
        sentence: takes the reason, in words, and makes the whole sentence.

    Raises:
        OutputError: the system, or a writer, could not write.
    """
    try:
        yield
    except OSError as error:
        raise OutputError(sentence(reason_of(error))) from error
    except OutputError as error:
        # Writers name the temporary place they were given, which means nothing to anybody.
        if isinstance(error.__cause__, OSError):
            raise OutputError(sentence(reason_of(error.__cause__))) from error
        raise
