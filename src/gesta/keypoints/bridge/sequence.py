"""Films of points as a body that moves in space: one build and one camera, poses that change smoothly.

A few frames, spread over the film, say how the person is built and where the camera is. Then poses are found stretch
by stretch; each stretch looks some frames ahead, and goes on from the last two frames that are settled.

F frames, U numbers of a row.
"""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from gesta.keypoints.bridge.body_fit import BodyFit
from gesta.keypoints.bridge.descent import descend
from gesta.keypoints.bridge.observed import SHOULDERS, Observed
from gesta.keypoints.bridge.pose_numbers import rotations_of
from gesta.keypoints.bridge.prior import pose_prior
from gesta.keypoints.bridge.smooth import Smoothness, smooth
from gesta.keypoints.bridge.unknown import BUILD, COUNT, FOCAL, PLACE, POSE, loose_numbers
from gesta.keypoints.layout import GROUPS, HANDS, LEGS, VISIBLE, body_index
from gesta.motion.resample import resample_joints, resample_values
from gesta.motion.skeleton import PELVIS, skeleton
from gesta.records import Keypoints, Motion

LOOKED_AT = 8
"""Frames that say build and camera."""
STRETCH, AHEAD = 80, 16
"""Frames settled at once, and further ones that are looked at."""
LOOKING, ALONE, TOGETHER = 25, 12, 12
"""Steps for build and camera, of each frame by itself, and then of all together."""
SEEN_OFTEN = 0.5
"""A part that is seen in such a share of the frames is known."""


def fit_sequence(keypoints: Keypoints) -> BodyFit:
    """Our body as the person of a film.

    Args:
        keypoints: F frames of one person.

    Returns:
        The fit of F frames. Its `error` says, frame by frame, how well it meets the points; nothing is refused.

    Raises:
        InputError: no frame shows both shoulders.
    """
    seen = Observed.of(keypoints)
    common = _build_and_camera(seen)
    rows = torch.cat(list(_stretches(seen, common, keypoints.fps)))
    return BodyFit.of(seen, rows)


def motion_of(fit: BodyFit, keypoints: Keypoints) -> Motion:
    """The motion of a fit, at 30 frames a second, on our own body; the pelvis is usually where it is when we stand.

    Args:
        fit: from `fit_sequence`.
        keypoints: what it was made of.
    """
    rate, pelvis = keypoints.fps, fit.pelvis.numpy()
    standing = skeleton().rest_positions()[skeleton().index(PELVIS)]
    translation = resample_values(pelvis - np.median(pelvis, axis=0) + standing, rate)
    turned = resample_joints(len(pelvis), rate, lambda start, stop: rotations_of(fit.numbers[start:stop]).numpy())
    face = resample_values(fit.face.numpy(), rate)
    return Motion(turned, translation, face, parts=_parts(keypoints), floor_known=False)


def _build_and_camera(seen: Observed) -> Tensor:
    """A row (U,) with the build and the camera that most of some frames agree on."""
    sure = torch.where(with_shoulders(seen), seen.weights.sum(dim=1), 0.0)
    best = torch.stack([some[sure[some].argmax()] for some in torch.arange(len(sure)).chunk(LOOKED_AT)])
    shown = seen.frames(best[sure[best] > 0.0])
    rows, costs = descend(shown, shown.start(pose_prior().mean.repeat(len(shown.points), 1)), LOOKING)
    # Those that ended in a wrong pose cost more.
    return rows[costs <= costs.median()].median(dim=0).values


def _stretches(seen: Observed, common: Tensor, fps: float) -> Iterator[Tensor]:
    """Settled rows, some frames at a time."""
    free, before = _free(seen), torch.empty(0, COUNT)
    for start in range(0, len(seen.points), STRETCH):
        part = seen.frames(slice(start, start + STRETCH + AHEAD))
        rows = smooth(part, _begun(part, common, before, free), Smoothness.at(fps, before), free, TOGETHER)[:STRETCH]
        before = torch.cat([before, rows])[-2:]
        # A film of one frame has nothing before the next.
        before = before if len(before) == 2 else torch.empty(0, COUNT)
        yield rows


def _begun(seen: Observed, common: Tensor, before: Tensor, free: Tensor) -> Tensor:
    """Rows (F, U) of frames by themselves; where the shoulders are hidden, those of the nearest frame."""
    known = with_shoulders(seen).nonzero()[:, 0]
    pose = before[-1:, POSE] if len(before) else pose_prior().mean[None]
    if not len(known):
        return (before[-1:] if len(before) else common[None]).repeat(len(seen.points), 1)
    shown = seen.frames(known)
    rows = shown.start(pose.repeat(len(known), 1))
    for part in (BUILD, FOCAL):
        rows[:, part] = common[part]
    # As far away as this camera sees shoulders of that width.
    rows[:, PLACE] *= common[FOCAL].exp()
    rows, _ = descend(shown, rows, ALONE, free)
    nearest = (torch.arange(len(seen.points))[:, None] - known).abs().argmin(dim=1)
    return rows[nearest]


def _free(seen: Observed) -> Tensor:
    """Which numbers of a row may change from frame to frame: (M,)."""
    legs = bool((seen.weights[:, list(LEGS)] > 0.0).any())
    return torch.cat([loose_numbers(legs), torch.arange(PLACE.start, PLACE.stop)])


def with_shoulders(seen: Observed) -> Tensor:
    """Which frames show both shoulders: (F,) bool."""
    return (seen.weights[:, [body_index(name) for name in SHOULDERS]] > 0.0).all(dim=1)


def _parts(keypoints: Keypoints) -> frozenset[str]:
    """What of a motion points tell."""
    there = keypoints.scores >= VISIBLE
    found = {"upper", "translation"}
    hands = [there[:, GROUPS[hand]].mean() for hand in HANDS]
    if max(hands) > SEEN_OFTEN:
        found.add("hands")
    if there[:, list(LEGS)].mean() > SEEN_OFTEN:
        found.add("lower")
    if there[:, GROUPS["face"]].mean() > SEEN_OFTEN:
        found.add("face")
    return frozenset(found)
