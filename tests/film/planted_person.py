"""A picture of our own body before a textured wall, with everything about it known."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import torch

from gesta.film.cutout.fitted_parts import part_of_faces, posed_skin
from gesta.keypoints.bridge.figure_points import figure_points
from gesta.keypoints.bridge.fit import BodyFit
from gesta.keypoints.bridge.pose_numbers import numbers_of, rotations_of
from gesta.keypoints.bridge.proportions import NAMES
from gesta.motion.face import ARKIT_NAMES
from gesta.motion.skeleton import PELVIS as PELVIS_JOINT
from gesta.records import Keypoints
from gesta.render.camera import Camera
from gesta.render.rasteriser import Rasteriser
from gesta.render.still_poses import StillPose, still_motion

FOCAL, PELVIS = 1.4, (0.0, -0.33, -1.5)
"""Focal length in sides of the picture, and where the pelvis is before the camera, metres."""


@dataclass(frozen=True)
class Planted:
    """A picture and the truth about it.

    Attributes:
        picture: (H, W, 3) uint8.
        wall: (H, W, 3) float32, what is behind the person, 0 to 1.
        alpha: (H, W) float32, how much of each pixel they cover.
        part: (H, W) int8, -1 nobody, 0 body, 1 left arm, 2 right arm.
        trunk: (H, W) bool, where they are seen if their arms are taken off.
        keypoints, fit: theirs.
    """

    picture: np.ndarray
    wall: np.ndarray
    alpha: np.ndarray
    part: np.ndarray
    trunk: np.ndarray
    keypoints: Keypoints
    fit: BodyFit


def raised(side: str, forward: float, inward: float = 0.0) -> dict[str, tuple[float, float, float]]:
    """An arm with its forearm raised; degrees as in gesta.render.still_poses."""
    sign = 1.0 if side == "left" else -1.0
    turns = {"shoulder": (-62.0 - inward / 4.0, -14.0, -inward), "elbow": (0.0, -forward, 0.0)}
    return {f"{side}_{joint}": (sign * z, sign * y, x) for joint, (z, y, x) in turns.items()}


def wall(size: int) -> np.ndarray:
    """A wall with soft stains and a little grain: (H, W, 3) float32."""
    random = np.random.default_rng(0)
    coarse = random.uniform(0.25, 0.75, (6, 6, 3)).astype(np.float32)
    soft = cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC)
    return np.clip(soft + random.normal(0.0, 0.008, soft.shape), 0.0, 1.0).astype(np.float32)


@cache
def planted(size: int = 320, inward: float = 30.0, turn: float = 0.0) -> Planted:
    """A half-length picture with forearms turned up by so many degrees, of a body that is turned to its left."""
    turns = (
        raised("left", 75.0 + inward / 2.0, inward)
        | raised("right", 40.0 + inward, inward)
        | {PELVIS_JOINT: (0.0, turn, 0.0)}
    )
    pose = still_motion([StillPose("planted", turns)])
    numbers = torch.tensor(numbers_of(pose.rotations), dtype=torch.float32)
    one = torch.ones(1)
    fit = BodyFit(
        numbers,
        torch.tensor([PELVIS]),
        torch.ones(1, len(NAMES)),
        FOCAL * size,
        torch.full((2,), size / 2.0),
        error=one,
        cost=one,
        face=torch.zeros(1, len(ARKIT_NAMES)),
    )
    worn, vertices, _ = posed_skin(fit)
    camera = Camera(np.zeros(3), np.array((0.0, 0.0, -1.0)), 1.0 / FOCAL)
    drawing = Rasteriser(worn.faces, worn.material, (size, size), worn.kind, worn.two_sided)
    seen = drawing.visible_faces(vertices, camera)
    alpha = (seen >= 0).mean(axis=-1).astype(np.float32)
    _, normals = worn.pose(rotations_of(numbers).numpy(), np.array([PELVIS], np.float32), None)
    drawn, empty = np.empty((size, size, 3), np.uint8), np.empty((size, size, 3), np.uint8)
    drawing.draw(vertices, normals[0], camera, drawn)
    drawing.draw(vertices + np.float32(100.0), normals[0], camera, empty)
    behind = wall(size)
    picture = drawn / 255.0 + (1.0 - alpha[..., None]) * (behind - empty / 255.0)
    part = np.where(seen[..., 0] >= 0, part_of_faces(worn)[seen[..., 0]], -1).astype(np.int8)
    rest = part_of_faces(worn) == 0
    without = Rasteriser(worn.faces[rest], worn.material, (size, size), worn.kind, worn.two_sided[rest])
    trunk = without.visible_faces(vertices, camera)[..., 0] >= 0
    keypoints = points_of_body(fit, size)
    return Planted(np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8), behind, alpha, part, trunk, keypoints, fit)


def points_of_body(fit: BodyFit, size: int) -> Keypoints:
    """Where a camera sees the points of a body, as an estimator says it: those beyond the border are not there."""
    space = figure_points()(rotations_of(fit.numbers), fit.pelvis, fit.sizes)[0].numpy()
    depth = -space[:, 2]
    points = size / 2.0 + fit.focal * np.stack([space[:, 0], -space[:, 1]], axis=-1) / depth[:, None]
    inside = ((points > 1.0) & (points < size - 2.0)).all(axis=-1)
    return Keypoints(points[None].astype(np.float32), inside[None].astype(np.float32), (size, size))
