"""The errors gesta raises on purpose: each message is one sentence that says what is wrong and what to do."""

import difflib
from collections.abc import Iterable


class GestaError(Exception):
    """Base of every error that a user, and not a bug, can cause; the command line prints it without a traceback."""


class InputError(GestaError):
    """A file, name or value that the user gave cannot be used."""


class OutputError(GestaError):
    """A result cannot be written where the user wants it."""


def reason_of(error: OSError) -> str:
    """What the system says went wrong, in lower case, for the middle of a sentence."""
    return (error.strerror or str(error)).lower()


def unknown_name(kind: str, name: str, known: Iterable[str]) -> InputError:
    """Return the error for a name that is not in `known`, with the nearest known names in its sentence.

    Args:
        kind: what the name stands for, for example "style".
        name: what the user wrote.
        known: every name that would have been right.
    """
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=2, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"choose from {', '.join(names)}."
    return InputError(f"Unknown {kind} '{name}': {hint}")


def not_in_this_version(kind: str, name: str) -> InputError:
    """Return the error for a name that the design knows and this version has not built."""
    return InputError(f"The {kind} '{name}' is not in this version of gesta.")
