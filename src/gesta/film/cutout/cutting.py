"""From a picture and the points of a person in it to layers that can move before a whole background."""

import numpy as np

from gesta.errors import InputError
from gesta.film.cutout.areas import around_bones, grown, outside_by, shrunk, touching
from gesta.film.cutout.arms import arm_area, arm_share, movable, past_elbow, past_shoulder
from gesta.film.cutout.fill import filled, filled_behind, grained
from gesta.film.cutout.fitted_parts import fitted_parts, parts_from_points
from gesta.film.cutout.hidden import hidden_alpha
from gesta.film.cutout.layers import Cutout, Layer, exact
from gesta.film.cutout.matting import foreground_and_background
from gesta.film.cutout.person import person_area
from gesta.film.cutout.person_alpha import person_alpha
from gesta.film.cutout.person_points import PersonPoints, person_points
from gesta.film.size import resized_values
from gesta.keypoints.bridge.fit import BodyFit
from gesta.keypoints.estimators.embedded.person_mask import PersonMasks
from gesta.keypoints.estimators.embedded.seen import notes_of
from gesta.keypoints.estimators.pictures import as_rgb, size_of
from gesta.records import Keypoints

WORK_PX, MATTE_PX = 512, 1024
"""Longer sides at which areas are decided and alpha is found."""
SKIRT, SKIRT_MOST, LEAST_ALPHA = 0.014, 0.05, 0.03
"""How far traces of a person reach beyond their alpha, in widths of the shoulders, and how strong they are."""
CLOTH = 0.03
"""So far from arms and edges, in widths of the shoulders, the body's colours are taken for what is hidden of it."""
COPY = 0.01
"""So far inside of their edge, in widths of the shoulders, the body's copy of upper arms ends."""
SAME_CLOTH, FOREARM = 0.1, 0.1
"""Before the trunk, what looks like its cloth up to such a difference of colour stays on it, unless it is so near, in
widths of the shoulders, to a forearm's bones."""
ONLY_ARM = 0.02
"""Where an arm's layer has so much of it alone, what it hides is made up."""
UNSEEN = 0.006
"""A colour may be so far off."""
LEAST_WAY = 0.02
"""Squared difference of colours below which traces cannot be told."""
OWN_SPREAD = 0.15
"""How far a faint pixel's colour may be from what matting finds."""
SLIVER = 0.03
"""Pieces narrower than twice this, in widths of the shoulders, are no body of their own."""
TRUSTED = 0.3
"""Where the person covers less, what matting says of the background counts."""
LEAST_SHARE = 0.01
"""A person is at least this share of the picture."""


def cut_out(picture: np.ndarray, keypoints: Keypoints, fit: BodyFit | None) -> Cutout:
    """Cut a person out of a picture.

    Args:
        picture: (H, W, 3) uint8, or grey as (H, W).
        keypoints: one frame, in the picture's pixels: whose points these are is cut out.
        fit: our body fitted to them; none: parts are told by the points alone, which is less exact.

    Raises:
        InputError: a needed package is not installed, or nobody is seen at the points.
    """
    picture = as_rgb(picture)
    colours = picture.astype(np.float32) / 255.0
    networks = PersonMasks()
    body, persons = networks.body(picture, keypoints)
    small = _Small(colours, networks.anybody(picture, keypoints), body, keypoints, fit)
    if small.person.mean() < LEAST_SHARE:
        raise InputError("No person is seen at the points in the picture; take a picture that shows one clearly.")
    whole = small.whole(colours, keypoints)
    notes = tuple(notes_of(persons, True, (), np.inf))
    return _layers(colours, whole, person_points(keypoints), notes)


class _Small:
    """Areas, decided at a small size."""

    def __init__(
        self,
        colours: np.ndarray,
        anybody: np.ndarray,
        body: np.ndarray | None,
        keypoints: Keypoints,
        fit: BodyFit | None,
    ) -> None:
        width, height = size_of(colours)
        scale = min(1.0, WORK_PX / max(width, height))
        self.size = max(1, round(width * scale)), max(1, round(height * scale))
        self.points = person_points(keypoints, self.size[0] / width)
        picture = resized_values(colours, self.size)
        self.parts = parts_from_points(self.points, picture.shape[:2]) if fit is None else fitted_parts(fit, self.size)
        masks = [None if mask is None else resized_values(mask, self.size) for mask in (anybody, body)]
        assert masks[0] is not None
        self.person = person_area(picture, masks[0], masks[1], self.points, self.parts)
        # The nearer arm takes what both could have.
        self.sides = sorted(movable(self.points), key=lambda side: -self.parts.nearness[side])
        self.arms: dict[str, np.ndarray] = {}
        for side in self.sides:
            taken = np.any(list(self.arms.values()), axis=0) if self.arms else np.zeros_like(self.person)
            self.arms[side] = arm_area(picture, self.person, self.points, self.parts, side, taken)
        self._give_slivers()

    def _give_slivers(self) -> None:
        """Pieces that are cut off from the body by its arms belong to the nearer arm."""
        if not self.arms:
            return
        rest = self.person & ~np.any(list(self.arms.values()), axis=0)
        loose = rest & ~touching(rest, shrunk(rest, SLIVER * self.points.across))
        away = {side: outside_by(area) for side, area in self.arms.items()}
        for side in self.sides:
            nearest = np.all([away[side] <= other for other in away.values()], axis=0)
            self.arms[side] = self.arms[side] | loose & nearest

    def whole(self, colours: np.ndarray, keypoints: Keypoints) -> "_Whole":
        """The same at the picture's size, with soft edges."""
        size = size_of(colours)
        factor = min(1.0, MATTE_PX / max(size))
        matte = max(1, round(size[0] * factor)), max(1, round(size[1] * factor))
        points, at_matte = person_points(keypoints, matte[0] / size[0]), resized_values(colours, matte)
        person = _up(self.person, matte)
        alpha = person_alpha(at_matte, person, points)
        own, _ = foreground_and_background(at_matte, alpha)
        shares = {side: arm_share(own, _up(area, matte), person, points) for side, area in self.arms.items()}
        arms, upper = np.zeros_like(person), np.zeros_like(person)
        for side, share in shares.items():
            own_arm, past = (share > 0.02) & (alpha > 0.0), past_elbow(points, side, person.shape) > ONLY_ARM
            arms |= own_arm & past
            upper |= own_arm & ~past
        body = (alpha > 0.5) & ~arms
        hidden = hidden_alpha(body, arms, upper, points.across)
        return _Whole(
            resized_values(alpha, size),
            {side: resized_values(share, size) for side, share in shares.items()},
            resized_values(hidden, size),
        )


class _Whole:
    """Soft areas at the picture's size: the person, each arm's share of it, and the body behind the arms."""

    def __init__(self, alpha: np.ndarray, shares: dict[str, np.ndarray], hidden: np.ndarray) -> None:
        self.alpha, self.shares, self.hidden = alpha, shares, hidden


def _layers(colours: np.ndarray, whole: _Whole, points: PersonPoints, notes: tuple[str, ...]) -> Cutout:
    """Layers and background of soft areas."""
    own, behind = foreground_and_background(colours, whole.alpha)
    background, alpha = _background(colours, whole.alpha, own, behind, points.across)
    layers, above = [], np.ones_like(alpha)
    inset = CLOTH * points.across
    hidden_by, upper, copied = np.zeros_like(alpha), np.zeros_like(alpha), np.zeros(alpha.shape, bool)
    rest = own
    cloth = filled(own, shrunk((np.max([*whole.shares.values(), hidden_by], axis=0) < 0.02) & (alpha > 0.98), inset))
    unlike = np.clip((np.abs(own - cloth).max(axis=-1) - SAME_CLOTH) / SAME_CLOTH, 0.0, 1.0)
    for side, with_cloth in whole.shares.items():
        past = past_elbow(points, side, alpha.shape)
        trunks = (past > ONLY_ARM) & (whole.hidden > 0.5) & ~_near_forearm(points, side, alpha.shape)
        share = np.where(trunks, unlike, 1.0) * with_cloth
        arm, under = foreground_and_background(rest, share)
        rest = past[..., None] * under + (1.0 - past[..., None]) * rest
        cover = alpha * share * past_shoulder(points, side, alpha.shape)
        layers.append(Layer(f"{side}_arm", arm, cover))
        above = above * (1.0 - cover)
        hidden_by = np.maximum(hidden_by, share * (past > ONLY_ARM))
        upper = np.maximum(upper, share * (1.0 - past))
        copied |= (share > 0.02) & (past <= ONLY_ARM)
    needed = 1.0 - (1.0 - alpha) / np.maximum(above, 0.02)
    covered = np.where(above > 0.02, needed, 0.0)
    # What arms may uncover: the body behind forearms, and its copy of the upper arms, a little inside of their edge.
    copied &= shrunk(alpha > 0.98, COPY * points.across)
    behind = np.maximum(whole.hidden * (alpha > 0.98) * (hidden_by > 0.0), copied)
    cover = np.clip(np.maximum(covered, behind), 0.0, 1.0).astype(np.float32)
    true = shrunk((hidden_by < 0.02) & (alpha > 0.98), inset)
    inside = grained(filled(rest, true & (upper < 0.02)), np.clip(hidden_by, 0.0, 1.0), true)
    mix = np.clip(hidden_by * 4.0, 0.0, 1.0)[..., None]
    colour = (mix * inside + (1.0 - mix) * rest).astype(np.float32)
    found = exact((Layer("body", colour, cover, upper), *reversed(layers)), background, colours)
    return Cutout(found, background, alpha, notes)


def _near_forearm(points: PersonPoints, side: str, shape: tuple[int, int]) -> np.ndarray:
    """What lies so near to a forearm's or a hand's bones that it is theirs, whatever it looks like: (H, W) bool."""
    return around_bones(shape, [*points.sleeve_bones(side)[1:], *points.hand_bones(side)], FOREARM * points.across)


def _background(
    colours: np.ndarray, alpha: np.ndarray, own: np.ndarray, behind: np.ndarray, across: float
) -> tuple[np.ndarray, np.ndarray]:
    """The picture with the person painted over, and alpha with the traces that they leave beyond their edge.

    Args:
        colours: (H, W, 3) float32, the picture.
        alpha: (H, W) float32, the person's.
        own, behind: (H, W, 3) float32, the person's colours and those behind them as matting finds them.
        across: the width of the shoulders, pixels.
    """
    seen = alpha > LEAST_ALPHA
    around = grown(seen, SKIRT * across) & ~seen
    known = ~(around | grown(alpha > 0.0, 1.0))
    plate = filled_behind(colours, known)
    # How far the way from the plate to the person's colour has been gone there.
    way = own - plate
    gone = ((colours - plate) * way).sum(axis=-1) / np.maximum(np.square(way).sum(axis=-1), LEAST_WAY)
    alpha = np.where(around, np.maximum(alpha, np.clip(gone, 0.0, SKIRT_MOST)), alpha).astype(np.float32)
    plate = grained(plate, (~known).astype(np.float32), known)
    trust = (np.clip(1.0 - alpha / TRUSTED, 0.0, 1.0) * ~around)[..., None]
    plate = np.where(known[..., None], colours, trust * behind + (1.0 - trust) * plate)
    # Only between these can layers of such an alpha, in nearly their own colours, make the picture again.
    cover, rest = alpha[..., None], np.maximum(1.0 - alpha, 1e-3)[..., None]
    spread = OWN_SPREAD + 2.0 * cover
    darkest, lightest = np.clip(own - spread, 0.0, 1.0), np.clip(own + spread, 0.0, 1.0)
    least, most = (colours - cover * lightest - UNSEEN) / rest, (colours - cover * darkest + UNSEEN) / rest
    plate = np.where(cover < 1.0, np.clip(plate, least, most), plate)
    return np.clip(plate, 0.0, 1.0).astype(np.float32), alpha


def _up(area: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """An area at a larger size, its steps smoothed."""
    return resized_values(area.astype(np.float32), size) > 0.5
