"""Sizes of films as users write them."""

from gesta.errors import InputError


def pixels(size: str) -> tuple[int, int]:
    """Width and height of "640x480"; InputError for anything else."""
    width, _, height = size.lower().partition("x")
    try:
        return int(width), int(height)
    except ValueError:
        raise InputError(f"The size '{size}' is not WIDTHxHEIGHT in pixels, for example 640x640.") from None
