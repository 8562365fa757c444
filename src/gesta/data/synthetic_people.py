"""Who moves in a made-up take: a named style by a small seed, or a person of its own, somewhere between two styles."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from gesta.procedural.style import Style, blend, limits_of, style_from
from gesta.randomness import generator

SEEDS = 2**31
CHANGED_SHARE = 0.35
"""Chance of each number that it is another one than the blend's."""
LEAST_ENERGY, MOST_ENERGY = 0.2, 1.5
FACTORS = {
    **dict.fromkeys(("strokes", "content", "patience_s", "both_hands", "pause_activity"), 0.35),
    **dict.fromkeys(("size", "alive", "finger_motion", "head", "torso", "nods"), 0.3),
    **dict.fromkeys(("tempo", "alive_tempo", "head_tempo"), 0.12),
    **dict.fromkeys(("weight_shifts_per_minute", "brows"), 0.4),
}
"""Numbers that are multiplied, and the deviation of the logarithm of the factor."""
SHIFTS = {"height_m": 0.06, "outward_m": 0.04, "forward_m": 0.04, "elbows_deg": 8.0, "lean_deg": 3.0}
"""Numbers that are shifted, and the deviation of the shift."""


@dataclass(frozen=True)
class Person:
    """A style's numbers and a seed, and how they were come by for the record."""

    style: Style
    seed: int
    said: dict[str, Any]


def named_person(style: str, seed: int) -> Person:
    """The speaker of a preset."""
    return Person(style_from(style), seed, {"style": style, "seed": seed})


def own_person(styles: tuple[str, ...], style: str, take: str, spread: float = 0.0) -> Person:
    """A person that no other take has: most of one style, up to half of another one, and a seed of its own.

    Args:
        styles: all that may be mixed.
        style: the one it is mostly.
        take: a name that no other take of the data set has.
        spread: how far single numbers are from that blend, 0 not at all, 1 as people differ; with it energies differ,
            so that a network can learn what each number does on its own.
    """
    chance = generator(0, "synthetic", "person", take)
    seed, share = int(chance.integers(SEEDS)), float(0.5 * chance.random())
    others = [name for name in styles if name != style]
    other = others[int(chance.integers(len(others)))] if others else style
    mixed = blend(style_from(style), style_from(other), share)
    if spread:
        mixed = _varied(mixed, spread, generator(0, "synthetic", "numbers", take))
    said = {"style": style, "with": other, "share": share, "seed": seed, "numbers": mixed.model_dump()}
    return Person(mixed, seed, said)


def _varied(style: Style, spread: float, chance: np.random.Generator) -> Style:
    """The style with some of its numbers changed, within their limits."""
    numbers = style.model_dump()
    for name, deviation in (FACTORS | SHIFTS).items():
        drawn = spread * deviation * float(chance.standard_normal())
        if chance.random() < CHANGED_SHARE:
            changed = numbers[name] * math.exp(drawn) if name in FACTORS else numbers[name] + drawn
            low, high = limits_of(name)
            numbers[name] = min(max(changed, low), high)
    energy = float(chance.uniform(LEAST_ENERGY, MOST_ENERGY))
    if chance.random() < CHANGED_SHARE:
        numbers["energy"] = energy
    return Style(**numbers)
