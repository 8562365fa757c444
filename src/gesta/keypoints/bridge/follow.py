"""A person whose picture was fitted, followed through points that come stretch by stretch, for any length.

Build, camera and the way the face is made are the picture's, and the first frame goes on from its pose. Poses are found
stretch by stretch as those of a film are (`sequence`): each looks some frames ahead and goes on from the two frames
before it that are settled. Legs stay as they are.

F frames, U numbers of a row.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from gesta.errors import InputError
from gesta.keypoints.bridge.body_fit import BodyFit
from gesta.keypoints.bridge.descent import descend
from gesta.keypoints.bridge.expression import expression, making
from gesta.keypoints.bridge.observed import Observed
from gesta.keypoints.bridge.sequence import AHEAD, STRETCH, with_shoulders
from gesta.keypoints.bridge.smooth import Smoothness, smooth
from gesta.keypoints.bridge.unknown import COUNT, PLACE, POSE, loose_numbers, row_of
from gesta.records import Keypoints

ALONE, TOGETHER = 4, 8
"""Steps of each frame by itself, from the frame before the stretch, and then of all together."""


@dataclass(frozen=True)
class Followed:
    """What the person does in some frames.

    Attributes:
        numbers: (F, D) poses, see `pose_numbers`.
        pelvis: (F, 3) metres before the camera.
        face: (F, 52) ARKit weights.
    """

    numbers: Tensor
    pelvis: Tensor
    face: Tensor


def followed(parts: Iterable[Keypoints], picture: Keypoints, fit: BodyFit) -> Iterator[Followed]:
    """Follow a person.

    Args:
        parts: consecutive frames of one film, in pixels of the picture.
        picture: the person's points in the picture, one frame.
        fit: of the picture.

    Yields:
        As many frames in all. Frames without shoulders, 80 and more of them together, keep the pose before them.
    """
    seen = Observed.of(picture)
    start = row_of(fit.numbers[:1], fit.pelvis[:1], fit.sizes, float(np.log(fit.focal / seen.usual_focal)))
    made, before = making(seen, start), start
    for window, count in _windows(parts):
        try:
            found = Observed.of(window)
        except InputError:
            rows = before[-1:].repeat(count, 1)
            face = torch.zeros(count, fit.face.shape[1])
        else:
            rows = _settled(found, before, window.fps)[:count]
            face = expression(found.frames(slice(0, count)), rows, made)
        before = torch.cat([before, rows])[-2:]
        yield Followed(rows[:, POSE], rows[:, PLACE], face)


def _windows(parts: Iterable[Keypoints]) -> Iterator[tuple[Keypoints, int]]:
    """Frames that are looked at together, and how many of them are settled: always the same, however they come."""
    waiting: Keypoints | None = None
    for part in parts:
        waiting = part if waiting is None else _joined(waiting, part)
        while waiting.frame_count >= STRETCH + AHEAD:
            yield waiting.frames(0, STRETCH + AHEAD), STRETCH
            waiting = waiting.frames(STRETCH, waiting.frame_count)
    while waiting is not None and waiting.frame_count:
        count = min(STRETCH, waiting.frame_count)
        yield waiting, count
        waiting = waiting.frames(count, waiting.frame_count) if count < waiting.frame_count else None


def _joined(one: Keypoints, other: Keypoints) -> Keypoints:
    points, scores = (np.concatenate([getattr(one, name), getattr(other, name)]) for name in ("points", "scores"))
    return one.replaced(points=points, scores=scores)


def _settled(seen: Observed, before: Tensor, fps: float) -> Tensor:
    """The rows (F, U) of a window."""
    free = torch.cat([loose_numbers(legs=False), torch.arange(PLACE.start, PLACE.stop)])
    known = with_shoulders(seen).nonzero()[:, 0]
    rows, _ = descend(seen.frames(known), before[-1:].repeat(len(known), 1), ALONE, free)
    nearest = (torch.arange(len(seen.points))[:, None] - known).abs().argmin(dim=1)
    # One frame alone before a window, the picture itself, says no speed.
    smoothness = Smoothness.at(fps, before if len(before) == 2 else torch.empty(0, COUNT))
    return smooth(seen, rows[nearest], smoothness, free, TOGETHER)
