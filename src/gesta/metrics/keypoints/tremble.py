"""How much points tremble: the part of their movement that no muscle makes.

The second difference of a point over three frames is small where it moves evenly, and large where each frame has an
error of its own. Given is the deviation of the errors (each coordinate by itself, normal) whose second differences
would have the median length that is found; strokes hardly move a median. In the region's measure (`correct.REGIONS`).

The Fréchet gesture distance does not see this: its encoder learned to look through it.
"""

import numpy as np

from gesta.keypoints.layout import VISIBLE
from gesta.metrics.keypoints.correct import Region
from gesta.metrics.keypoints.pairs import median_distance_px
from gesta.records import Keypoints

SECOND = np.sqrt(6.0)
"""Deviation of a second difference over that of the errors it is made of: 1 + 4 + 1."""
MEDIAN = np.sqrt(2.0 * np.log(2.0))
"""The median length of a pair of independent normal numbers of deviation 1 (Rayleigh's)."""
LEAST_FRAMES = 25


def tremble(keypoints: Keypoints, region: Region) -> float | None:
    """How much the points of a region tremble; None where its measure, or its points, are hardly seen."""
    measure = median_distance_px(keypoints, *region.measure)
    points = list(region.points)
    seen = keypoints.scores[:, points] >= VISIBLE
    if measure is None or len(seen) < 3:
        return None
    together = seen[:-2] & seen[1:-1] & seen[2:]
    if together.sum() < LEAST_FRAMES * len(points) / 2:
        return None
    bends = np.linalg.norm(np.diff(keypoints.points[:, points].astype(np.float64), n=2, axis=0), axis=-1)[together]
    return float(np.median(bends) / (SECOND * MEDIAN * measure))
