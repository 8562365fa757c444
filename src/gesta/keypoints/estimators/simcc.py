"""Points read from a network that classifies each coordinate by itself (SimCC, arXiv 2107.03332).

Facts: RTMPose's and DWPose's codec (SimCCLabel): bins of half a pixel, no refinement between them; a point is as sure
as the less sure of its two coordinates. Highest values reach about 1.2 and are cut to 1 here, where the published
program keeps them.
"""

import numpy as np

BINS_A_PIXEL = 2
"""The split ratio."""


def decoded(columns: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where the points are and how sure that is.

    Args:
        columns: (K, 2 * width) the network's answer for x.
        rows: (K, 2 * height) for y.

    Returns:
        (K, 2) x, y in pixels of what the network read, and (K,) 0 to 1.
    """
    points = np.stack([columns.argmax(axis=1), rows.argmax(axis=1)], axis=1) / BINS_A_PIXEL
    sure = np.minimum(columns.max(axis=1), rows.max(axis=1))
    return points, np.clip(np.nan_to_num(sure, nan=0.0), 0.0, 1.0)
