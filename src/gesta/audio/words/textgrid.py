"""Praat's TextGrid, long and short form alike.

Praat's manual ("TextGrid file formats") says how its text files are read: only free-standing numbers, texts in double
quotes (a quote in them doubled) and flags in angle brackets count, everything else is there for people; so the long
form is the short one with remarks, and one reader serves both.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gesta.audio.words.spans import Found, Span
from gesta.audio.words.text import brief
from gesta.errors import InputError

TOKEN = re.compile(
    r'"(?P<text>(?:[^"]|"")*+)"|(?P<flag><\w+>)|(?<!\S)(?P<number>[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)(?!\S)|![^\n]*'
)
WORD_TIERS = ("words", "word", "ort-mau", "ort", "transcript", "transcription")
PHONE_TIERS = ("phones", "phone", "mau", "phonemes", "segments")
"""Names of tiers; aligners of several speakers write "NAME - words"."""
INTERVALS, POINTS = "IntervalTier", "TextTier"
MOST_TIERS = 1000


@dataclass(frozen=True)
class Tier:
    """One row of a TextGrid that holds intervals."""

    name: str
    spans: list[Span]


def read_textgrid(text: str, path: Path) -> Found:
    """Words and, where there is a tier of them, speech sounds.

    Raises:
        InputError: the file is no TextGrid, or which of its tiers holds words cannot be told.
    """
    try:
        tiers = _tiers(_tokens(text))
    except (StopIteration, ValueError, OverflowError):
        raise InputError(f"The file of words '{path}' is no TextGrid, or a damaged one; save it again.") from None
    words = _named(tiers, WORD_TIERS) or (tiers if len(tiers) == 1 else [])
    names = ", ".join(f"'{brief(tier.name)}'" for tier in (words or tiers)[:5])
    if not words:
        raise InputError(f"No tier of '{path}' is named 'words': it has {names or 'none'}; name one so in Praat.")
    if len(words) > 1:
        raise InputError(f"'{path}' holds words in several tiers ({names}); keep one of them.")
    speaker = words[0].name.rpartition(" - ")[0]
    phones = [tier for tier in _named(tiers, PHONE_TIERS) if tier.name.rpartition(" - ")[0] == speaker]
    return Found(words[0].spans, phones[0].spans if phones else ())


def _named(tiers: list[Tier], names: tuple[str, ...]) -> list[Tier]:
    for name in names:
        if found := [tier for tier in tiers if tier.name.rpartition(" - ")[2].strip().lower() == name]:
            return found
    return []


def _tokens(text: str) -> Iterator[str | float]:
    """Texts and numbers, in order; flags are left out."""
    for match in TOKEN.finditer(text):
        if match["text"] is not None:
            yield match["text"].replace('""', '"')
        elif match["number"] is not None:
            yield float(match["number"])


def _tiers(tokens: Iterator[str | float]) -> list[Tier]:
    """The tiers of intervals; StopIteration or ValueError where the file does not go on as it must."""
    if _text(tokens) != "ooTextFile" or _text(tokens) != "TextGrid":
        raise ValueError
    _number(tokens), _number(tokens)
    tiers, count = [], int(_number(tokens))
    if not 0 <= count <= MOST_TIERS:
        raise ValueError
    for _ in range(count):
        kind, name = _text(tokens), _text(tokens)
        _number(tokens), _number(tokens)
        size = int(_number(tokens))
        if kind == INTERVALS:
            tiers.append(Tier(name, [_interval(tokens) for _ in range(size)]))
        elif kind == POINTS:
            for _ in range(size):
                _number(tokens), _text(tokens)
        else:
            raise ValueError
    return tiers


def _interval(tokens: Iterator[str | float]) -> Span:
    start, end = _number(tokens), _number(tokens)
    return Span(_text(tokens), start, end)


def _number(tokens: Iterator[str | float]) -> float:
    token = next(tokens)
    if isinstance(token, str):
        raise ValueError
    return token


def _text(tokens: Iterator[str | float]) -> str:
    token = next(tokens)
    if not isinstance(token, str):
        raise ValueError
    return token
