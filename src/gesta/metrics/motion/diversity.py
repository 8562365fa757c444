"""Diversity between takes: how far apart the hands are that several takes of one recording have at the same moment.

Takes that rest in different poses are apart all the time and may still move alike, so the distance is also given with
each take's own mean place taken away: what is left is different movement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np


@dataclass(frozen=True)
class Diversity:
    """How different takes of one recording are.

    Attributes:
        distance_m: distance between the same wrist of two takes, median over time; mean over pairs and wrists.
        moving_m: the same after each wrist's mean place in its take was taken away.
    """

    distance_m: float
    moving_m: float


def diversity(takes: Sequence[np.ndarray]) -> Diversity | None:
    """Diversity of takes of one recording.

    Args:
        takes: for each take (T, 2, 3) metres, both wrists in the pelvis' frame (`Tracks.in_pelvis`).

    Returns:
        None for fewer than two takes.
    """
    if len(takes) < 2:
        return None
    centred = [wrists - wrists.mean(axis=0) for wrists in takes]
    return Diversity(_apart(takes), _apart(centred))


def _apart(takes: Sequence[np.ndarray]) -> float:
    pairs = [np.linalg.norm(first - second, axis=-1) for first, second in combinations(takes, 2)]
    return float(np.mean([np.median(distance, axis=0) for distance in pairs]))
