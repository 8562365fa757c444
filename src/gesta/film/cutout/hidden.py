"""What arms hide of the body: its outline there, and its colours.

The outline is the fitted trunk's, moved by what it is off where the person's own outline is seen: there the distance
to the fitted one is known, and between such places it goes on smoothly.
"""

import numpy as np

from gesta.film.cutout.areas import grown, outside_by
from gesta.film.cutout.fill import filled

SOFT = 1.0
"""Pixels over which the outline goes from nothing to all."""
EDGE_PX = 1.5
"""Body and background that are so near to each other meet."""
FARTHEST, NARROWER = 0.3, 0.08
"""Trunks wider or narrower than fitted by more than this, in widths of the shoulders, are so by so much: clothes reach
far out, but where an arm was taken for the background's edge nothing may bite into the trunk."""


def hidden_alpha(
    body: np.ndarray, arms: np.ndarray, shoulders: np.ndarray, trunk: np.ndarray, across: float
) -> np.ndarray:
    """How much of each pixel the body covers, behind its arms too: (H, W) float32.

    Args:
        body: (H, W) bool, where the body is seen.
        arms: (H, W) bool, where arms are before it or beside it.
        shoulders: (H, W) bool, the part of the arms that stays with the body; it tells nothing of the trunk's outline.
        trunk: (H, W) bool, the fitted body without arms.
        across: the width of the shoulders, pixels.
    """
    all_arms = arms | shoulders
    own = body & ~shoulders
    background = ~(body | all_arms)
    edge = grown(own, EDGE_PX) & grown(background, EDGE_PX) & ~grown(all_arms, EDGE_PX)
    fitted = outside_by(trunk)
    difference = np.clip(-fitted, -FARTHEST * across, NARROWER * across)
    if edge.any():
        difference = filled(np.repeat(difference[..., None], 3, axis=-1).astype(np.float32), edge)[..., 0]
    else:
        difference = np.zeros_like(difference)
    found = fitted + difference
    return np.where(arms, np.clip(0.5 - found / (2.0 * SOFT), 0.0, 1.0), body | shoulders).astype(np.float32)
