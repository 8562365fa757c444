"""The points of a person as a camera saw them, and how well bodies meet them.

F frames, N rows of `unknown` (each of its own frame, or all of one), P points, U numbers of a row.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from gesta.errors import InputError
from gesta.keypoints.bridge.figure_points import figure_points
from gesta.keypoints.bridge.pose_numbers import rotations_of
from gesta.keypoints.bridge.proportions import MOST, sizes
from gesta.keypoints.bridge.rates import rates
from gesta.keypoints.bridge.unknown import BUILD, COUNT, FOCAL, PLACE, POSE, strangeness, usual
from gesta.keypoints.layout import GROUPS, VISIBLE, body_index
from gesta.records import KEYPOINT_COUNT, Keypoints

USUAL_FOCAL = 1.4
"""Focal length of the usual camera, in longer sides of the picture: 39 degrees; a phone held upright has 37 to 50."""
SHARP = {"body": 0.012, "feet": 0.06, "face": 0.06, "left_hand": 0.02, "right_hand": 0.02}
"""How exactly points are to be met, in widths of the shoulders. Faces differ in more than a size of the head."""
HEAD, HEAD_SHARP = ("nose", "left_eye", "right_eye", "left_ear", "right_ear"), 0.02
MANY = {"face": 0.15, "left_hand": 0.5, "right_hand": 0.5}
"""What one of many points weighs."""
SHOULDERS = ("left_shoulder", "right_shoulder")
NEAREST_M = 0.1


@dataclass(frozen=True)
class Observed:
    """Points that were seen.

    Attributes:
        points: (F, P, 2) pixels, zero where nothing is seen.
        weights: (F, P) what each counts, 0 where nothing is seen.
        across: (F,) pixels between the shoulders, the unit of errors.
        sharp: (P,) in that unit.
        centre: (2,) pixels.
        longer: pixels of the picture's longer side.
    """

    points: Tensor
    weights: Tensor
    across: Tensor
    sharp: Tensor
    centre: Tensor
    longer: float

    @classmethod
    def of(cls, keypoints: Keypoints) -> "Observed":
        """What a fit needs of keypoints.

        Raises:
            InputError: no frame shows both shoulders.
        """
        points = torch.tensor(keypoints.points, dtype=torch.float32)
        scores = torch.tensor(keypoints.scores, dtype=torch.float32)
        there = (scores >= VISIBLE) & torch.isfinite(points).all(dim=-1)
        points = torch.where(there[..., None], points, 0.0)
        pair = [body_index(name) for name in SHOULDERS]
        known = there[:, pair].all(dim=1)
        if not bool(known.any()):
            raise InputError("Both shoulders must be seen; take a picture that shows head, shoulders and arms.")
        width = (points[:, pair[0]] - points[:, pair[1]]).norm(dim=-1)
        # Where a shoulder is hidden or people turn away, the film's usual width is the measure.
        across = torch.where(known, torch.maximum(width, width[known].median() / 2.0), width[known].median())
        if float(across.min()) < 1.0:
            raise InputError("Both shoulders lie on one spot; take a picture of a person who faces the camera.")
        sharp, many = torch.empty(KEYPOINT_COUNT), torch.ones(KEYPOINT_COUNT)
        for name, where in GROUPS.items():
            sharp[where], many[where] = SHARP[name], MANY.get(name, 1.0)
        sharp[[body_index(name) for name in HEAD]] = HEAD_SHARP
        centre = torch.tensor(keypoints.size, dtype=torch.float32) / 2.0
        return cls(points, many * scores * there, across, sharp, centre, float(max(keypoints.size)))

    def frames(self, rows: slice | Tensor) -> "Observed":
        """Some of the frames."""
        return Observed(
            self.points[rows], self.weights[rows], self.across[rows], self.sharp, self.centre, self.longer
        )  # fmt: skip

    def focal(self, rows: Tensor) -> Tensor:
        """Focal lengths (N, 1) in pixels."""
        return USUAL_FOCAL * self.longer * rows[:, FOCAL].exp()

    def start(self, poses: Tensor) -> Tensor:
        """Rows (N, U) of poses (N, D), as far away as their shoulders are wide, with the neck where it is seen."""
        rows = torch.zeros(len(poses), COUNT)
        rows[:, POSE] = poses
        pair = [body_index(name) for name in SHOULDERS]
        rest = figure_points()(rotations_of(poses), torch.zeros(len(poses), 3), sizes(rows[:, BUILD]))[:, pair]
        depth = self.focal(rows)[:, 0] * (rest[:, 0, :2] - rest[:, 1, :2]).norm(dim=-1) / self.across
        middle = (self.points[:, pair].mean(dim=1) - self.centre) / self.focal(rows)
        rows[:, PLACE] = torch.stack([middle[:, 0] * depth, -middle[:, 1] * depth, -depth], dim=-1) - rest.mean(dim=1)
        return rows

    def misses(self, rows: Tensor) -> Tensor:
        """Distances (N, P) in widths of the shoulders of where the body's points land from where they were seen."""
        space = figure_points()(rotations_of(rows[:, POSE]), rows[:, PLACE], sizes(rows[:, BUILD]))
        return (self._seen(space, rows) - self.points).norm(dim=-1) / self.across[:, None]

    def cost(self, rows: Tensor) -> Tensor:
        """What is minimised: (N,)."""
        return self._met(self.misses(rows)) + strangeness(rows)[0]

    def normal(self, rows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Cost (N,), its gradient (N, U) and its curvature (N, U, U) after Gauss and Newton."""
        found = rates(rows[:, POSE], rows[:, PLACE], sizes(rows[:, BUILD]))
        landed = self._seen(found.points, rows)
        away = landed - self.points
        misses = away.norm(dim=-1) / self.across[:, None]
        count = len(rows)
        scale = (self.focal(rows) / _depth(found.points))[..., None]
        slope = (landed - self.centre) / _depth(found.points)[..., None]
        grown = 1.0 - torch.tanh(rows[:, BUILD] / MOST).square()
        inner = torch.cat(
            [
                found.turning,
                torch.eye(3).expand(count, KEYPOINT_COUNT, 3, 3),
                found.growing * grown[:, None, None],
            ],
            dim=-1,
        )
        flat = torch.stack([inner[:, :, 0], -inner[:, :, 1]], dim=2) * scale[..., None]
        flat = flat + slope[..., None] * inner[:, :, 2:]
        outer = torch.cat([flat, (landed - self.centre)[..., None]], dim=-1)
        # Square for what is nearly met, straight for what is far off, so that one wrong point does not bend a body.
        counted = self.weights / (1.0 + (misses / self.sharp).square() / 4.0).sqrt()
        weights = counted / (self.sharp * self.across[:, None]).square()
        strange, pull = strangeness(rows)
        weighed = (outer * weights[..., None, None]).flatten(1, 2)
        gradient = (weighed.transpose(1, 2) @ away.flatten(1)[..., None])[..., 0] + pull
        curvature = weighed.transpose(1, 2) @ outer.flatten(1, 2) + usual()[1]
        return self._met(misses) + strange, gradient, curvature

    def _seen(self, space: Tensor, rows: Tensor) -> Tensor:
        """Where points (N, P, 3) land: (N, P, 2) pixels."""
        flat = torch.stack([space[..., 0], -space[..., 1]], dim=-1)
        return self.centre + (self.focal(rows) / _depth(space))[..., None] * flat

    def _met(self, misses: Tensor) -> Tensor:
        away = misses / self.sharp
        return (self.weights * ((1.0 + away.square() / 4.0).sqrt() - 1.0) * 4.0).sum(dim=1)


def _depth(space: Tensor) -> Tensor:
    return (-space[..., 2]).clamp(min=NEAREST_M)
