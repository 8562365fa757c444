"""Words in a table, CSV or TSV, with a row of names or without.

With names any order will do: word or text, start, end or duration; a column Type of "words" and "phones" (as the
Montreal Forced Aligner writes) brings sounds too. Without names a row is two times and a text, in either order.
"""

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gesta.audio.words.names import DURATION_NAMES, END_NAMES, START_NAMES, TEXT_NAMES, plain_name, unit_of
from gesta.audio.words.spans import Found, Span
from gesta.audio.words.text import brief
from gesta.errors import InputError

KIND_NAME = "type"


@dataclass(frozen=True)
class Columns:
    """Where things are in a row; -1 for what is not there."""

    text: int
    start: int
    end: int
    duration: int = -1
    kind: int = -1
    unit_s: float = 1.0


def read_table_of_words(text: str, path: Path) -> Found:
    """The words of a CSV or TSV file.

    Raises:
        InputError: it is no such table, or a row has no times.
    """
    head = text.lstrip().partition("\n")[0]
    delimiter = max("\t;,", key=head.count)
    try:
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(map(str.strip, row))]
    except csv.Error:
        raise InputError(f"The file of words '{path}' is no table; write word,start,end rows.") from None
    if not rows:
        raise InputError(f"The file of words '{path}' is empty.")
    named = not any(_is_number(cell) for cell in rows[0])
    columns = _named_columns(rows[0]) if named else _unnamed_columns(rows[0])
    if columns is None:
        raise InputError(
            f"The file of words '{path}' does not say where words and times are; begin it with the row word,start,end."
        )
    spans: dict[str, list[Span]] = {}
    for number, row in enumerate(rows[named:], 1 + named):
        kind = row[columns.kind].strip().lower() if 0 <= columns.kind < len(row) else ""
        spans.setdefault(kind, []).append(_span(row, columns, number, path))
    whole = columns.unit_s == 1.0 and not any("." in cell for row in rows[named:] for cell in _times(row, columns))
    return Found(spans.get("words", spans.get("word", spans.get("", []))), spans.get("phones", []), whole)


def _is_number(cell: str) -> bool:
    try:
        return math.isfinite(float(cell))
    except ValueError:
        return False


def _named_columns(row: Sequence[str]) -> Columns | None:
    names = [plain_name(cell) for cell in row]

    def place(wanted: Sequence[str]) -> int:
        return next((names.index(name) for name in wanted if name in names), -1)

    text, start, end, duration = (place(w) for w in (TEXT_NAMES, START_NAMES, END_NAMES, DURATION_NAMES))
    if min(text, start) < 0 or max(end, duration) < 0:
        return None
    return Columns(text, start, end, duration if end < 0 else -1, place((KIND_NAME,)), unit_of(names[start]))


def _unnamed_columns(row: Sequence[str]) -> Columns | None:
    times = [place for place, cell in enumerate(row) if _is_number(cell)]
    texts = [place for place in range(len(row)) if place not in times[:2]]
    return Columns(texts[0], times[0], times[1]) if len(times) >= 2 and texts else None


def _times(row: Sequence[str], columns: Columns) -> list[str]:
    return [row[place] for place in (columns.start, columns.end, columns.duration) if 0 <= place < len(row)]


def _span(row: Sequence[str], columns: Columns, number: int, path: Path) -> Span:
    try:
        start, last = (float(cell) * columns.unit_s for cell in _times(row, columns))
        return Span(row[columns.text], start, start + last if columns.end < 0 else last)
    except (IndexError, ValueError):
        raise InputError(f"Row {number} of '{path}' has no word with two times: '{brief(','.join(row))}'.") from None
