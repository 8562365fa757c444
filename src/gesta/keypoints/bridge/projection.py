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
    motion: Motion, fit: BodyFit, size: tuple[int, int], shift: np.ndarray | None = None
) -> Iterator[Keypoints]:
    """The same, some frames at a time.

    Args:
        motion, fit, size: as for `project_motion`.
        shift: (3,) metres that the motion's pelvis is moved by; none: what brings its usual neck to the person's.
    """
    surface, shift = BuiltSurface(fit), place_of_motion(motion, fit) if shift is None else shift
    hiding = Hiding(surface.worn, size, fit.focal, fit.centre.numpy())
    for start in range(0, motion.frame_count, FRAMES_AT_ONCE):
        block = motion.frames(start, min(start + FRAMES_AT_ONCE, motion.frame_count))
        weights, pelvis = tamed(arkit_weights(block)), block.translation + shift
        space = points_in_space(block, fit, pelvis, weights)
        # What comes nearer than that would land anywhere.
        space[..., 2].clamp_(max=-LEAST_DISTANCE_M)
        flat = landed(space, fit.focal, fit.centre).numpy()
        skin = surface.posed(block.rotations, pelvis, weights)
        inside = ((flat >= 0.0) & (flat < np.array(size))).all(axis=-1)
        scores = np.where(inside, hiding.scores(skin, space.numpy(), flat), 0.0)
        yield Keypoints(flat, scores.astype(np.float32), size, MOTION_FPS)


def place_of_motion(motion: Motion, fit: BodyFit) -> np.ndarray:
    """What brings a motion's usual neck to the person's: (3,) float32 metres."""
    some = np.unique(np.linspace(0, motion.frame_count - 1, LOOKED_AT).round().astype(np.int64))
    looked = motion.replaced(
        **{name: getattr(motion, name)[some] for name in ("rotations", "translation", "face")},
        contacts=None, attention=None,
    )  # fmt: skip
    neck = points_in_space(looked, fit, looked.translation)[:, body_index("neck")].numpy()
    person = fit.points()[0, body_index("neck")].numpy()
    return np.asarray(person - np.median(neck, axis=0), np.float32)


def points_in_space(motion: Motion, fit: BodyFit, pelvis: np.ndarray, weights: np.ndarray | None = None) -> Tensor:
    """Where the points are: (T, P, 3) metres."""
    face = None if weights is None else torch.from_numpy(weights)
    rotations, place = torch.tensor(motion.rotations), torch.tensor(pelvis, dtype=torch.float32)
    return figure_points()(rotations, place, fit.sizes, face)
