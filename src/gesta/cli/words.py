"""The option --words: what it says in the help, and what is checked and said before the work begins."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from gesta.cli.console import note

if TYPE_CHECKING:
    from gesta.records import Speech

WordsOption = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="What is said and when, so that gestures follow it too: TextGrid, SRT, VTT, JSON, CSV or TSV; "
        "for one recording.",
        show_default=False,
    ),
]


def checked_words(loaded: Any, words: str, speech: "Speech") -> Any:
    """The words of the one recording, read and fitted to it; says what they lack.

    Args:
        loaded: the model that is to use them.
        words: the file.
        speech: the recording.

    Raises:
        InputError: the model knows no words, or the file does not serve.
    """
    from gesta.audio.words.read import fit_words
    from gesta.procedural.content import language_in
    from gesta.procedural.lexicon import languages

    read = loaded.checked_words(words)
    fitted = fit_words(read, speech.duration_s, speech.name)
    if fitted.spread:
        note(f"'{words}' times longer texts than words: their words were spread over them by letters, a rough guess.")
    if not language_in(fitted):
        known = " and ".join(languages())
        note(f"The words in '{words}' are in no language with a lexicon ({known}): they change no gesture.")
    return fitted
