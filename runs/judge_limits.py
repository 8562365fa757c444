"""The limits by which a trained model becomes `default`, as docs/default_model.md set them before any was trained."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from judge_pooled import Pooled, distances, inside, weighted

from gesta.metrics.bootstrap import Interval, interval

Statistic = Callable[[np.ndarray, np.ndarray], float]
"""A number of takes, by the places of their recordings and of their seeds."""
MARGIN_SHARE, MARGIN_SHARE_LOW = 0.8, 0.65
"""Least share of the teacher's hand margin; and least lower end of that share's interval."""
HEAD_SHARE = 0.7
JERK_RATIO = (0.67, 1.25)
SLIDE_MM, FAST_SHARE = 0.3, 0.02
DISTANCE_MORE, INSIDE_FEWER = 0.05, 5
DIVERSITY_M = 0.05
PAIRS_WON, PAIRS = 8, 20
STATISTICS_DRAWS = 400
"""Medians of all statistics are found again for each draw, which takes longer."""


@dataclass(frozen=True)
class Judged:
    """One limit.

    Attributes:
        measure: what it is about.
        asked: the limit in words.
        found: what was found, in words.
        holds: whether it is met.
    """

    measure: str
    asked: str
    found: str
    holds: bool


def compared(ours: Pooled, teacher: Pooled) -> dict[str, Interval]:
    """What is compared with the teacher's on the same recordings, with intervals, by name.

    Of each share ours is divided by the teacher's; of `distance` the teacher's is taken away.
    """
    wanted = {
        **{f"{part} margin": ((part, "margin"), (part, "events")) for part in ("hands", "head")},
        **{f"jerk {level}": (("jerk", level), ()) for level in ("p50", "p95")},
    }
    found = {}
    for name, (values, weights) in wanted.items():
        mine, other = (_mean(side, values, weights) for side in (ours, teacher))
        found[name] = interval(mine, *ours.shape)
        found[f"{name}, share"] = interval(_share(mine, other), *ours.shape)
    found["distance"] = interval(_further(ours, teacher), *ours.shape, draws=STATISTICS_DRAWS)
    return found


def _mean(side: Pooled, values: tuple[str, ...], weights: tuple[str, ...]) -> Statistic:
    """The mean of a number of some takes, weighted by another one, or by their lengths."""
    numbers, by = side.table(*values), side.table(*weights) if weights else side.seconds
    return lambda rows, seeds: weighted(numbers[rows, seeds], by[rows, seeds])


def _share(mine: Statistic, other: Statistic) -> Statistic:
    return lambda rows, seeds: mine(rows, seeds) / other(rows, seeds)


def _further(ours: Pooled, teacher: Pooled) -> Statistic:
    """How much further from people's middle ours are, in the mean."""
    return lambda rows, seeds: float(
        distances(ours.middles(rows, seeds)).mean() - distances(teacher.middles(rows, seeds)).mean()
    )


def judged(ours: Pooled, teacher: Pooled, found: Mapping[str, Interval]) -> list[Judged]:
    """Each limit with what was found; pairs looked at blind are counted elsewhere."""
    hands, share = found["hands margin"], found["hands margin, share"]
    head, heads = found["head margin"], found["head margin, share"]
    lines = [
        Judged("hand margin", "interval above 0", shown(hands), hands.low > 0.0),
        Judged(
            "hand margin over the teacher's",
            f"at least {MARGIN_SHARE:.2f}, lower end at least {MARGIN_SHARE_LOW:.2f}",
            shown(share),
            share.value >= MARGIN_SHARE and share.low >= MARGIN_SHARE_LOW,
        ),
        Judged(
            "head margin, and over the teacher's",
            f"interval above 0, at least {HEAD_SHARE:.2f}",
            f"{shown(head)}; {shown(heads)}",
            head.low > 0.0 and heads.value >= HEAD_SHARE,
        ),
    ]
    lines += [_jerk(level, found[f"jerk {level}, share"]) for level in ("p50", "p95")]
    return [*lines, *_feet(ours), *_people(ours, teacher), _diverse(ours)]


def _jerk(level: str, ratio: Interval) -> Judged:
    low, high = JERK_RATIO
    name = f"wrist jerk over the teacher's, {level.removeprefix('p')} %"
    return Judged(name, f"{low:.2f} to {high:.2f}", shown(ratio), low <= ratio.value <= high)


def _feet(ours: Pooled) -> list[Judged]:
    slide, fast = ours.mean("slide_mm"), ours.mean("low_and_fast_share")
    return [
        Judged("foot slide, mm a planted frame", f"at most {SLIDE_MM:.1f}", f"{slide:.2f}", slide <= SLIDE_MM),
        Judged("soles low and fast", f"at most {FAST_SHARE:.0%}", f"{fast:.1%}", fast <= FAST_SHARE),
    ]


def _people(ours: Pooled, teacher: Pooled) -> list[Judged]:
    mine, others = ours.middles(), teacher.middles()
    more = float(distances(mine).mean() - distances(others).mean())
    fewer = inside(others) - inside(mine)
    return [
        Judged(
            "distance from people's middle, more than the teacher's",
            f"at most {DISTANCE_MORE:.2f}",
            f"{more:+.3f}",
            more <= DISTANCE_MORE,
        ),
        Judged(
            "statistics in people's range, fewer than the teacher's",
            f"at most {INSIDE_FEWER}",
            f"{fewer}",
            fewer <= INSIDE_FEWER,
        ),
    ]


def _diverse(ours: Pooled) -> Judged:
    apart = ours.diversity.get("distance_m", 0.0)
    return Judged("wrists of two seeds apart, m", f"at least {DIVERSITY_M:.2f}", f"{apart:.3f}", apart >= DIVERSITY_M)


def shown(found: Interval) -> str:
    """A number with its interval."""
    return f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f})"
