"""The end of a fit: what chance changes of settings make nearer is kept, block by block.

What a setting does to a few seconds of motion is partly luck: other accents are chosen, other hands take part. So the
last part of the way is found by trying. In each trial some settings of every block are changed at once; since each
block of statistics hangs mainly on settings of its own (the hands', the head's, the trunk's), each keeps its change
if its own statistics came nearer.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gesta.metrics.motion.tracks import SIDES
from gesta.procedural.fit_rules import RULES, Rule, changed, resting_near, rounded, within_bounds
from gesta.procedural.likeness import BLOCKS, cost, lacks
from gesta.procedural.style import Style, limits_of
from gesta.procedural.traits import Traits

SETTINGS: Mapping[str, Sequence[str]] = {
    "hands": (
        *("strokes", "size", "tempo", "arrival_sd_s", "patience_s", "pause_activity", "both_hands", "symmetry"),
        *("handedness", "height_m", "outward_m", "forward_m", "alive", "alive_tempo", "rest_left_m", "rest_right_m"),
    ),
    "head": ("head", "head_pitch", "head_yaw", "head_roll", "head_tempo", "nods"),
    "trunk": ("torso", "torso_pitch", "torso_yaw", "torso_roll", "weight_shifts_per_minute"),
    "posture": ("lean_deg", "turn_deg", "tilt_deg", "head_down_deg", "head_turn_deg", "head_tilt_deg", "elbows_deg"),
    "fingers": ("finger_motion",),
}
"""The settings that each block of statistics mainly hangs on."""
BY_RULE = 0.5
"""Share of the changes that follow a rule, for a rule's setting; the others are blind."""
MOST_CHANGES = 4
"""No more settings of a block change at once."""
SPREAD, LEAST_SPREAD, WIDER, NARROWER = 0.3, 0.06, 1.3, 0.97
"""How far a blind change goes at first and at least; it grows with each success and shrinks with each failure."""
PLACE_M = 0.2
"""A place moves by this much for a spread of 1."""
ROOM = 0.03
"""Added to a factor before it is multiplied, so that 0 can be left."""


@dataclass
class Best:
    """The best so far: settings, what they reach and cost by block."""

    values: dict[str, Any]
    numbers: dict[str, float]
    costs: dict[str, float]


def search(
    start: Style,
    wanted: Traits,
    seconds: float,
    speak: Callable[[Style], Traits],
    trials: int,
    random: np.random.Generator,
) -> Style:
    """The nearest style to be found around one.

    Args:
        start: the style to begin with.
        wanted: the example's traits.
        seconds: the example's length.
        speak: says a style and measures what was said.
        trials: how often to try.
        random: of the changes.
    """

    def judged(style: Style) -> tuple[dict[str, float], dict[str, float]]:
        numbers = dict(speak(style).numbers)
        return numbers, cost(lacks(wanted.numbers, numbers, seconds))

    numbers, costs = judged(start)
    best, whole, least = Best(start.model_dump(), numbers, costs), start, sum(costs.values())
    spread = dict.fromkeys(BLOCKS, SPREAD)
    for _ in range(trials):
        style = within_bounds(_changed(best, wanted, spread, random))
        numbers, costs = judged(style)
        if sum(costs.values()) < least:
            whole, least = style, sum(costs.values())
        for block, names in BLOCKS.items():
            nearer = costs[block] < best.costs[block]
            spread[block] = max(spread[block] * (WIDER if nearer else NARROWER), LEAST_SPREAD)
            if nearer:
                best.values |= {name: getattr(style, name) for name in SETTINGS[block]}
                best.numbers |= {name: numbers[name] for name in names if name in numbers}
                best.costs[block] = costs[block]
    # Blocks that came nearer one by one may be less near together.
    together = within_bounds(best.values)
    return together if sum(judged(together)[1].values()) < least else whole


def _changed(best: Best, wanted: Traits, spread: Mapping[str, float], random: np.random.Generator) -> dict[str, Any]:
    values = dict(best.values)
    for block, names in SETTINGS.items():
        if not best.costs[block]:
            continue
        chosen = random.choice(names, size=min(int(random.integers(1, MOST_CHANGES)), len(names)), replace=False)
        for name in chosen:
            rules = [rule for rule in RULES if rule.setting == name]
            if rules and random.random() < BY_RULE:
                rule: Rule = rules[int(random.integers(len(rules)))]
                values[name] = changed(
                    values[name], rule, wanted.numbers, best.numbers, float(random.uniform(0.1, 1.2))
                )
            else:
                values[name] = _blindly(name, values[name], spread[block], random)
    for side in SIDES:
        values[f"rest_{side}_m"] = resting_near(np.array(values[f"rest_{side}_m"]), wanted.rest[side])
    return values


def _blindly(name: str, value: Any, spread: float, random: np.random.Generator) -> Any:
    if isinstance(value, tuple):
        return rounded(np.array(value) + random.normal(0.0, PLACE_M * spread, 3))
    low, high = limits_of(name)
    if low < 0.0 or high <= 1.0:
        return value + random.normal(0.0, 0.5 * spread * (high - low))
    return (value + ROOM) * math.exp(random.normal(0.0, spread)) - ROOM
