"""How far the joints of a finger bend that is closed so far: 0 straight, 1 in the palm."""

import numpy as np

FULL_CURL_DEG = (75.0, 95.0, 60.0)
"""Flexion of a closed finger's base, middle and end joint."""
END_FOLLOWS_FROM = 0.5
"""A little bent finger's end joint is nearly straight; from this curl on it bends in proportion, as the others do."""


def flexion_deg(curl: np.ndarray) -> np.ndarray:
    """Flexion of base, middle and end joint for curls (...,): (..., 3) degrees."""
    share = np.clip(curl / END_FOLLOWS_FROM, 0.0, 1.0)
    late = curl * share * share * (3.0 - 2.0 * share)
    return np.stack((curl, curl, late), axis=-1) * FULL_CURL_DEG
