"""What a puppet cannot move: hands that are not seen, arms that touch, faces that cannot be read; how that is said."""

from collections.abc import Sequence

import numpy as np
from scipy.spatial.distance import cdist

from gesta.film.cutout.person_points import PersonPoints, person_points
from gesta.film.puppet.transfer import SIDES
from gesta.keypoints.estimators.embedded.seen import notes_of
from gesta.keypoints.layout import GROUPS, VISIBLE
from gesta.records import Keypoints

TOUCHING = 0.12
"""Forearms and hands nearer to each other than this, in widths of the shoulders, touch: clasped hands, crossed arms."""
ALONG = np.linspace(0.0, 1.0, 9)[:, None]


def hand_is_seen(keypoints: Keypoints, side: str) -> bool:
    """Whether most points of a hand are there."""
    scores = keypoints.scores[0, GROUPS[f"{side}_hand"]]
    return bool((scores >= VISIBLE).mean() >= 0.5)


def face_is_seen(keypoints: Keypoints) -> bool:
    """Whether the points of the face are there."""
    return bool((keypoints.scores[0, GROUPS["face"]] > 0.0).all())


def arms_touch(keypoints: Keypoints) -> bool:
    """Whether forearms or hands touch each other: each moved by itself, they would come apart."""
    points = person_points(keypoints)
    left, right = (_below_elbow(points, side) for side in SIDES)
    if not (len(left) and len(right)):
        return False
    return bool(cdist(left, right).min() < TOUCHING * points.across)


def _below_elbow(points: PersonPoints, side: str) -> np.ndarray:
    """Places along a forearm and its hand as far as they are seen: (n, 2)."""
    bones = [*points.sleeve_bones(side)[1:], *points.hand_bones(side)]
    return np.concatenate([start + ALONG * (end - start) for start, end in bones] or [np.zeros((0, 2))])


def lacking(keypoints: Keypoints, moving: Sequence[str]) -> list[str]:
    """What of a person's motion a puppet cannot show, in sentences.

    Args:
        keypoints: of the picture.
        moving: the sides whose arms move.
    """
    hidden = [f"{side}_hand" for side in SIDES if not hand_is_seen(keypoints, side)]
    some_face = bool((keypoints.scores[0, GROUPS["face"]] > 0.0).any())
    found = notes_of(1, some_face, hidden, np.inf, face_is_seen(keypoints))
    still = [side for side in SIDES if side not in moving]
    if still and arms_touch(keypoints):
        found.append("The arms touch each other.")
    if still:
        arms = "Both arms move" if len(still) > 1 else f"The {still[0]} arm moves"
        found.append(f"{arms} only with the body.")
    return found
