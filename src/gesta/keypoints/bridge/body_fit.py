"""A body that meets the points of pictures: its poses, its build, the camera, and how well it does.

Coordinates of the camera: x to the picture's right, y up, the camera at the origin looking along -z; the body faces +z.

F frames, P points, D numbers of a pose, G sizes.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from gesta.keypoints.bridge.expression import expression
from gesta.keypoints.bridge.figure_points import figure_points
from gesta.keypoints.bridge.observed import Observed
from gesta.keypoints.bridge.pose_numbers import rotations_of
from gesta.keypoints.bridge.proportions import sizes
from gesta.keypoints.bridge.unknown import BUILD, PLACE, POSE
from gesta.keypoints.layout import body_index

MEASURED = tuple(
    body_index(name)
    for name in (
        "nose", "neck", "left_eye", "right_eye", "left_ear", "right_ear",
        "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist",
    )
)  # fmt: skip
"""The points by which a fit is judged."""
FRAMES_AT_ONCE = 512


@dataclass(frozen=True)
class BodyFit:
    """A body that meets the points of pictures.

    Attributes:
        numbers: (F, D) poses; `pose_numbers.rotations_of` makes local rotations of them.
        pelvis: (F, 3) metres before the camera.
        sizes: (1, G) of its bones, see `proportions`.
        focal: pixels.
        centre: (2,) pixels, the middle of the picture.
        error: (F,) median distance of those of `MEASURED` that are seen, in widths of the shoulders;
            not a number where none is.
        cost: (F,) what was minimised.
        face: (F, 52) ARKit weights of the expression.
    """

    numbers: Tensor
    pelvis: Tensor
    sizes: Tensor
    focal: float
    centre: Tensor
    error: Tensor
    cost: Tensor
    face: Tensor

    @classmethod
    def of(cls, seen: Observed, rows: Tensor) -> "BodyFit":
        """The fit that rows (F, U) of unknown numbers are, all of one build and camera."""
        blocks = [(seen.frames(part), rows[part]) for part in torch.arange(len(rows)).split(FRAMES_AT_ONCE)]
        error, cost = (torch.cat([measure(*block) for block in blocks]) for measure in (error_of, Observed.cost))
        return cls(
            rows[:, POSE], rows[:, PLACE], sizes(rows[:1, BUILD]), float(seen.focal(rows[:1])), seen.centre,
            error, cost, expression(seen, rows),
        )  # fmt: skip

    def points(self) -> Tensor:
        """The body's points in space: (F, P, 3) metres."""
        return figure_points()(rotations_of(self.numbers), self.pelvis, self.sizes, self.face)

    def landed(self) -> Tensor:
        """The body's points in the picture: (F, P, 2) pixels."""
        return landed(self.points(), self.focal, self.centre)


def landed(space: Tensor, focal: float, centre: Tensor) -> Tensor:
    """Where points before the camera (..., 3) land: (..., 2) pixels."""
    return centre + focal * torch.stack([space[..., 0], -space[..., 1]], dim=-1) / -space[..., 2:]


def error_of(seen: Observed, rows: Tensor) -> Tensor:
    """How far a body is off: (F,) median over the points of `MEASURED` that are seen, in widths of the shoulders.

    Not a number where none of them is.
    """
    counted = seen.weights[:, MEASURED] > 0.0
    return torch.where(counted, seen.misses(rows)[:, MEASURED], torch.nan).nanmedian(dim=1).values
