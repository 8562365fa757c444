"""What arms hide of the body: its outline there, and its colours.

The outline is the fitted trunk's, moved by what it is off where the person is seen: how far each pixel is inside the
true outline is known around the arm, how far inside the fitted one everywhere; the difference goes on smoothly.
"""

import numpy as np

from gesta.film.cutout.areas import outside_by
from gesta.film.cutout.fill import filled

SOFT = 1.0
"""Pixels over which the outline goes from nothing to all."""
FARTHEST = 0.3
"""How far from outlines differences are looked at, in widths of the shoulders."""


def hidden_alpha(body: np.ndarray, arms: np.ndarray, trunk: np.ndarray, across: float) -> np.ndarray:
    """How much of each pixel the body covers, behind its arms too: (H, W) float32.

    Args:
        body: (H, W) bool, where the body is seen.
        arms: (H, W) bool, where arms are before it or beside it.
        trunk: (H, W) bool, the fitted body without arms.
        across: the width of the shoulders, pixels.
    """
    most = FARTHEST * across
    background = ~(body | arms)
    true = np.where(body, -outside_by(background), outside_by(body))
    fitted = np.clip(outside_by(trunk), -most, most)
    difference = np.clip(true, -most, most) - fitted
    found = fitted + filled(np.repeat(difference[..., None], 3, axis=-1).astype(np.float32), ~arms)[..., 0]
    return np.where(arms, np.clip(0.5 - found / (2.0 * SOFT), 0.0, 1.0), body).astype(np.float32)
