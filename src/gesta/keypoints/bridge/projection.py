"""Motions of ours as the 134 points of a person in a picture: their build, their place, their camera.

The face's points are driven by ARKit weights. Points outside of the picture have the score 0, hidden ones a low one.

T frames, P points.
"""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from gesta.avatar.face_weights import arkit_weights, tamed
from gesta.keypoints.bridge.body_fit import BodyFit, landed
from gesta.keypoints.bridge.figure_points import figure_points
from gesta.keypoints.bridge.hiding import Hiding
from gesta.keypoints.bridge.surface import BuiltSurface
from gesta.keypoints.layout import body_index
from gesta.records import Keypoints, Motion
from gesta.units import MOTION_FPS

FRAMES_AT_ONCE = 64
"""Frames whose skins are in memory at once."""
LOOKED_AT = 256
"""Frames that say where a motion's neck usually is."""
LEAST_DISTANCE_M = 0.1


def project_motion(motion: Motion, fit: BodyFit, size: tuple[int, int]) -> Keypoints:
    """The points of a motion as if the person of a fit did it.

    Args:
        motion: T frames; its neck is usually where the person's neck is.
        fit: of a picture; its first frame is the person's place.
        size: width and height of the picture, pixels.

    Returns:
        Keypoints of T frames at 30 frames a second, in pixels of the picture.
    """
    blocks = list(projected(motion, fit, size))
    points, scores = (np.concatenate([getattr(block, name) for block in blocks]) for name in ("points", "scores"))
    return Keypoints(points, scores, size, MOTION_FPS)


def projected(
    motion: Motion,
    fit: BodyFit,
    size: tuple[int, int],
    shift: np.ndarray | None = None,
    made: Tensor | None = None,
    hiding_each: int = 1,
) -> Iterator[Keypoints]:
    """The same, some frames at a time.

    Args:
        motion, fit, size: as for `project_motion`.
        shift: (3,) metres that the motion's pelvis is moved by; none: what brings its usual neck to the person's.
        made: (P, 3) as `FigurePoints` takes it.
        hiding_each: what hides what, which takes most of the time, is looked at in every so many frames; in between,
            scores go in straight lines.
    """
    surface, shift = BuiltSurface(fit), place_of_motion(motion, fit) if shift is None else shift
    hiding = Hiding(surface.worn, size, fit.focal, fit.centre.numpy())
    for start in range(0, motion.frame_count, FRAMES_AT_ONCE):
        block = motion.frames(start, min(start + FRAMES_AT_ONCE, motion.frame_count))
        weights, pelvis = tamed(arkit_weights(block)), block.translation + shift
        space = points_in_space(block, fit, pelvis, weights, made)
        # What comes nearer than that would land anywhere.
        space[..., 2].clamp_(max=-LEAST_DISTANCE_M)
        flat = landed(space, fit.focal, fit.centre).numpy()
        some = np.unique([*range(0, block.frame_count, hiding_each), block.frame_count - 1])
        skin = surface.posed(block.rotations[some], pelvis[some], weights[some])
        seen = _between(hiding.scores(skin, space.numpy()[some], flat[some]), some)
        inside = ((flat >= 0.0) & (flat < np.array(size))).all(axis=-1)
        scores = np.where(inside, seen, 0.0)
        yield Keypoints(flat, scores.astype(np.float32), size, MOTION_FPS)


def place_of_motion(motion: Motion, fit: BodyFit) -> np.ndarray:
    """What brings a motion's usual neck to the person's: (3,) float32 metres."""
    person = fit.points()[0, body_index("neck")].numpy()
    return np.asarray(person - usual_neck(motion, fit), np.float32)


def usual_neck(motion: Motion, fit: BodyFit) -> np.ndarray:
    """Where the neck of a motion usually is, in a person's build: (3,) metres."""
    some = np.unique(np.linspace(0, motion.frame_count - 1, LOOKED_AT).round().astype(np.int64))
    looked = motion.replaced(
        **{name: getattr(motion, name)[some] for name in ("rotations", "translation", "face")},
        contacts=None, attention=None,
    )  # fmt: skip
    neck = points_in_space(looked, fit, looked.translation)[:, body_index("neck")].numpy()
    return np.asarray(np.median(neck, axis=0))


def points_in_space(
    motion: Motion, fit: BodyFit, pelvis: np.ndarray, weights: np.ndarray | None = None, made: Tensor | None = None
) -> Tensor:
    """Where the points are: (T, P, 3) metres."""
    face = None if weights is None else torch.from_numpy(weights)
    rotations, place = torch.tensor(motion.rotations), torch.tensor(pelvis, dtype=torch.float32)
    return figure_points()(rotations, place, fit.sizes, face, made)


def _between(values: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Values (n, P) of the frames `at`, rising from 0, in straight lines for all frames: (T, P)."""
    if len(at) == 1:
        return values
    frames = np.arange(at[-1] + 1)
    after = np.searchsorted(at, frames).clip(1)
    share = ((frames - at[after - 1]) / (at[after] - at[after - 1]))[:, None].astype(values.dtype)
    return np.asarray(values[after - 1] * (1.0 - share) + values[after] * share)
