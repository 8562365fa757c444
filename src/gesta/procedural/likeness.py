"""How near one speaker's numbers come to another's: which numbers count, how far off each may be, and the cost."""

from collections.abc import Mapping, Sequence

import numpy as np

from gesta.metrics.motion.tracks import SIDES

LEVELS = (5, 50, 95)
BLOCKS: Mapping[str, Sequence[str]] = {
    "hands": (
        *(f"speed_p{level}" for level in (25, 50, 75, 95, 99)),
        *("still_share", "left_peaks", "right_peaks", "left_right_r", "jerk_p50", "jerk_p95"),
        *("bouts_s_p50", "bouts_s_p90", "pauses_s_p50", "pauses_s_p90"),
        *(f"{side}_height_p{level}" for side in SIDES for level in LEVELS),
        *(f"{side}_elbow_deg_p{level}" for side in SIDES for level in LEVELS),
    ),
    "head": (*(f"head_{axis}" for axis in ("pitch", "yaw", "roll")), "head_speed_p50", "head_speed_p95"),
    "trunk": tuple(f"spine_{axis}" for axis in ("pitch", "yaw", "roll")),
    "posture": ("lean_deg", "turn_deg", "tilt_deg", "head_down_deg", "head_turn_deg", "head_tilt_deg", "elbows_deg"),
    "fingers": ("fingers",),
}
"""The statistics that a fit is judged by; each block hangs mainly on settings of its own."""
COMPARED = tuple(name for names in BLOCKS.values() for name in names)
NEAR = 0.25
"""A statistic is near if it is off by no more than this share of what is wanted, or by its allowance."""
ALLOWANCES: Mapping[str, float] = {
    "still_share": 0.1,
    "left_right_r": 0.15,
    **{f"{what}_s_p{level}": 0.2 for what in ("bouts", "pauses") for level in (50, 90)},
    **{f"{side}_height_p{level}": 0.1 for side in SIDES for level in LEVELS},
    **dict.fromkeys(BLOCKS["posture"], 4.0),
    "elbows_deg": 8.0,
}
"""How far off statistics may be in any case whose ordinary values include 0."""
EVENTS = ("left_peaks", "right_peaks")
"""What is counted, a minute: one event of the take is allowed."""
LEAST = 1e-6
INSIDE, OUTSIDE, FAR = 0.25, 0.35, 3.0
"""What being nearer is worth once near, what being less far is worth before that, and how far counts as no further."""


def lacks(wanted: Mapping[str, float], reached: Mapping[str, float], seconds: float) -> dict[str, float]:
    """How far off each compared statistic is, 1 being as far as is near; those that both sides have.

    Args:
        wanted: statistics by name, see `traits`.
        reached: the other side's.
        seconds: length of the take that is wanted.
    """
    names = [name for name in COMPARED if name in wanted and name in reached]
    return {name: abs(reached[name] - wanted[name]) / tolerance(name, wanted[name], seconds) for name in names}


def tolerance(name: str, wanted: float, seconds: float) -> float:
    """How far off a statistic may be to be near, in its own unit."""
    allowance = 60.0 / seconds if name in EVENTS else ALLOWANCES.get(name, 0.0)
    return max(NEAR * abs(wanted), allowance, LEAST)


def cost(off: Mapping[str, float]) -> dict[str, float]:
    """What being so far off costs, by block: mainly how many statistics are not near."""
    return {block: float(sum(_cost(off[name]) for name in names if name in off)) for block, names in BLOCKS.items()}


def _cost(off: float) -> float:
    return INSIDE * off if off <= 1.0 else 1.0 + OUTSIDE * (min(off, FAR) - 1.0)


def distance(wanted: Mapping[str, float], reached: Mapping[str, float], seconds: float) -> float:
    """How far off the compared statistics are in the mean: 0 for the same, about the share that is not near."""
    off = lacks(wanted, reached, seconds)
    return float(np.sum(list(cost(off).values()))) / max(len(off), 1)
