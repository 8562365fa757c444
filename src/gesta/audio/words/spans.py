"""From stretches of text with times to words: checked, in order, none over the next, each with its sounds."""

import bisect
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

from gesta.audio.words.text import brief
from gesta.errors import InputError
from gesta.records import Phone, Word, Words

MOST_SPANS = 2_000_000
"""More stretches than this are refused; six hours of speech hold about 100,000 words and 400,000 sounds."""
LONGEST_TEXT = 10_000
"""Letters in one stretch of text."""
LONGEST_TIME_S = 1e6
MILLISECONDS_FROM = 1000.0
"""Whole numbers alone that reach this far are milliseconds, as Whisper's TSV and some services write them."""
NOT_WORDS = frozenset(
    (
        "",
        "sil",
        "sp",
        "spn",
        "silence",
        "pau",
        "<eps>",
        "<unk>",
        "<sil>",
        "<p:>",
        "#",
        "_",
        "*",
        "[unk]",
        "{sl}",
        "{lg}",
    )
)
"""What aligners write where nobody speaks, or where they do not know the word."""


@dataclass(frozen=True)
class Span:
    """A stretch of text with its time in the file's own unit; it may hold several words."""

    text: str
    start: float
    end: float


@dataclass(frozen=True)
class Found:
    """What a file holds.

    Attributes:
        spans: words or longer stretches, in any order.
        phones: speech sounds, in any order.
        whole: whether all times are whole numbers.
        language: where the file says so.
    """

    spans: Sequence[Span]
    phones: Sequence[Span] = ()
    whole: bool = False
    language: str = ""


def words_from(path: Path, found: Found) -> Words:
    """The words of a file.

    Raises:
        InputError: there are none, too many, or times that cannot be.
    """
    if len(found.spans) + len(found.phones) > MOST_SPANS:
        raise InputError(f"The file of words '{path}' holds over {MOST_SPANS:,} entries; cut it to this recording.")
    spans = [span for span in found.spans if _spoken(span.text)]
    for span in (*spans, *found.phones):
        _check(span, path)
    # A file may name the same word twice, as WhisperX does: in its segment and in one list of all.
    spans = sorted(set(spans), key=attrgetter("start", "end"))
    if not spans:
        raise InputError(f"The file of words '{path}' holds no word with a time.")
    ends = max(span.end for span in spans)
    unit_s = 0.001 if found.whole and ends >= MILLISECONDS_FROM else 1.0
    spread = [word for span in spans for word in spread_words(span, unit_s)]
    phones = sorted(found.phones, key=attrgetter("start", "end"))
    words = with_phones(_one_at_a_time(spread), [_phone(phone, unit_s) for phone in phones if _spoken(phone.text)])
    return Words(tuple(words), found.language, path.name, len(spread) > len(spans))


def _phone(span: Span, unit_s: float) -> Phone:
    return Phone(span.text.strip(), span.start * unit_s, span.end * unit_s)


def _spoken(text: str) -> bool:
    return text.strip().lower() not in NOT_WORDS


def _check(span: Span, path: Path) -> None:
    if len(span.text) > LONGEST_TEXT:
        raise InputError(f"The file of words '{path}' holds an entry of {len(span.text):,} letters; that is no word.")
    if not (math.isfinite(span.start) and math.isfinite(span.end) and 0.0 <= span.start <= span.end <= LONGEST_TIME_S):
        raise InputError(
            f"In the file of words '{path}', '{brief(span.text)}' goes from {span.start:g} to {span.end:g} s; "
            "times must be 0 or more and not run backwards."
        )


def spread_words(span: Span, unit_s: float = 1.0) -> list[Word]:
    """The words of one stretch; several share its time by their letters, since nothing better is known."""
    texts = [text for text in span.text.split() if any(letter.isalnum() for letter in text)]
    letters = [1 + sum(letter.isalnum() for letter in text) for text in texts]
    start_s, length_s = span.start * unit_s, (span.end - span.start) * unit_s
    words, before, total = [], 0, sum(letters)
    for text, count in zip(texts, letters, strict=True):
        after = before + count
        words.append(Word(text, start_s + length_s * before / total, start_s + length_s * after / total))
        before = after
    return words


def _one_at_a_time(words: Sequence[Word]) -> list[Word]:
    """Words by their beginnings, each ending where the next begins at the latest: a body has one mouth."""
    ordered = sorted(words, key=attrgetter("start_s", "end_s"))
    starts = [word.start_s for word in ordered[1:]] + [math.inf]
    return [Word(word.text, word.start_s, min(word.end_s, start)) for word, start in zip(ordered, starts, strict=True)]


def with_phones(words: Iterable[Word], phones: Sequence[Phone]) -> list[Word]:
    """The same words, each with the sounds whose middles lie in it; `phones` are in order."""
    middles = [(phone.start_s + phone.end_s) / 2.0 for phone in phones]
    found = []
    for word in words:
        first, last = bisect.bisect_left(middles, word.start_s), bisect.bisect_left(middles, word.end_s)
        found.append(Word(word.text, word.start_s, word.end_s, tuple(phones[first:last])))
    return found
