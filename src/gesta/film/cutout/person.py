"""Which pixels are the person: what two networks say, where the fitted body is, hands by their points, and colours."""

from dataclasses import dataclass

import numpy as np

from gesta.film.cutout.areas import around_bones, grown, hull, outside_by, shrunk, touching
from gesta.film.cutout.fill import filled
from gesta.film.cutout.fitted_parts import NOTHING, FittedParts
from gesta.film.cutout.likeness import likeness
from gesta.film.cutout.min_cut import smallest_cut
from gesta.film.cutout.person_points import PALM, SIDES, PersonPoints
from gesta.keypoints.layout import GROUPS

BODY_SHARE = 0.3
"""What the coarse mask of the body's network counts; the rest is the finer one's."""
SURE, EDGE = 0.95, 0.02
"""How sure networks must be, and how far from the edge, in widths of the shoulders, for nothing else to be asked."""
TRUSTED = 2.5
"""The most that networks say, as log-odds; they are wrong between fingers and in gaps beside the trunk."""
INSIDE = -0.05
"""Pixels that networks are sure of are sure if they lie so far inside the fitted body; gaps beside it are not."""
LOOSE = 0.06
"""Clothes reach so far over the fitted body, in widths of the shoulders; what is farther out speaks against."""
OFF_BODY = 1.5
UNTRUSTED, BESIDE = 0.6, 2.2
"""What is left of what networks say beside hands, or against pixels along arms, since they lose cuffs; and what more
speaks against pixels beside hands."""
FINGER_CORE, FINGER_REACH = 0.06, 0.19
"""Radii around the bones of fingers, in lengths of the palm: what is surely finger, and what may be."""
BESIDE_HAND, BESIDE_ARM = 0.5, 0.22
"""So far around a hand, in lengths of the palm, its points know better than networks what is none, except along the
arm, so far from its bones in widths of the shoulders."""
SLEEVE, CUFF = 0.75, 0.12
"""Wide sleeves end at this share of a bone; from there on they are so wide, in widths of the shoulders."""
CUFF_REACH = 0.2
"""So far around forearms and hands, in widths of the shoulders, cuffs are looked for."""
UNUSUAL, LEAST_UNUSUAL, STRANGE = 1.5, 0.02, 1.5
"""How far colours must be from a smooth background, in what is usual around and at least, and what that speaks for."""
SAMPLE = 0.04
"""So far inside, in widths of the shoulders, sure pixels are taken to show the person's colours."""
SEAM = 1.2
REACH = 0.12
"""Distance that counts as much as a step of colour, in widths of the shoulders."""


@dataclass(frozen=True)
class Hands:
    """Where hands are: (H, W) bool, what is surely one, what may be, what is beside them, and what may be sleeve."""

    core: np.ndarray
    reach: np.ndarray
    beside: np.ndarray
    sleeves: np.ndarray


def hands_of(points: PersonPoints, shape: tuple[int, int]) -> Hands:
    """The hands that are seen, by their points."""
    core, reach, beside = (np.zeros(shape, bool) for _ in range(3))
    for side in SIDES:
        hand, length = points.hand(side), points.hand_length(side)
        if hand is None:
            continue
        bones = points.hand_bones(side)
        core |= around_bones(shape, bones, FINGER_CORE * length) | shrunk(hull(shape, hand[list(PALM)]), 1.0)
        reach |= around_bones(shape, bones, FINGER_REACH * length)
        reach |= grown(hull(shape, hand[list(PALM)]), FINGER_REACH * length)
        beside |= grown(hull(shape, hand), BESIDE_HAND * length)
    arms = [(start, start + SLEEVE * (end - start)) for side in SIDES for start, end in points.sleeve_bones(side)]
    sleeves = around_bones(shape, arms, BESIDE_ARM * points.across)
    whole = [bone for side in SIDES for bone in points.sleeve_bones(side)]
    sleeves |= around_bones(shape, whole, CUFF * points.across)
    return Hands(core, reach, beside & ~(reach | sleeves), sleeves)


def person_area(
    picture: np.ndarray, anybody: np.ndarray, body: np.ndarray | None, points: PersonPoints, parts: FittedParts
) -> np.ndarray:
    """The person's pixels: (H, W) bool.

    Args:
        picture: (H, W, 3) float32, 0 to 1.
        anybody: (H, W), how likely each pixel shows somebody.
        body: (H, W), how likely it is this person's; None where that is not known.
        points: theirs.
        parts: of their body.
    """
    across, shape = points.across, anybody.shape
    hands = hands_of(points, shape)
    said = anybody if body is None else (1.0 - BODY_SHARE) * anybody + BODY_SHARE * body
    covered = parts.label != NOTHING
    loose = outside_by(covered) / across
    likely = said > 0.5
    near = grown(covered, 3.0 * LOOSE * across) | hands.reach
    seen = anybody > SURE
    for_it = shrunk(seen, EDGE * across) & (loose < INSIDE) | hands.core | _face(points, shape)
    against = shrunk(anybody < 1.0 - SURE, EDGE * across) & ~hands.reach | ~grown(likely, 0.15 * across) & ~hands.reach
    beside = hands.beside & ~grown(parts.trunk, LOOSE * across)
    for_it &= ~beside
    against &= ~(for_it | hands.sleeves)
    open_pixels = ~(for_it | against)
    odds = np.clip(np.log((said + 1e-3) / (1.001 - said)), -TRUSTED, TRUSTED)
    doubted = beside | hands.sleeves & (odds < 0.0)
    odds = np.where(doubted, UNTRUSTED * odds, odds) - BESIDE * beside
    odds -= OFF_BODY * np.clip(loose / LOOSE - 1.0, 0.0, 1.0)
    strange = _no_wall(picture, likely | hands.reach | hands.sleeves, points) & ~for_it
    odds = np.where(strange, np.maximum(odds, STRANGE), odds)
    open_pixels |= strange
    own = shrunk(for_it, SAMPLE * across) | hands.core
    colour = likeness(picture, open_pixels, own & near, against & grown(near, 0.3 * across), REACH * across)
    found = smallest_cut(picture, odds + colour, open_pixels, for_it, SEAM)
    return touching(found, _seeds(points, for_it))


def _no_wall(picture: np.ndarray, person: np.ndarray, points: PersonPoints) -> np.ndarray:
    """Pixels beside forearms and hands that a plain background does not explain: (H, W) bool, cuffs for instance.

    Where the background has texture of its own, it explains everything.
    """
    across, shape = points.across, person.shape
    bones = [bone for side in SIDES for bone in (*points.sleeve_bones(side)[1:], *points.hand_bones(side))]
    near = around_bones(shape, bones, CUFF_REACH * across)
    known = ~(grown(person, EDGE * across) | near)
    around = known & grown(near, CUFF_REACH * across)
    if not (near.any() and around.any()):
        return np.zeros(shape, bool)
    wall = filled(picture, known)
    # What the same fill makes of a background that is known, from what lies half as far away.
    tried = filled(picture, known & ~around)
    usual = np.percentile(np.abs(picture - tried).max(axis=-1)[around], 95)
    return near & (np.abs(picture - wall).max(axis=-1) > max(UNUSUAL * float(usual), LEAST_UNUSUAL))


def _face(points: PersonPoints, shape: tuple[int, int]) -> np.ndarray:
    """Inside the face's points."""
    face = points.points[GROUPS["face"]][points.there[GROUPS["face"]]]
    return hull(shape, face) if len(face) > 2 else np.zeros(shape, bool)


def _seeds(points: PersonPoints, for_it: np.ndarray) -> np.ndarray:
    """What is surely this person and nobody else: around the points that are seen."""
    bones = [(point, point) for point in points.points[points.there]]
    return for_it & around_bones(for_it.shape, bones, 0.05 * points.across)
