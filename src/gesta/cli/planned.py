"""Options whose names are settled and that this version does not have yet: each says so."""

from gesta.errors import not_in_this_version


def refuse_planned(**options: object) -> None:
    """Raise InputError for the first planned option that was given a value."""
    for name, value in options.items():
        if value is not None:
            raise not_in_this_version("option", f"--{name.replace('_', '-')}")
