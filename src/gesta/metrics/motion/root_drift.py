"""Where the body goes: how far the pelvis wanders over the floor, and whether it drifts away."""

from dataclasses import dataclass

import numpy as np

from gesta.units import MOTION_FPS

WINDOW_S = 60.0
"""Wander is measured in windows of this length, since a long take wanders further than a short one."""


@dataclass(frozen=True)
class RootDrift:
    """Where the pelvis goes, metres, x and z.

    Attributes:
        range_m: width of its path in x and in z within a minute (mean over the take's minutes, or the whole of a
            shorter take).
        sd_m: standard deviation in x and in z.
        drift_m: horizontal distance between its first and its last place.
    """

    range_m: tuple[float, float]
    sd_m: tuple[float, float]
    drift_m: float


def root_drift(positions: np.ndarray) -> RootDrift:
    """Wander of a pelvis at (T, 3) metres."""
    floor = np.asarray(positions, dtype=np.float64)[:, [0, 2]]
    window = round(WINDOW_S * MOTION_FPS)
    starts = range(0, max(1, len(floor) - window + 1), window)
    ranges = np.mean([np.ptp(floor[start : start + window], axis=0) for start in starts], axis=0)
    sd = floor.std(axis=0)
    return RootDrift(
        range_m=(float(ranges[0]), float(ranges[1])),
        sd_m=(float(sd[0]), float(sd[1])),
        drift_m=float(np.linalg.norm(floor[-1] - floor[0])),
    )
