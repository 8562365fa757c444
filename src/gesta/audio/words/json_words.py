"""Words in JSON, wherever they lie: whoever has a text, a beginning and an end is a word, or holds words.

Where such a thing holds others of its kind (a segment with its words), only the inner ones count.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gesta.audio.words.names import DURATION_NAMES, END_NAMES, PAIR_NAMES, START_NAMES, TEXT_NAMES, plain_name, unit_of
from gesta.audio.words.spans import Found, Span
from gesta.audio.words.textgrid import PHONE_TIERS, WORD_TIERS
from gesta.errors import InputError

TRIPLE = 3


@dataclass
class Search:
    """What was found so far."""

    phones: list[Span] = field(default_factory=list)
    whole: bool = True

    def number(self, value: Any, unit_s: float = 1.0) -> float | None:
        """A time that stands in the file as a number or as text like "1.3s"."""
        if isinstance(value, str):
            try:
                value = float(value.strip().removesuffix("s"))
            except ValueError:
                return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        self.whole = self.whole and isinstance(value, int) and unit_s == 1.0
        return float(value) * unit_s


def read_json_of_words(text: str, path: Path) -> Found:
    """The words of a JSON file; sounds where they come with their words (Gentle) or in tiers (MFA).

    Raises:
        InputError: it is not JSON.
    """
    search = Search()
    try:
        content = json.loads(text)
        spans = _spans_in(content, search)
    except (ValueError, RecursionError, OverflowError):
        raise InputError(f"The file of words '{path}' is not JSON; write it again.") from None
    language = content.get("language") if isinstance(content, dict) else None
    return Found(spans, search.phones, search.whole, _short(language) if isinstance(language, str) else "")


def _short(language: str) -> str:
    """The first part of a language's tag, as in "en-GB"; nothing for anything else."""
    first = language.strip().lower().replace("_", "-").partition("-")[0]
    return first if first.isalpha() and len(first) in (2, 3) else ""


def _spans_in(node: Any, search: Search) -> list[Span]:
    if isinstance(node, list):
        triple = _triple(node, search)
        return [triple] if triple else [span for item in node for span in _spans_in(item, search)]
    if not isinstance(node, dict):
        return []
    if isinstance(node.get("tiers"), dict):
        return _tiers(node["tiers"], search)
    table = {plain_name(name): value for name, value in node.items()}
    if rows := _columns(table):
        return [span for row in rows for span in _spans_in(row, search)]
    inner = [span for value in node.values() if isinstance(value, list | dict) for span in _spans_in(value, search)]
    own = None if inner else _own(table, search)
    return inner if own is None else [own]


def _own(table: Mapping[str, Any], search: Search) -> Span | None:
    """The word that a table is."""
    text = next((table[name] for name in TEXT_NAMES if isinstance(table.get(name), str)), None)
    if text is None:
        return None
    pair = next((table[name] for name in PAIR_NAMES if isinstance(table.get(name), list)), None)
    if pair is not None and len(pair) == 2:
        start, end = search.number(pair[0]), search.number(pair[1])
    else:
        start, end = _time(table, START_NAMES, search), _time(table, END_NAMES, search)
        length = _time(table, DURATION_NAMES, search) if start is not None and end is None else None
        end = end if length is None or start is None else start + length
    if start is None or end is None:
        return None
    _note_phones(table.get("phones"), start, search)
    return Span(text, start, end)


def _time(table: Mapping[str, Any], names: Sequence[str], search: Search) -> float | None:
    name = next((name for name in names if table.get(name) is not None), None)
    return None if name is None else search.number(table[name], unit_of(name))


def _note_phones(phones: Any, start: float, search: Search) -> None:
    """Gentle's sounds: each with a length, one after the other from the word's beginning, "ah_I" for AH inside."""
    for phone in phones if isinstance(phones, list) else ():
        if not isinstance(phone, dict) or not isinstance(phone.get("phone"), str):
            return
        length = search.number(phone.get("duration"))
        if length is None:
            return
        search.phones.append(Span(phone["phone"].partition("_")[0], start, start + length))
        start += length


def _triple(node: list[Any], search: Search) -> Span | None:
    """[start, end, text] or [text, start, end]."""
    if len(node) != TRIPLE or sum(isinstance(item, str) for item in node) != 1:
        return None
    start, end, text = node if isinstance(node[2], str) else (node[1], node[2], node[0])
    if not isinstance(text, str):
        return None
    start, end = search.number(start), search.number(end)
    return None if start is None or end is None else Span(text, start, end)


def _columns(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows, where a table holds lists of texts, beginnings and ends of the same length."""
    found: list[list[Any]] = [
        next((table[name] for name in names if isinstance(table.get(name), list)), [])
        for names in (TEXT_NAMES, START_NAMES, END_NAMES)
    ]
    if len({len(column) for column in found}) != 1:
        return []
    texts, starts, ends = found
    return [{"word": text, "start": start, "end": end} for text, start, end in zip(texts, starts, ends, strict=True)]


def _tiers(tiers: Mapping[str, Any], search: Search) -> list[Span]:
    """MFA's JSON: tiers by name with entries [start, end, text]."""
    words: list[Span] = []
    for name, tier in tiers.items():
        kind = str(name).rpartition(" - ")[2].strip().lower()
        entries = tier.get("entries") if isinstance(tier, dict) else None
        if kind in WORD_TIERS:
            words += _spans_in(entries, search)
        elif kind in PHONE_TIERS:
            search.phones += _spans_in(entries, search)
    return words
