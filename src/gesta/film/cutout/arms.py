"""The arms among a person's pixels: by the fitted body, the bones between their points, hands, and colours."""

import numpy as np

from gesta.extras import extra_module
from gesta.film.cutout.areas import PURPOSE, around_bones, grown, hull, outside_by, shrunk
from gesta.film.cutout.fitted_parts import BODY, FittedParts
from gesta.film.cutout.likeness import likeness
from gesta.film.cutout.matting import closed_form, foreground_and_background
from gesta.film.cutout.min_cut import smallest_cut
from gesta.film.cutout.person import FINGER_CORE, FINGER_REACH
from gesta.film.cutout.person_points import PALM, SIDES, PersonPoints

JOINTS = 3
"""Shoulder, elbow and wrist must be seen for an arm to move."""
CORE, REACH = 0.05, 0.19
"""Radii around an arm's bones, in widths of the shoulders: what is surely arm, and what may be, sleeves included."""
SURE = ((0.15, 0.75), (0.35, 1.0))
"""Of upper arm and forearm, the shares that their bones' surroundings are surely arm along: elbows of points may lie
beside the arm."""
FINGER = 0.11
"""Half a finger's width, in lengths of the palm."""
PAST_WRIST = 0.12
SPREAD = 0.04
"""How far the edge of the fitted arm may be off, in widths of the shoulders."""
MOST = 2.5
SEAM = 1.5
COLOUR_REACH = 0.12
BAND = 0.014
SOFT = 0.004
ALIKE = (0.05, 0.15)
"""Differences of colour, 0 to 1, from which an arm and what is behind it can be told apart a little, and well."""
SHOULDER, ELBOW = (0.05, 0.35), (0.7, 1.0)
"""Along the upper arm, from the shoulder: where the arm's layer begins and where it is whole, and where the body's copy
of the arm begins to end and where it has ended."""
BESIDE_FINGERS, HAND_SOFT = 0.16, 0.03
"""How far a hand reaches around its bones, in lengths of the palm, and how softly it ends there, in widths of the
shoulders."""


def movable(points: PersonPoints) -> tuple[str, ...]:
    """The sides whose arms are seen to the wrist."""
    return tuple(side for side in SIDES if len(points.arm(side)) == JOINTS)


def arm_area(
    picture: np.ndarray, person: np.ndarray, points: PersonPoints, parts: FittedParts, side: str, taken: np.ndarray
) -> np.ndarray:
    """The pixels of an arm with its hand: (H, W) bool.

    Args:
        picture: (H, W, 3) float32, 0 to 1.
        person: (H, W) bool, theirs.
        points, parts: theirs.
        side: "left" or "right".
        taken: (H, W) bool, pixels that belong to the other arm.
    """
    across, shape = points.across, person.shape
    wrist = points.arm(side)[-1]
    bones = [
        (start + begin * (end - start), start + until * (end - start))
        for (start, end), (begin, until) in zip(points.sleeve_bones(side), SURE, strict=True)
    ]
    length = points.hand_length(side)
    hand = around_bones(shape, points.hand_bones(side), FINGER * length)
    hand_reach = around_bones(shape, points.hand_bones(side), FINGER_REACH * length)
    palm = points.hand(side)
    if palm is not None:
        hand |= hull(shape, palm[list(PALM)])
    fingers = around_bones(shape, points.hand_bones(side), FINGER_CORE * length)
    fitted = parts.arm(side)
    other = SIDES[1 - SIDES.index(side)]
    # Where points and body disagree, the points are nearer to the truth: what they surround is sure.
    sure = (around_bones(shape, bones, CORE * across) | fingers) & person & ~taken
    may = (
        around_bones(shape, points.sleeve_bones(side), REACH * across)
        | grown(fitted, 2.0 * SPREAD * across)
        | hand
        | hand_reach
    ) & person
    may &= ~(taken | around_bones(shape, points.hand_bones(other), 0.06 * points.hand_length(other)))
    open_pixels = may & ~sure
    # The fitted hand is nearly right, the points of a hand are.
    sleeve = fitted & ~around_bones(
        shape, [(wrist, hand_end) for hand_end in points.hand_ends(side)], PAST_WRIST * across
    )
    # What neither covers, wide cloth, goes with what is nearer.
    nearer = outside_by((parts.label == BODY) & ~hand) - outside_by(sleeve | hand)
    odds = np.clip(nearer / (2.0 * SPREAD * across), -1.0, 1.0) * MOST
    body = person & ~may | shrunk(parts.trunk & ~fitted, 0.06 * across) & person & ~sure
    odds += likeness(picture, open_pixels, sure | shrunk(fitted, SPREAD * across) & may, body, COLOUR_REACH * across)
    return smallest_cut(picture, odds, open_pixels, sure, SEAM) & person


def arm_share(picture: np.ndarray, area: np.ndarray, person: np.ndarray, points: PersonPoints) -> np.ndarray:
    """How much of each of the person's pixels an arm covers: (H, W) float32.

    Outside of the person it is that of the nearest of their pixels, so that an arm's edge to the background is the
    person's own.

    Args:
        picture: (H, W, 3) float32, the person's colours.
        area: (H, W) bool, the arm's pixels.
        person: (H, W) bool, where the person is at all.
        points: theirs.
    """
    cv2 = extra_module("cv2", PURPOSE, "film")
    band = BAND * points.across
    rest = person & ~area
    nearer = outside_by(area) <= outside_by(rest)
    inside, outside = shrunk(nearer, band), shrunk(~nearer, band)
    beyond = ~grown(person, 2.0)
    matted = closed_form(picture, inside | beyond & nearer, outside | beyond & ~nearer)
    # Where cloth lies on the same cloth, matting follows folds; there the edge is only made soft.
    plain = cv2.GaussianBlur(nearer.astype(np.float32), (0, 0), max(0.7, SOFT * points.across))
    arm, body = foreground_and_background(picture, plain)
    low, high = ALIKE
    told = np.clip((np.abs(arm - body).mean(axis=-1) - low) / (high - low), 0.0, 1.0)
    return np.asarray(told * matted + (1.0 - told) * plain, np.float32)


def past_shoulder(points: PersonPoints, side: str, shape: tuple[int, int]) -> np.ndarray:
    """How much of an arm is on its own layer: (H, W) float32, 0 at the shoulder, 1 from where the layer is whole."""
    return _between(_along_upper_arm(points, side, shape), *SHOULDER)


def past_elbow(points: PersonPoints, side: str, shape: tuple[int, int]) -> np.ndarray:
    """How much of an arm is only on its own layer: (H, W) float32, 0 on the upper arm, 1 on forearm and hand.

    The body has the upper arm too, so that cloth between it and the trunk is drawn out and does not tear.
    """
    found = _between(_along_upper_arm(points, side, shape), *ELBOW)
    bones = points.hand_bones(side)
    if bones:
        # Hands before an upper arm are no part of it.
        away = outside_by(around_bones(shape, bones, BESIDE_FINGERS * points.hand_length(side)))
        found = np.maximum(found, _between(-away / points.across, -HAND_SOFT, 0.0))
    return found


def _along_upper_arm(points: PersonPoints, side: str, shape: tuple[int, int]) -> np.ndarray:
    """How far along the upper arm each pixel is: (H, W), 0 at the shoulder, 1 at the elbow."""
    shoulder, elbow, _ = points.arm(side)
    along = elbow - shoulder
    rows, columns = np.indices(shape, np.float32)
    offset = np.stack([columns + 0.5 - shoulder[0], rows + 0.5 - shoulder[1]], axis=-1)
    # A short upper arm points at the camera: then a width of its own tells how far.
    return np.asarray(offset @ along / max(float(along @ along), (0.3 * points.across) ** 2))


def _between(values: np.ndarray, begin: float, whole: float) -> np.ndarray:
    """Values as a share that rises smoothly from 0 to 1 between two of them: float32."""
    share = np.clip((values - begin) / (whole - begin), 0.0, 1.0)
    return np.asarray(share * share * (3.0 - 2.0 * share), np.float32)
