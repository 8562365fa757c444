"""Commands and options whose names are settled and that this version does not have yet: each says so."""

from collections.abc import Callable

from gesta.errors import not_in_this_version

PLANNED = ("evaluate",)


def answer_planned(name: str) -> Callable[[], None]:
    """A command that says it is not in this version, with exit status 2."""

    def answer() -> None:
        raise not_in_this_version("command", name)

    answer.__doc__ = "Not in this version of gesta."
    return answer


def refuse_planned(**options: object) -> None:
    """Raise InputError for the first planned option that was given a value."""
    for name, value in options.items():
        if value is not None:
            raise not_in_this_version("option", f"--{name.replace('_', '-')}")
