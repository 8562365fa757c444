"""The percentage of correct keypoints (PCK): how many points lie near their true places, by region.

"Near" is a share of something whose size in the picture is known: of the width of the true shoulders for body and
hands, of the true face's width for the face, both medians over the clip. A true point counts where it is seen; a
generated one that is not seen there is wrong. (PCK after Yang and Ramanan 2013, who took shares of the person's box.)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from gesta.keypoints.layout import GROUPS, HANDS, LEGS, VISIBLE, body_index
from gesta.metrics.keypoints.pairs import SHOULDERS, PointPair, median_distance_px

LEVELS = (0.05, 0.1, 0.2)
"""Shares of the region's measure within which a point is correct."""
_FACE = GROUPS["face"]
_JAW_ENDS = (_FACE.start, _FACE.start + 16)
_BELOW = {*LEGS, body_index("left_hip"), body_index("right_hip")}
"""Films end at the waist: legs and hips are mostly guesses of whoever found the points."""


@dataclass(frozen=True)
class Region:
    """Points that are counted together.

    Attributes:
        points: their places among the 134.
        measure: the two points whose distance is the region's measure.
    """

    points: tuple[int, ...]
    measure: tuple[int, int]


REGIONS: Mapping[str, Region] = MappingProxyType(
    {
        "body": Region(tuple(sorted({*range(GROUPS["body"].stop)} - _BELOW)), SHOULDERS),
        "hands": Region(tuple(at for hand in HANDS for at in range(GROUPS[hand].start, GROUPS[hand].stop)), SHOULDERS),
        "face": Region(tuple(range(_FACE.start, _FACE.stop)), _JAW_ENDS),
    }
)


@dataclass(frozen=True)
class CorrectPoints:
    """How right the points of a region are.

    Attributes:
        counted: pairs of frame and point in which the true point is seen.
        shares: for each of LEVELS, the share of those that is correct.
        missing: the share of those in which the generated point is not seen.
        error: mean distance of points seen in both, in the region's measure; None where there is none.
    """

    counted: int
    shares: tuple[float, ...]
    missing: float
    error: float | None


def correct_points(pair: PointPair, region: Region) -> CorrectPoints | None:
    """How right a region is; None where its measure or none of its true points is seen."""
    measure = median_distance_px(pair.real, *region.measure)
    if measure is None:
        return None
    points = list(region.points)
    true_seen = pair.real.scores[:, points] >= VISIBLE
    counted = int(true_seen.sum())
    if not counted:
        return None
    found = pair.generated.scores[:, points] >= VISIBLE
    apart = pair.generated.points[:, points].astype(np.float64) - pair.real.points[:, points]
    distance = np.linalg.norm(apart, axis=-1) / measure
    both = true_seen & found
    return CorrectPoints(
        counted,
        tuple(float((both & (distance <= level)).sum() / counted) for level in LEVELS),
        float((true_seen & ~found).sum() / counted),
        float(distance[both].mean()) if both.any() else None,
    )
