"""Whether a pixel looks more like one thing or another: its colour and place against those of sure pixels nearby."""

import numpy as np
from scipy.spatial import cKDTree

from gesta.extras import extra_module
from gesta.film.cutout.areas import PURPOSE

SAMPLES = 3000
NEAREST = 5
LAB_STEP = 8.0
"""A difference of colour, in CIELAB, that counts as much as `reach` pixels of distance."""
DARKNESS = 0.6
"""What lightness counts against hue: shadows change it most."""
FAINT = 0.3
"""Likenesses nearer than this, in such steps, are all the same."""
MOST = 2.5


def likeness(picture: np.ndarray, asked: np.ndarray, first: np.ndarray, second: np.ndarray, reach: float) -> np.ndarray:
    """How much more pixels look like the first than the second: (H, W) log-odds, 0 where it is not asked.

    Args:
        picture: (H, W, 3) float32, 0 to 1.
        asked: (H, W) bool.
        first, second: (H, W) bool, pixels that are sure.
        reach: pixels of distance that count as much as one step of colour.
    """
    found = np.zeros(asked.shape, np.float32)
    if not (asked.any() and first.any() and second.any()):
        return found
    features = _features(picture, reach)
    wanted = features[asked]
    away = [_nearest(features[area], wanted) for area in (first, second)]
    odds = 2.0 * np.log((away[1] + FAINT) / (away[0] + FAINT))
    found[asked] = np.clip(odds, -MOST, MOST)
    return found


def _features(picture: np.ndarray, reach: float) -> np.ndarray:
    cv2 = extra_module("cv2", PURPOSE, "film")
    colours = cv2.cvtColor(np.ascontiguousarray(picture, np.float32), cv2.COLOR_RGB2LAB) / LAB_STEP
    rows, columns = np.indices(picture.shape[:2], np.float32)
    parts = [colours[..., 0] * DARKNESS, colours[..., 1], colours[..., 2], columns / reach, rows / reach]
    return np.stack(parts, axis=-1)


def _nearest(samples: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The mean distance to the nearest few samples."""
    some = samples[:: max(1, len(samples) // SAMPLES)]
    away, _ = cKDTree(some).query(wanted, k=min(NEAREST, len(some)))
    return away.reshape(len(wanted), -1).mean(axis=1)
