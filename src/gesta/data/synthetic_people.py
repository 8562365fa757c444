"""Who moves in a made-up take: a named style by a small seed, or a person of its own, somewhere between two styles."""

from dataclasses import dataclass
from typing import Any

from gesta.procedural.style import Style, style_from
from gesta.randomness import generator

SEEDS = 2**31


@dataclass(frozen=True)
class Person:
    """A style's numbers and a seed, and how they were come by for the record."""

    style: Style
    seed: int
    said: dict[str, Any]


def named_person(style: str, seed: int) -> Person:
    """The speaker of a preset."""
    return Person(style_from(style), seed, {"style": style, "seed": seed})


def own_person(styles: tuple[str, ...], style: str, take: str) -> Person:
    """A person that no other take has: most of one style, up to half of another one, and a seed of its own.

    Args:
        styles: all that may be mixed.
        style: the one it is mostly.
        take: a name that no other take of the data set has.
    """
    chance = generator(0, "synthetic", "person", take)
    seed, share = int(chance.integers(SEEDS)), float(0.5 * chance.random())
    others = [name for name in styles if name != style]
    other = others[int(chance.integers(len(others)))] if others else style
    mixed = mixed_style(style_from(style), style_from(other), share)
    said = {"style": style, "with": other, "share": share, "seed": seed, "numbers": mixed.model_dump()}
    return Person(mixed, seed, said)


def mixed_style(style: Style, other: Style, share: float) -> Style:
    """A style on the way to another one: numbers in proportion, what is no such number from the nearer one.

    Args:
        style: at a share of 0.
        other: at a share of 1.
        share: 0 to 1.
    """
    values = style.model_dump()
    for name, there in other.model_dump().items():
        here = values[name]
        if type(here) is float and type(there) is float:
            values[name] = here + share * (there - here)
        elif share > 0.5:
            values[name] = there
    return Style(**values)
