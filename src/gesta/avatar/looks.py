"""Looks by name: presets, and changes of them in the words of a command line."""

from collections.abc import Iterable, Mapping

from gesta.avatar.asset import body_asset
from gesta.avatar.info import BodyInfo
from gesta.avatar.palette import Look, Palette, palette
from gesta.errors import InputError, unknown_name

__all__ = ["DEFAULT_LOOK", "Look", "look", "look_from", "looks"]

DEFAULT_LOOK = "host"
"""The first of the presets."""


def looks() -> Mapping[str, Look]:
    """The looks that have a name, the default first."""
    return {name: look(name) for name in palette().looks}


def look(text: str = DEFAULT_LOOK) -> Look:
    """A look of the built-in body.

    Args:
        text: a preset's name, or an outfit's, and changes of it: "host", "suit,hair=long,skin=deep", "eyes=green".
            The default look if nothing is said.

    Raises:
        InputError: an unknown name or setting, said with near names.
    """
    return look_from(text, palette(), body_asset().info)


def look_from(text: str, colours: Palette, info: BodyInfo) -> Look:
    """As `look`, of any body and any palette."""
    first, *changes = [part.strip() for part in text.split(",")]
    default = next(iter(colours.looks.values()))
    if first in colours.looks:
        chosen = colours.looks[first]
    elif first in colours.outfits:
        chosen = default.model_copy(update={"outfit": first, "colours": ""})
    elif not first or "=" in first:
        chosen, changes = default, [part for part in (first, *changes) if part]
    else:
        raise unknown_name("look", first, [*colours.looks, *colours.outfits])
    changed = {change.partition("=")[0].strip() for change in changes}
    if "outfit" in changed and "colours" not in changed:
        # The colours of one outfit mean nothing to another.
        changes.append('colours=""')
    return _complete(chosen.with_changes(changes), colours, info)


def _complete(chosen: Look, colours: Palette, info: BodyInfo) -> Look:
    """A look whose every name is known, with the colours of its outfit filled in."""
    _known("outfit", chosen.outfit, set(colours.outfits) & set(info.outfits))
    for kind, name, known in (
        ("hair", chosen.hair, info.hairs),
        ("brows", chosen.brows, info.brows),
        ("skin", chosen.skin, colours.skins),
        ("eyes", chosen.eyes, colours.eyes),
        ("hair colour", chosen.hair_colour, colours.hair_colours),
    ):
        _known(kind, name, known)
    coming = colours.outfits[chosen.outfit]
    if not coming:
        raise InputError(f"The outfit '{chosen.outfit}' comes in no colours.")
    if not chosen.colours:
        return chosen.model_copy(update={"colours": next(iter(coming))})
    _known("colours", chosen.colours, coming)
    return chosen


def _known(kind: str, name: str, known: Iterable[str]) -> None:
    if name not in known:
        raise unknown_name(kind, name, known)
