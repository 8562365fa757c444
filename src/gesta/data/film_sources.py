"""The user's table of films: where each was published and what may be done with it.

A CSV file with the columns film, source and licence. `film` is a file's path below the folder that is prepared, or its
name, and may have * in it for anything; of several rows that fit, the first counts. What nobody says stays "unknown".
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from gesta.data.films import UNKNOWN
from gesta.errors import InputError, reason_of

COLUMNS = ("film", "source", "licence")
FILE_BYTES = 20_000_000
LONGEST_CELL = 2000


@dataclass(frozen=True)
class SourceRow:
    """One row: a film's name or a pattern of names, where such films were published, and their licence."""

    film: str
    source: str
    licence: str


def read_sources(path: Path) -> list[SourceRow]:
    """Read a table.

    Raises:
        InputError: it is missing, too large, or lacks a column.
    """
    try:
        if path.stat().st_size > FILE_BYTES:
            raise InputError(f"'{path}' is larger than {FILE_BYTES // 1_000_000} MB; divide the films' table.")
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file)
            lacking = [name for name in COLUMNS if name not in (table.fieldnames or ())]
            if lacking:
                raise InputError(f"'{path}' has no column {lacking[0]}; its first line must be {','.join(COLUMNS)}.")
            return [SourceRow(*((row[name] or "").strip()[:LONGEST_CELL] for name in COLUMNS)) for row in table]
    except OSError as error:
        raise InputError(f"'{path}' cannot be read: {reason_of(error)}.") from None
    except (UnicodeDecodeError, csv.Error):
        raise InputError(f"'{path}' is no CSV file in UTF-8; export the films' table again.") from None


def source_of(film: str, rows: Sequence[SourceRow], licence: str) -> tuple[str, str]:
    """Where a film was published, and its licence.

    Args:
        film: its path below the source, with /.
        rows: of the table.
        licence: of films that no row gives one.
    """
    name = PurePosixPath(film).name
    for row in rows:
        if fnmatchcase(film, row.film) or fnmatchcase(name, row.film):
            return row.source or UNKNOWN, row.licence or licence
    return UNKNOWN, licence
