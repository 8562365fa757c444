"""Areas of a picture: grown, shrunk, how far away they are, and drawn around bones."""

from collections.abc import Iterable, Sequence

import numpy as np

from gesta.extras import extra_module

PURPOSE = "Cutting out a person"
FAR = 1e4
"""Pixels; how far away an empty area is."""


def grown(area: np.ndarray, pixels: float) -> np.ndarray:
    """An area (H, W) bool with all that is at most so many pixels away."""
    return _away(area) <= pixels if pixels > 0.0 else area


def shrunk(area: np.ndarray, pixels: float) -> np.ndarray:
    """An area (H, W) bool without what is at most so many pixels from outside of it; the picture's border is none."""
    return _away(~area) > pixels if pixels > 0.0 else area


def outside_by(area: np.ndarray) -> np.ndarray:
    """How far each pixel is outside of an area: (H, W) float32 pixels, below 0 inside."""
    return _away(area) - _away(~area)


def around_bones(shape: tuple[int, int], bones: Iterable[Sequence[np.ndarray]], radius: float) -> np.ndarray:
    """What lies within a radius of bones: (H, W) bool.

    Args:
        shape: height and width.
        bones: each the two ends (2,) x, y, in pixels.
        radius: pixels.
    """
    cv2 = extra_module("cv2", PURPOSE, "film")
    drawn = np.zeros(shape, np.uint8)
    for first, second in bones:
        ends = [tuple(np.rint(np.clip(end, -FAR, FAR)).astype(int).tolist()) for end in (first, second)]
        cv2.line(drawn, ends[0], ends[1], 1, max(1, round(2.0 * radius)))
        for end in ends:
            cv2.circle(drawn, end, max(0, round(radius)), 1, -1)
    return drawn > 0


def hull(shape: tuple[int, int], points: np.ndarray) -> np.ndarray:
    """The smallest area without dents that holds points (N, 2): (H, W) bool."""
    cv2 = extra_module("cv2", PURPOSE, "film")
    drawn = np.zeros(shape, np.uint8)
    cv2.fillConvexPoly(drawn, cv2.convexHull(np.rint(np.clip(points, -FAR, FAR)).astype(np.int32)), 1)
    return drawn > 0


def touching(area: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """The connected pieces of an area (H, W) bool that hold a seed."""
    cv2 = extra_module("cv2", PURPOSE, "film")
    _, pieces = cv2.connectedComponents(area.astype(np.uint8), connectivity=4)
    kept = np.unique(pieces[seeds & area])
    return np.isin(pieces, kept[kept > 0])


def _away(area: np.ndarray) -> np.ndarray:
    """How far each pixel is from an area, 0 inside."""
    cv2 = extra_module("cv2", PURPOSE, "film")
    if not area.any():
        return np.full(area.shape, FAR, np.float32)
    return np.asarray(cv2.distanceTransform((~area).astype(np.uint8), cv2.DIST_L2, 5))
