"""The text of a file that nobody vouches for: a regular file, not too large, in UTF-8 or UTF-16."""

import codecs
from pathlib import Path

from gesta.errors import InputError, reason_of

FILE_BYTES = 40_000_000
"""Larger files are refused; an hour of speech with every sound in it takes about 5 MB."""
SHOWN = 40
"""Letters of a file's own text that the sentence of an error shows."""
LONG_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_text(path: Path) -> str:
    """The text of a file of words.

    Raises:
        InputError: it cannot be read, is too large, or is no text.
    """
    try:
        if not path.is_file():
            raise InputError(f"There is no file of words '{path}'; name a TextGrid, SRT, VTT, JSON, CSV or TSV file.")
        with path.open("rb") as file:
            content = file.read(FILE_BYTES + 1)
    except OSError as error:
        raise InputError(f"The file of words '{path}' cannot be read: {reason_of(error)}.") from None
    if len(content) > FILE_BYTES:
        raise InputError(
            f"The file of words '{path}' is larger than {FILE_BYTES // 1_000_000} MB; cut it to this recording."
        )
    try:
        text = content.decode("utf-16" if content.startswith(LONG_MARKS) else "utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"The file of words '{path}' is not text in UTF-8 or UTF-16; save it as UTF-8.") from None
    if "\0" in text:
        raise InputError(f"The file of words '{path}' is not text in UTF-8 or UTF-16; save it as UTF-8.")
    return text


def brief(text: str) -> str:
    """The beginning of a file's own text, on one line, for the sentence of an error."""
    return " ".join(text.split())[:SHOWN]
