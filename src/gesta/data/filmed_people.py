"""People and cameras drawn by chance: who a motion in space is seen as, from where, in how large a picture.

Framing is that of portraits from the waist up: shoulders take a fifth to two fifths of the picture's height, the neck
lies in the middle and somewhat above, the head is in the picture. Bones differ by up to what a fit of a picture allows
(15 %), faces are made otherwise by half of what it takes for usual, joints lie a little elsewhere, as estimators see
them.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from gesta.keypoints.bridge.body_fit import BodyFit
from gesta.keypoints.bridge.expression import ways_of_faces
from gesta.keypoints.bridge.figure_points import figure_points
from gesta.keypoints.bridge.pose_numbers import NUMBERS
from gesta.keypoints.bridge.projection import usual_neck
from gesta.keypoints.bridge.proportions import NAMES, sizes
from gesta.keypoints.layout import GROUPS, body_index
from gesta.motion.rotations import matrix_from_axis_angle
from gesta.motion.skeleton import PELVIS, skeleton
from gesta.records import KEYPOINT_COUNT, Motion

SIDE_PX = 512
SHAPES = ((1.0, 1.0), (0.75, 1.0), (0.5625, 1.0), (1.0, 0.75), (1.0, 0.5625))
"""Widths and heights of pictures, in longer sides; the first is as frequent as all others together."""
SHOULDERS = (0.17, 0.42)
"""Between the shoulders, in heights; each doubling is as likely as any other."""
NECK_X, NECK_X_SPREAD, NECK_Y = 0.5, 0.04, (0.26, 0.48)
"""Where the neck is, in widths and heights."""
HEAD = 1.05
"""From the neck to the top of the head, in widths of the shoulders: at least so far below the edge is the neck."""
FOCAL, FOCAL_SPREAD = 1.8, 0.25
"""Focal length in longer sides, and the deviation of its logarithm; fits of portraits find 1.3 to 2.4."""
YAW_DEG, PITCH_DEG, ROLL_DEG = 14.0, 5.0, 1.5
"""Deviations of where the camera stands: to the side, above or below, tilted."""
FARTHEST = 2.5
"""No camera stands further off, in deviations."""
BONE_SPREAD, FACE_SPREAD = 0.08, 0.5
POINT_M = {"body": 0.008, "feet": 0.008, "left_hand": 0.002, "right_hand": 0.002}
"""By how much points of a person lie elsewhere, deviations."""


@dataclass(frozen=True)
class FilmedPerson:
    """A person before a camera.

    Attributes:
        size: width and height of the picture, pixels.
        fit: the person's build and the camera; its pose means nothing.
        made: (P, 3) metres by which points of the person lie elsewhere than our body's.
        turn: (3, 3) from a motion's space to the camera's.
        neck: (3,) metres, where the neck usually is before the camera.
    """

    size: tuple[int, int]
    fit: BodyFit
    made: Tensor
    turn: np.ndarray
    neck: np.ndarray

    def turned(self, motion: Motion) -> Motion:
        """A motion as the camera sees its directions."""
        pelvis = skeleton().index(PELVIS)
        rotations = motion.rotations.copy()
        rotations[:, pelvis] = self.turn @ rotations[:, pelvis]
        return motion.replaced(rotations=rotations, translation=motion.translation @ self.turn.T)

    def shift(self, turned: Motion) -> np.ndarray:
        """What brings the usual neck of a motion that is turned to its place: (3,) float32 metres."""
        return np.asarray(self.neck - usual_neck(turned, self.fit), np.float32)


def drawn_person(chance: np.random.Generator) -> FilmedPerson:
    """A person before a camera, drawn by chance."""
    shape = SHAPES[0] if chance.random() < 0.5 else SHAPES[int(chance.integers(1, len(SHAPES)))]
    size = (round(SIDE_PX * shape[0]), round(SIDE_PX * shape[1]))
    focal = FOCAL * SIDE_PX * float(np.exp(chance.normal(0.0, FOCAL_SPREAD)))
    build = sizes(torch.from_numpy(chance.normal(0.0, BONE_SPREAD, (1, len(NAMES))).astype(np.float32)))
    centre = np.array(size) / 2.0
    fit = BodyFit(
        torch.zeros(1, NUMBERS), torch.zeros(1, 3), build, focal, torch.from_numpy(centre.astype(np.float32)),
        torch.zeros(1), torch.zeros(1), torch.zeros(1, 0),
    )  # fmt: skip
    share = SHOULDERS[0] * (SHOULDERS[1] / SHOULDERS[0]) ** chance.random()
    distance = focal * _shoulders_m(fit) / (share * size[1])
    below = max(NECK_Y[0], HEAD * share)
    place = (
        np.array([chance.normal(NECK_X, NECK_X_SPREAD), chance.uniform(below, max(below, NECK_Y[1]))]) * size - centre
    )
    neck = np.array([place[0] * distance / focal, -place[1] * distance / focal, -distance])
    return FilmedPerson(size, fit, _made(chance), _turn(chance), neck)


def _shoulders_m(fit: BodyFit) -> float:
    """Metres between the shoulders of a build at rest."""
    space = figure_points()(torch.eye(3).expand(1, len(skeleton().names), 3, 3), fit.pelvis, fit.sizes)[0]
    left, right = (space[body_index(f"{side}_shoulder")] for side in ("left", "right"))
    return float((left - right).norm())


def _made(chance: np.random.Generator) -> Tensor:
    """How points lie elsewhere: (P, 3) metres."""
    found = torch.zeros(KEYPOINT_COUNT, 3)
    for group, metres in POINT_M.items():
        drawn = chance.normal(0.0, metres, (len(range(KEYPOINT_COUNT)[GROUPS[group]]), 3))
        found[GROUPS[group]] = torch.from_numpy(drawn.astype(np.float32))
    ways = ways_of_faces()
    numbers = torch.from_numpy(chance.normal(0.0, FACE_SPREAD, len(ways)).astype(np.float32))
    found[GROUPS["face"]] = torch.einsum("b,bpc->pc", numbers, ways)
    return found


def _turn(chance: np.random.Generator) -> np.ndarray:
    """A camera's turn: first about the vertical, then up or down, then tilted: (3, 3) float32."""
    deviations = chance.normal(0.0, 1.0, 3).clip(-FARTHEST, FARTHEST)
    yaw, pitch, roll = np.radians(deviations * (YAW_DEG, PITCH_DEG, ROLL_DEG))
    about_y, about_x, about_z = (matrix_from_axis_angle(angle * axis) for angle, axis in zip(
        (yaw, pitch, roll), np.eye(3)[[1, 0, 2]], strict=True
    ))  # fmt: skip
    return np.asarray(about_z @ about_x @ about_y, np.float32)
