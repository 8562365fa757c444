"""Who moves in a made-up take: a named style by a small seed, or a person of its own, somewhere between two styles."""

from dataclasses import dataclass
from typing import Any

from gesta.procedural.style import Style, blend, style_from
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
    mixed = blend(style_from(style), style_from(other), share)
    said = {"style": style, "with": other, "share": share, "seed": seed, "numbers": mixed.model_dump()}
    return Person(mixed, seed, said)
