"""How much of each pixel the person covers: matting in a band around their area, wider where hair is."""

import numpy as np

from gesta.film.cutout.areas import around_bones, grown, shrunk
from gesta.film.cutout.matting import closed_form
from gesta.film.cutout.person import Hands, hands_of
from gesta.film.cutout.person_points import PersonPoints
from gesta.keypoints.layout import GROUPS

BAND = 0.018
"""How far the area's edge may be wrong, in widths of the shoulders."""
HAIR_OUT, HAIR_IN, HAIR_AROUND = 0.06, 0.035, 1.15
"""The band at hair, and how far from the face's middle hair is looked for, in heights of the face."""
CLEAN = (0.03, 0.97)
"""Less alpha is none, more is all: matting leaves traces of what looks alike."""


def person_alpha(picture: np.ndarray, area: np.ndarray, points: PersonPoints) -> np.ndarray:
    """Alpha of the person: (H, W) float32.

    Args:
        picture: (H, W, 3) float32, 0 to 1.
        area: (H, W) bool, where they are.
        points: theirs.
    """
    across, shape = points.across, area.shape
    hair, hands = _hair(points, shape), hands_of(points, shape)
    inside = np.where(hair, shrunk(area, HAIR_IN * across), shrunk(area, BAND * across))
    outside = np.where(hair, ~grown(area, HAIR_OUT * across), ~grown(area, BAND * across))
    inside = np.where(hands.reach, _in_hands(area, hands, points), inside)
    likely = np.where(hair, np.nan, area)
    alpha = closed_form(picture, inside, outside & ~inside, likely)
    low, high = CLEAN
    return np.clip((alpha - low) / (high - low), 0.0, 1.0) * grown(alpha > 0.5, 0.12 * across)


def _in_hands(area: np.ndarray, hands: Hands, points: PersonPoints) -> np.ndarray:
    """What is sure within hands: fingers are thinner than the band."""
    return (hands.core & shrunk(area, 1.0)) | shrunk(area, BAND * points.across)


def _hair(points: PersonPoints, shape: tuple[int, int]) -> np.ndarray:
    """Around the head, where hair may be."""
    face = points.points[GROUPS["face"]][points.there[GROUPS["face"]]]
    if len(face) < 3:
        return np.zeros(shape, bool)
    middle, height = face.mean(axis=0), float(np.ptp(face[:, 1]))
    return around_bones(shape, [(middle, middle)], HAIR_AROUND * max(height, 0.4 * points.across))
