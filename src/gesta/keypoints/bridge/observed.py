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
BELOW, BELOW_SHARP = tuple(f"{side}_{joint}" for side in ("left", "right") for joint in ("hip", "knee", "ankle")), 0.05
"""What clothes hide is guessed by whoever finds points."""
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
            InputError: no frame shows both shoulders, or one and the neck.
        """
        points = torch.tensor(keypoints.points, dtype=torch.float32)
        scores = torch.tensor(keypoints.scores, dtype=torch.float32)
        there = (scores >= VISIBLE) & torch.isfinite(points).all(dim=-1)
        points = torch.where(there[..., None], points, 0.0)
        pair = [body_index(name) for name in SHOULDERS]
        known = _with_hidden_shoulder(points, there, pair)
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
        for names, value in ((HEAD, HEAD_SHARP), (BELOW, BELOW_SHARP)):
            sharp[[body_index(name) for name in names]] = value
        centre = torch.tensor(keypoints.size, dtype=torch.float32) / 2.0
        return cls(points, many * scores * there, across, sharp, centre, float(max(keypoints.size)))

    def frames(self, rows: slice | Tensor) -> "Observed":
        """Some of the frames."""
        return Observed(
            self.points[rows], self.weights[rows], self.across[rows], self.sharp, self.centre, self.longer
        )  # fmt: skip

    def focal(self, rows: Tensor) -> Tensor:
        """Focal lengths (N, 1) in pixels."""
        return self.usual_focal * rows[:, FOCAL].exp()

    @property
    def usual_focal(self) -> float:
        """The usual camera's focal length in pixels."""
        return USUAL_FOCAL * self.longer

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
        count, depth = len(rows), _depth(found.points)
        scale, out = (self.focal(rows) / depth)[:, None], (landed - self.centre).transpose(1, 2)
        grown = 1.0 - torch.tanh(rows[:, BUILD] / MOST).square()
        there = torch.eye(3)[..., None].expand(count, 3, 3, KEYPOINT_COUNT)
        inner = torch.cat([found.turning, there, found.growing * grown[..., None, None]], dim=1)
        slope = (out / depth[:, None])[:, None]
        flat = torch.stack([inner[:, :, 0] * scale, inner[:, :, 1] * -scale], dim=2) + slope * inner[:, :, 2:]
        # (N, U, 2 P): all x, then all y.
        outer = torch.cat([flat, out[:, None]], dim=1).flatten(2)
        # Square for what is nearly met, straight for what is far off, so that one wrong point does not bend a body.
        counted = self.weights / (1.0 + (misses / self.sharp).square() / 4.0).sqrt()
        weights = counted / (self.sharp * self.across[:, None]).square()
        strange, pull, stiff = strangeness(rows)
        weighed = outer * torch.cat([weights, weights], dim=1)[:, None]
        gradient = (weighed @ away.transpose(1, 2).flatten(1)[..., None])[..., 0] + pull
        curvature = weighed @ outer.transpose(1, 2) + usual()[1] + torch.diag_embed(stiff)
        return self._met(misses) + strange, gradient, curvature

    def _seen(self, space: Tensor, rows: Tensor) -> Tensor:
        """Where points (N, P, 3) land: (N, P, 2) pixels."""
        flat = torch.stack([space[..., 0], -space[..., 1]], dim=-1)
        return self.centre + (self.focal(rows) / _depth(space))[..., None] * flat

    def _met(self, misses: Tensor) -> Tensor:
        away = misses / self.sharp
        return (self.weights * ((1.0 + away.square() / 4.0).sqrt() - 1.0) * 4.0).sum(dim=1)


def _with_hidden_shoulder(points: Tensor, there: Tensor, pair: list[int]) -> Tensor:
    """In which frames (F,) both shoulders are known; where a hand hides one, it is put in, as far from the neck."""
    neck, known = body_index("neck"), there[:, pair].all(dim=1)
    for hidden, other in (pair, pair[::-1]):
        mirrored = there[:, other] & there[:, neck] & ~there[:, hidden]
        points[mirrored, hidden] = 2.0 * points[mirrored, neck] - points[mirrored, other]
        known = known | mirrored
    return known


def _depth(space: Tensor) -> Tensor:
    return (-space[..., 2]).clamp(min=NEAREST_M)
