"""Reads a file of words by its kind, and checks it against the recording it is meant for."""

from collections.abc import Callable
from dataclasses import replace
from os import PathLike
from pathlib import Path

from gesta.audio.words.json_words import read_json_of_words
from gesta.audio.words.spans import Found, words_from
from gesta.audio.words.subtitles import read_subtitles
from gesta.audio.words.tables import read_table_of_words
from gesta.audio.words.text import read_text
from gesta.audio.words.textgrid import read_textgrid
from gesta.errors import InputError
from gesta.records import Word, Words

READERS: dict[str, Callable[[str, Path], Found]] = {
    ".textgrid": read_textgrid,
    ".srt": read_subtitles,
    ".vtt": read_subtitles,
    ".json": read_json_of_words,
    ".csv": read_table_of_words,
    ".tsv": read_table_of_words,
}
TOLERANCE_S = 1.0
"""A file's last word may end this much after the recording: files are cut and rounded."""


def read_words(path: str | PathLike[str]) -> Words:
    """The words of a TextGrid, SRT, VTT, JSON, CSV or TSV file.

    Args:
        path: a file; its suffix says what it is.

    Raises:
        InputError: it cannot be read, is none of these, is damaged, or holds no word with a time.
    """
    path = Path(path)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise InputError(f"'{path}' is no file of words that is known here; name one of {', '.join(READERS)}.")
    return words_from(path, reader(read_text(path), path))


def fit_words(words: Words, duration_s: float, recording: str) -> Words:
    """The same words, none longer than the recording.

    Args:
        words: from `read_words`.
        duration_s: the recording's length.
        recording: its name, for the sentence of an error.

    Raises:
        InputError: they go on after the recording's end, so they belong to another one.
    """
    last_s = max((word.end_s for word in words.words), default=0.0)
    if last_s > duration_s + TOLERANCE_S:
        raise InputError(
            f"The words in '{words.source}' go on to {last_s:.1f} s, but '{recording}' ends at {duration_s:.1f} s; "
            "name the file that belongs to it."
        )
    kept = (word for word in words.words if word.start_s < duration_s)
    return replace(words, words=tuple(_cut(word, duration_s) for word in kept))


def _cut(word: Word, end_s: float) -> Word:
    if word.end_s <= end_s:
        return word
    phones = tuple(replace(phone, end_s=min(phone.end_s, end_s)) for phone in word.phones if phone.start_s < end_s)
    return replace(word, end_s=end_s, phones=phones)
