"""The figure to draw, view and export: the built-in body in a look."""

from functools import lru_cache

from gesta.avatar.asset import body_asset
from gesta.avatar.dressing import dressed
from gesta.avatar.palette import Look, palette
from gesta.avatar.posing import Figure

__all__ = ["Figure", "figure"]

FIGURES_KEPT = 8


@lru_cache(maxsize=FIGURES_KEPT)
def figure(look: Look) -> Figure:
    """The built-in body in a look; the last few are kept.

    Raises:
        InputError: the body's file is damaged, or the look names what it does not have.
    """
    return dressed(body_asset(), look, palette())
