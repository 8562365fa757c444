"""How much a motion moves like people: one score, 0 to 1, from statistics that are held against those of real speakers.

Each statistic has the range that real speakers were measured in. Within it the statistic scores 1; outside it falls off
like a bell with the distance from the range. The score is the root of the product of two numbers: the geometric mean of
all statistics, and the lowest of them, so that one thing that nobody does is enough for a low score.

The ranges are those of the takes in docs/metrics.md (BEAT2's scott in pieces of ten seconds, and SHOW's clips of ten
seconds), rounded outward: a few speakers, so that a low score says "unlike these", and 1 does not say "human".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gesta.metrics.motion.report import Hands, MotionReport, Trunk

LEAST = 1e-3
"""No statistic scores less, so that further ones still count."""
LEAST_SPEED_M_S = 1e-3
"""Wrists that are slower have no smoothness."""


@dataclass(frozen=True)
class Usual:
    """Where real speakers are.

    Attributes:
        low, high: the range, in the statistic's unit.
        width: standard deviation of the bell outside it, in the same unit, or in logarithms.
        ratio: whether distances are ratios, measured in logarithms.
    """

    low: float
    high: float
    width: float
    ratio: bool = False

    def score(self, value: float) -> float:
        """1 within the range, less outside, LEAST far away."""
        low, high, value = (np.log(max(one, 1e-9)) if self.ratio else one for one in (self.low, self.high, value))
        beyond = max(low - value, value - high, 0.0) / self.width
        return max(float(np.exp(-0.5 * beyond**2)), LEAST)


PEOPLE: Mapping[str, Usual] = {
    "wrist_speed_p95_m_s": Usual(0.15, 1.75, 0.4, ratio=True),
    "still_share": Usual(0.0, 0.93, 0.05),
    "jerk_per_speed_p50": Usual(44.0, 142.0, 0.3, ratio=True),
    "jerk_per_speed_p95": Usual(65.0, 172.0, 0.3, ratio=True),
    "submovements_per_minute": Usual(0.0, 130.0, 0.4, ratio=True),
    "lowest_wrist": Usual(-0.27, 0.35, 0.15),
    "highest_wrist": Usual(0.3, 1.1, 0.15),
    "straightest_elbow_deg": Usual(15.0, 105.0, 15.0),
    "sharpest_elbow_deg": Usual(65.0, 138.0, 15.0),
    "head_sd_deg": Usual(5.9, 20.0, 0.4, ratio=True),
    "head_speed_p50_deg_s": Usual(10.0, 27.0, 0.4, ratio=True),
    "head_speed_p95_deg_s": Usual(31.0, 61.0, 0.4, ratio=True),
    "spine_sd_deg": Usual(2.3, 8.0, 0.4, ratio=True),
    "frames_beyond_limits": Usual(0.0, 0.31, 0.15),
    "foot_slide_mm": Usual(0.0, 1.0, 0.5),
}
"""For each statistic where real speakers are; what it is and where it comes from is in docs/metrics.md."""


@dataclass(frozen=True)
class Naturalness:
    """How much a motion moves like people.

    Attributes:
        score: 0 to 1.
        statistics: what each statistic scores, 0 to 1; only those that the motion has.
    """

    score: float
    statistics: Mapping[str, float]


def naturalness(report: "MotionReport") -> Naturalness | None:
    """How much a measured motion moves like people; None where it has no arms or is too short to have speeds."""
    if report.hands is None or report.trunk is None or report.hands.speed_m_s is None:
        return None
    values = {**_of_hands(report.hands), **_of_trunk(report.trunk), "frames_beyond_limits": report.limits.frame_share}
    if report.foot_slide is not None:
        values["foot_slide_mm"] = report.foot_slide.mm_per_planted_frame
    scores = {name: PEOPLE[name].score(value) for name, value in values.items() if value is not None}
    every = np.array(list(scores.values()))
    mean = float(np.exp(np.log(every).mean()))
    return Naturalness(float(np.sqrt(mean * every.min())), scores)


def _of_hands(hands: "Hands") -> dict[str, float | None]:
    assert hands.speed_m_s is not None
    speeds, jerks = hands.speed_m_s, hands.jerk_m_s3
    heights, elbows = ([side for side in part.values() if side] for part in (hands.height, hands.elbow_deg))
    values: dict[str, float | None] = {
        "wrist_speed_p95_m_s": speeds["p95"],
        "still_share": None if hands.activity is None else hands.activity.still_share,
        "submovements_per_minute": None if hands.submovements is None else hands.submovements.per_minute,
        "lowest_wrist": min(side["p5"] for side in heights),
        "highest_wrist": max(side["p95"] for side in heights),
        "straightest_elbow_deg": min(side["p5"] for side in elbows),
        "sharpest_elbow_deg": max(side["p95"] for side in elbows),
    }
    for level in ("p50", "p95"):
        speed = max(speeds[level], LEAST_SPEED_M_S)
        values[f"jerk_per_speed_{level}"] = None if jerks is None else jerks[level] / speed
    return values


def _of_trunk(trunk: "Trunk") -> dict[str, float | None]:
    speeds = trunk.head_speed_deg_s
    spreads = (trunk.head_sd_deg, trunk.spine_sd_deg)
    head, spine = (float(np.linalg.norm([spread.pitch, spread.yaw, spread.roll])) for spread in spreads)
    return {
        "head_sd_deg": head,
        "spine_sd_deg": spine,
        "head_speed_p50_deg_s": None if speeds is None else speeds["p50"],
        "head_speed_p95_deg_s": None if speeds is None else speeds["p95"],
    }
