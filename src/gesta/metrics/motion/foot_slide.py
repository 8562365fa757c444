"""Foot slide: how far planted soles creep over the floor."""

from dataclasses import dataclass

import numpy as np

from gesta.motion.contacts import PLANTED_HEIGHT_M, PLANTED_SPEED_M_S, planted, sole_speeds

FLOOR_AXES = (0, 2)
"""x and z: the directions in which a foot slides."""
MILLIMETRES = 1000.0


@dataclass(frozen=True)
class FootSlide:
    """How far planted soles creep.

    Attributes:
        mm_per_planted_frame: mean horizontal way of a planted sole point from one planted frame to the next; None
            where no point is ever planted.
        planted_share: share of frames in which at least one of the sole points is planted.
        low_and_fast_share: share of all points and frames that are low but too fast to be planted: steps, or
            skating that the first number cannot see.
        deepest_mm: how far the lowest sole point goes below the floor, 0 or more.
    """

    mm_per_planted_frame: float | None
    planted_share: float
    low_and_fast_share: float
    deepest_mm: float


def foot_slide(soles: np.ndarray) -> FootSlide:
    """Foot slide of (T, 4, 3) sole points in metres, floor at y = 0; planted as `motion.contacts` defines it."""
    down = planted(soles)
    horizontal = np.asarray(soles, dtype=np.float64)[..., FLOOR_AXES]
    steps = np.linalg.norm(np.diff(horizontal, axis=0), axis=-1) * MILLIMETRES
    counted = down[1:] & down[:-1]
    fast = (soles[..., 1] < PLANTED_HEIGHT_M) & (sole_speeds(soles) >= PLANTED_SPEED_M_S)
    return FootSlide(
        mm_per_planted_frame=float(steps[counted].mean()) if counted.any() else None,
        planted_share=float(down.any(axis=1).mean()),
        low_and_fast_share=float(fast.mean()),
        deepest_mm=max(0.0, -float(soles[..., 1].min()) * MILLIMETRES),
    )
