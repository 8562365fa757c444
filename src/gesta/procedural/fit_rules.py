"""How the settings of a style follow from what is measured: some are read off, the others are found in rounds."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gesta.metrics.motion.tracks import SIDES
from gesta.procedural.families import rests
from gesta.procedural.likeness import BLOCKS
from gesta.procedural.presets import PRESETS
from gesta.procedural.style import Style, limits_of
from gesta.procedural.traits import Traits

PLACE_GAIN = 0.8
"""How much of the way to where hands should be, a round goes at its step."""
REST_SPAN_M = 0.1
"""So far from where the example's hands rest a style's may be said to rest, so that they come to rest there."""
FARTHEST_M = 0.55
"""No hand is asked to rest further from its shoulder than this, however far from there it stays."""
MOST_AT_ONCE = 3.0
"""No lack is taken to be more than this many times."""


@dataclass(frozen=True)
class Rule:
    """How a setting follows from a statistic.

    Attributes:
        setting: its name.
        power: the setting is multiplied by (wanted / reached) to this power, or
        gain: this times (wanted - reached) is added to it.
        statistic: gives the number from the measured ones.
        least: what is added to wanted and reached before they are compared, so that nothings are alike.
    """

    setting: str
    statistic: Callable[[Mapping[str, float]], float]
    power: float = 0.0
    gain: float = 0.0
    least: float = 0.0


def _named(*names: str) -> Callable[[Mapping[str, float]], float]:
    """The mean of some statistics; KeyError if one is missing."""
    return lambda numbers: float(np.mean([numbers[name] for name in names]))


def _right_share(numbers: Mapping[str, float]) -> float:
    left, right = numbers["left_only_share"] + 0.02, numbers["right_only_share"] + 0.02
    return right / (left + right)


def _both_of_busy(numbers: Mapping[str, float]) -> float:
    alone = numbers["left_only_share"] + numbers["right_only_share"] + 0.02
    return (numbers["both_share"] + 0.01) / (numbers["both_share"] + alone)


def _head_quickness(numbers: Mapping[str, float]) -> float:
    return numbers["head_speed_p50"] / math.hypot(*(numbers[f"head_{axis}"] for axis in ("pitch", "yaw", "roll")))


def _shakiness(numbers: Mapping[str, float]) -> float:
    return numbers["jerk_p50"] / (numbers["speed_p25"] + 0.01)


RULES: Sequence[Rule] = (
    Rule("size", _named("speed_p95", "speed_p99"), power=0.7),
    Rule("alive", _named("speed_p25"), power=0.7, least=0.01),
    Rule("alive_tempo", _shakiness, power=0.4),
    Rule("tempo", _named("submovement_s"), power=-0.3),
    Rule("tempo", _named("speed_p95", "speed_p99"), power=0.2),
    Rule("strokes", _named("left_peaks", "right_peaks"), power=0.4, least=4.0),
    Rule("strokes", _named("still_share"), gain=-0.3),
    Rule("pause_activity", _named("still_share"), gain=-0.6),
    Rule("patience_s", _named("still_share"), gain=-2.0),
    Rule("handedness", _right_share, gain=0.6),
    Rule("both_hands", _both_of_busy, gain=0.6),
    Rule("symmetry", _named("left_right_r"), gain=0.4),
    Rule("nods", _named("head_speed_p95"), power=0.8),
    Rule("head_pitch", _named("head_pitch"), power=0.9),
    Rule("head_yaw", _named("head_yaw"), power=0.9),
    Rule("head_roll", _named("head_roll"), power=0.9),
    Rule("head_tempo", _head_quickness, power=0.6),
    Rule("torso_pitch", _named("spine_pitch"), power=0.9),
    Rule("torso_yaw", _named("spine_yaw"), power=0.9),
    Rule("torso_roll", _named("spine_roll"), power=0.9),
    Rule("finger_motion", _named("fingers"), power=0.7),
    *(Rule(name, _named(name), gain=1.0) for name in BLOCKS["posture"]),
)


def read_off(wanted: Traits, preset: str = "neutral") -> Style:
    """The settings that a motion shows at once; the others are as a preset's."""
    values: dict[str, Any] = {"rest": _nearest_rest(wanted), "seated": wanted.seated, "steps_per_minute": 0.0}
    for side in SIDES:
        values |= {f"rest_{side}_m": rounded(wanted.rest[side]), f"rest_{side}_palm": rounded(wanted.palm[side])}
    values["handedness"] = min(max(_right_share(wanted.numbers), 0.05), 0.95)
    return Style(**(dict(PRESETS[preset]) | values))


def _nearest_rest(wanted: Traits) -> str:
    """The rest pose whose hands are held like the example's, as far as places tell; none in which hands touch."""
    free = {name: rest for name, rest in rests().items() if rest.seated == wanted.seated and not rest.touching}
    away = {
        name: sum(
            float(np.linalg.norm(np.subtract(pose.position, wanted.rest[side])))
            for side, pose in zip(SIDES, (rest.left, rest.right), strict=True)
        )
        for name, rest in free.items()
    }
    return min(away, key=away.__getitem__) if away else ""


def nearer(style: Style, wanted: Traits, reached: Traits, step: float) -> Style:
    """The style after a round.

    Args:
        style: what was spoken.
        wanted: the example.
        reached: what was spoken, measured.
        step: how much of the lack is made up for, 0 to 1.
    """
    values = style.model_dump()
    for rule in RULES:
        values[rule.setting] = changed(values[rule.setting], rule, wanted.numbers, reached.numbers, step)
    values |= _places(style, wanted, reached, PLACE_GAIN * step)
    return within_bounds(values)


def changed(value: float, rule: Rule, wanted: Mapping[str, float], reached: Mapping[str, float], step: float) -> float:
    """A setting after a rule was followed so far; the same where its statistic cannot be measured."""
    try:
        aim, now = rule.statistic(wanted), rule.statistic(reached)
    except KeyError:
        return value
    ratio = max(aim + rule.least, 1e-4) / max(now + rule.least, 1e-4)
    change = min(max(ratio, 1.0 / MOST_AT_ONCE), MOST_AT_ONCE) ** (rule.power * step)
    return value * change + rule.gain * step * (aim - now)


def _places(style: Style, wanted: Traits, reached: Traits, share: float) -> dict[str, Any]:
    """Where hands rest and gesture, moved towards where the example's do."""
    values: dict[str, Any] = {}
    away = np.zeros(3)
    for side in SIDES:
        now = getattr(style, f"rest_{side}_m")
        goal = np.add(now, share * (wanted.rest[side] - reached.rest[side]))
        goal = goal * min(1.0, FARTHEST_M / max(float(np.linalg.norm(goal)), 1e-6))
        values[f"rest_{side}_m"] = resting_near(goal, wanted.rest[side])
        away = away + 0.5 * (wanted.place[side] - reached.place[side])
    for name, change in zip(("outward_m", "height_m", "forward_m"), share * away, strict=True):
        values[name] = getattr(style, name) + float(change)
    return values


def resting_near(goal: np.ndarray, seen: np.ndarray) -> tuple[float, float, float]:
    """Where a hand is said to rest, (3,) metres: near where the example's does."""
    away = goal - seen
    return rounded(seen + away * min(1.0, REST_SPAN_M / max(float(np.linalg.norm(away)), 1e-6)))


def rounded(place: np.ndarray) -> tuple[float, float, float]:
    """A place to the millimetre."""
    outward, up, forward = (round(float(value), 3) for value in place)
    return outward, up, forward


def within_bounds(values: Mapping[str, Any]) -> Style:
    """A style of these settings, each number brought within what is allowed."""
    kept = dict(values)
    for name in Style.model_fields:
        if type(kept[name]) is float:
            low, high = limits_of(name)
            kept[name] = round(min(max(kept[name], low), high), 4)
    return Style(**kept)
