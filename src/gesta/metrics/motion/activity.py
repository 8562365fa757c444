"""Moving and resting: the share of time both hands are still, and how long they move and pause."""

from dataclasses import dataclass

import numpy as np

from gesta.metrics.motion.summary import Percentiles, percentiles, runs
from gesta.units import MOTION_FPS

STILL_SPEED_M_S = 0.15
"""A wrist slower than this is still."""
LEVELS = (50, 90)
"""Percentiles of bouts and pauses that are reported."""


@dataclass(frozen=True)
class Activity:
    """Moving and resting.

    Attributes:
        still_share: share of time both wrists are under STILL_SPEED_M_S.
        bouts_s: lengths of the stretches in which a wrist moves, percentiles in seconds; None if there is none.
        pauses_s: lengths of the stretches in which both are still, likewise.
    """

    still_share: float
    bouts_s: Percentiles | None
    pauses_s: Percentiles | None


def activity(wrist_speeds: np.ndarray) -> Activity | None:
    """Moving and resting of (2, T - 1) smoothed wrist speeds, m/s; None if they are empty."""
    if wrist_speeds.shape[1] == 0:
        return None
    still = np.all(wrist_speeds < STILL_SPEED_M_S, axis=0)
    return Activity(
        still_share=float(still.mean()),
        bouts_s=percentiles(runs(still, wanted=False) / MOTION_FPS, LEVELS),
        pauses_s=percentiles(runs(still, wanted=True) / MOTION_FPS, LEVELS),
    )
