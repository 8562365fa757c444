"""Lexicons: which words and phrases call for a gesture of which class, as data files, one for each language."""

import functools
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from gesta.errors import InputError
from gesta.settings import Settings, read_table

FOLDER = "lexicons"
CLASSES_FILE = "classes.toml"
STRESSED = "*"
"""Stands before the word of a phrase that is stressed."""
LEAST_COMMON_SHARE = 0.08
"""A language is recognised where at least this share of the words are among its commonest."""
QUESTION_MARK = "?"
NUMERAL = re.compile(r"\d+([.,]\d+)*")
NUMBER_CLASS = "number"

Direction = Literal[
    "", "left", "right", "up", "down", "forward", "back", "here", "there", "listener", "self", "other side"
]


class ContentClass(Settings):
    """What one class of words asks of a gesture; the same in every language."""

    kind: str = Field(description="what it is about: negation, quantity, size, direction ...")
    families: tuple[str, ...] = Field(description="gesture families that serve it, the most usual first")
    strength: float = Field(ge=0.0, le=1.0, description="how strongly it asks for a gesture")
    direction: Direction = Field("", description="where the gesture goes")
    head: Literal["", "shake", "tilt", "nod"] = Field("", description="what the head does")
    negatable: bool = Field(False, description="whether 'not' before it makes it a negation")


class LanguageFile(Settings):
    """The words and phrases of one language."""

    language: str = Field(description="two letters, as in ISO 639-1")
    name: str = Field(description="the language's English name")
    scope_words: int = Field(3, ge=0, le=10, description="how many words after its last one a negation reaches")
    common: tuple[str, ...] = Field(description="the commonest words, by which the language is recognised")
    counts: dict[str, int] = Field({}, description="words that say how many, or which one in a row: one, second ...")
    phrases: dict[str, tuple[str, ...]] = Field(description="words and phrases by class")


@dataclass(frozen=True)
class Entry:
    """One phrase of a lexicon.

    Attributes:
        tokens: its words, as `token_of` gives them.
        stressed: which of them is stressed; None for the longest in time.
        name: of its class.
        asked: only with a question mark behind.
    """

    tokens: tuple[str, ...]
    stressed: int | None
    name: str
    asked: bool = False


@dataclass(frozen=True)
class Lexicon:
    """The phrases of one language, by their first word, the longest first, and its words that count."""

    language: str
    scope_words: int
    entries: Mapping[str, tuple[Entry, ...]]
    counts: Mapping[str, int]

    def find(self, tokens: Sequence[str], at: int, asked: Sequence[bool], most: int) -> Entry | None:
        """The longest phrase that begins at a place.

        Args:
            tokens: words, as `token_of` gives them.
            at: the place.
            asked: which words have a question mark behind.
            most: how many words from there on hang together.
        """
        for entry in self.entries.get(tokens[at], ()):
            count = len(entry.tokens)
            fits = count <= most and tuple(tokens[at : at + count]) == entry.tokens
            if fits and (not entry.asked or asked[at + count - 1]):
                return entry
        return Entry((tokens[at],), None, NUMBER_CLASS) if NUMERAL.fullmatch(tokens[at]) else None

    def count(self, tokens: Iterable[str]) -> int:
        """How many, or which one in a row, some tokens say; 0 where they say nothing of the kind."""
        said = (int(token) if token.isdecimal() else self.counts.get(token, 0) for token in tokens)
        return next((count for count in said if count > 0), 0)


def token_of(text: str) -> str:
    """A word as lexicons compare it: lower case, no punctuation around it, one kind of apostrophe."""
    plain = unicodedata.normalize("NFC", text).replace("’", "'").casefold()
    letters = [place for place, letter in enumerate(plain) if letter.isalnum()]
    return plain[letters[0] : letters[-1] + 1] if letters else ""


def classes() -> Mapping[str, ContentClass]:
    """The classes of words that call for a gesture, by name."""
    return _classes()


@functools.cache
def _classes() -> dict[str, ContentClass]:
    table = _shipped(CLASSES_FILE)
    return {name: ContentClass.checked(values, CLASSES_FILE) for name, values in table.items()}


def languages() -> tuple[str, ...]:
    """The languages that have a lexicon."""
    return tuple(sorted(_files()))


@functools.cache
def _files() -> dict[str, LanguageFile]:
    names = (item.name for item in (resources.files("gesta.procedural") / FOLDER).iterdir())
    tables = {name: _shipped(name) for name in sorted(names) if name.endswith(".toml") and name != CLASSES_FILE}
    read = [LanguageFile.checked(table, name) for name, table in tables.items()]
    return {file.language: file for file in read}


def _shipped(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files("gesta.procedural") / FOLDER / name).read_text(encoding="utf-8"))


@functools.cache
def lexicon(language: str) -> Lexicon | None:
    """The lexicon of a language that comes with gesta; None where there is none."""
    file = _files().get(language)
    return None if file is None else compiled(file, f"{language}.toml")


def read_lexicon(path: str | Path) -> Lexicon:
    """A lexicon of somebody's own, in the form of those that come with gesta.

    Raises:
        InputError: it cannot be read, or names an unknown class.
    """
    return compiled(LanguageFile.checked(read_table(path, "lexicon"), str(path)), str(path))


def compiled(file: LanguageFile, where: str) -> Lexicon:
    """A language's file, ready to look words up.

    Raises:
        InputError: a class is unknown, or a phrase stands in two of them.
    """
    known, found = classes(), dict[tuple[tuple[str, ...], bool], Entry]()
    for name, phrases in file.phrases.items():
        if name not in known:
            raise InputError(f"In {where}: '{name}' is no class of words; choose from {', '.join(known)}.")
        for entry in (_entry(phrase, name) for phrase in phrases):
            key = (entry.tokens, entry.asked)
            if not all(entry.tokens) or key in found:
                raise InputError(f"In {where}: '{' '.join(entry.tokens)}' is no phrase, or stands there twice.")
            found[key] = entry
    by_first: dict[str, list[Entry]] = {}
    for entry in found.values():
        by_first.setdefault(entry.tokens[0], []).append(entry)
    ordered = {first: tuple(sorted(all_, key=_longest_first)) for first, all_ in by_first.items()}
    return Lexicon(file.language, file.scope_words, ordered, file.counts)


def _longest_first(entry: Entry) -> tuple[int, bool]:
    return -len(entry.tokens), not entry.asked


def _entry(phrase: str, name: str) -> Entry:
    words = phrase.split()
    starred = next((place for place, word in enumerate(words) if word.startswith(STRESSED)), None)
    asked = phrase.rstrip().endswith(QUESTION_MARK)
    return Entry(tuple(token_of(word) for word in words), starred, name, asked)


def language_of(tokens: Iterable[str]) -> str:
    """Which of the languages that have a lexicon these words are in; empty where none fits."""
    every = [token for token in tokens if token]
    if not every:
        return ""
    shares = {
        language: sum(token in file.common for token in every) / len(every) for language, file in _files().items()
    }
    best = max(shares, key=shares.__getitem__)
    return best if shares[best] >= LEAST_COMMON_SHARE else ""
