"""Our body in the pose and build of a person in a picture: the camera, the place and the bones that meet the points.

A body is turned, moved and stretched until its 134 points lie where the person's are. What points leave open is taken
from what is likely: poses of our own speaker (`prior`), bones near our body's, a camera as phones have. A picture says
depth only by how short a bone looks, in which forward and backward look the same; so the fit begins from several
poses and keeps, arm by arm, what ends best.

Coordinates of the camera: x to the picture's right, y up, the camera at the origin looking along -z; the body faces +z.

F frames, S starts, P points, D numbers of a pose.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from gesta.errors import InputError
from gesta.keypoints.bridge.figure_points import figure_points
from gesta.keypoints.bridge.pose_numbers import ARM, NAMES, SIDES, place_of, rotations_of
from gesta.keypoints.bridge.prior import pose_prior
from gesta.keypoints.bridge.proportions import NAMES as SIZES
from gesta.keypoints.bridge.proportions import sizes
from gesta.keypoints.layout import GROUPS, VISIBLE, body_index
from gesta.motion.skeleton import PELVIS
from gesta.records import KEYPOINT_COUNT, Keypoints

FOCAL = 1.4
"""Focal length of the usual camera, in longer sides of the picture: 39 degrees; a phone held upright has 37 to 50."""
FOCAL_SPREAD = 0.25
SIZE_SPREAD = 0.06
FACING_SPREAD = (0.15, 0.5, 0.12)
"""How far pelvises turn from facing the camera upright: forward, about the vertical, sideways; radians."""
SHARP = {"body": 0.012, "feet": 0.06, "face": 0.06, "left_hand": 0.02, "right_hand": 0.02}
"""How exactly points are to be met, in widths of the shoulders. Faces differ in more than a size of the head."""
HEAD_SHARP = 0.02
MANY = {"face": 0.15, "left_hand": 0.5, "right_hand": 0.5}
"""What one of many points weighs."""
STARTS, STEPS, MORE_STEPS = 8, 160, 120
FASTEST, SLOWEST = 0.06, 0.004
NEEDED = ("left_shoulder", "right_shoulder")


@dataclass(frozen=True)
class BodyFit:
    """A body that meets the points of pictures.

    Attributes:
        numbers: (F, D) poses.
        pelvis: (F, 3) metres before the camera.
        sizes: (1, N) of its bones, see `proportions`.
        focal: pixels.
        centre: (2,) pixels, the middle of the picture.
        error: (F,) median distance of the points that count, in widths of the shoulders.
        cost: (F,) what was minimised.
    """

    numbers: Tensor
    pelvis: Tensor
    sizes: Tensor
    focal: float
    centre: Tensor
    error: Tensor
    cost: Tensor

    def points(self) -> Tensor:
        """The body's points in space: (F, P, 3) metres."""
        return figure_points()(rotations_of(self.numbers), self.pelvis, self.sizes)


@dataclass
class _Unknown:
    """What is turned: S starts."""

    numbers: Tensor
    place: Tensor
    build: Tensor
    focal: Tensor

    def all(self) -> list[Tensor]:
        return [self.numbers, self.place, self.build, self.focal]

    def of(self, rows: Tensor) -> "_Unknown":
        return _Unknown(*(values.detach()[rows].clone().requires_grad_() for values in self.all()))


class _Picture:
    """The points of one frame, and how well a body meets them."""

    def __init__(self, keypoints: Keypoints) -> None:
        self.points = torch.tensor(keypoints.points[0], dtype=torch.float32)
        scores = torch.tensor(keypoints.scores[0], dtype=torch.float32)
        there = (scores >= VISIBLE) & torch.isfinite(self.points).all(dim=-1)
        self.size = keypoints.size
        self.centre = torch.tensor(keypoints.size, dtype=torch.float32) / 2.0
        if not all(bool(there[body_index(name)]) for name in NEEDED):
            raise InputError("Both shoulders must be seen in the picture.")
        first, second = (self.points[body_index(name)] for name in NEEDED)
        self.across = float((first - second).norm())
        self.points = torch.where(there[:, None], self.points, 0.0)
        sharp, many = torch.empty(KEYPOINT_COUNT), torch.ones(KEYPOINT_COUNT)
        for name, where in GROUPS.items():
            sharp[where], many[where] = SHARP[name], MANY.get(name, 1.0)
        for name in ("nose", "left_eye", "right_eye", "left_ear", "right_ear"):
            sharp[body_index(name)] = HEAD_SHARP
        self.sharp, self.weights = sharp, many * scores.clamp(0.0, 1.0) * there

    def start(self, poses: Tensor) -> _Unknown:
        """Bodies in some poses (S, D), as far away as their shoulders are wide, with the neck where it is."""
        count = len(poses)
        focal = FOCAL * max(self.size)
        with torch.no_grad():
            rest = figure_points()(rotations_of(poses), torch.zeros(count, 3), torch.ones(1, len(SIZES)))
        shoulders = rest[:, [body_index(name) for name in NEEDED]]
        width = (shoulders[:, 0, :2] - shoulders[:, 1, :2]).norm(dim=-1)
        depth = focal * width / self.across
        middle = (self.points[[body_index(name) for name in NEEDED]].mean(dim=0) - self.centre) / focal
        neck = torch.stack([middle[0] * depth, -middle[1] * depth, -depth], dim=-1)
        place = neck - shoulders.mean(dim=1)
        return _Unknown(
            poses.clone().requires_grad_(),
            place.requires_grad_(),
            torch.zeros(count, len(SIZES), requires_grad=True),
            torch.zeros(count, 1, requires_grad=True),
        )

    def seen(self, unknown: _Unknown) -> Tensor:
        """Where the body's points land: (S, P, 2) pixels."""
        space = figure_points()(rotations_of(unknown.numbers), unknown.place, sizes(unknown.build))
        focal = FOCAL * max(self.size) * unknown.focal.exp()[:, None]
        depth = (-space[..., 2:]).clamp(min=0.1)
        return self.centre + focal * torch.cat([space[..., :1], -space[..., 1:2]], dim=-1) / depth

    def misses(self, unknown: _Unknown) -> Tensor:
        """Distances (S, P) in widths of the shoulders."""
        return (self.seen(unknown) - self.points).square().sum(dim=-1).add(1e-8).sqrt() / self.across

    def cost(self, unknown: _Unknown) -> Tensor:
        """What is minimised: (S,)."""
        away = self.misses(unknown) / self.sharp
        # Square for what is nearly met, straight for what is far off, so that one wrong point does not bend a body.
        met = (self.weights * ((1.0 + away.square() / 4.0).sqrt() - 1.0) * 4.0).sum(dim=1)
        facing = unknown.numbers[:, place_of(PELVIS)] / torch.tensor(FACING_SPREAD)
        usual = facing.square().sum(dim=1) + (unknown.build / SIZE_SPREAD).square().sum(dim=1)
        usual = usual + (unknown.focal / FOCAL_SPREAD).square().sum(dim=1)
        return met + pose_prior().strangeness(unknown.numbers) + 0.5 * usual


def fit_picture(keypoints: Keypoints, seed: int = 0) -> BodyFit:
    """Our body as the person in a picture.

    Args:
        keypoints: one frame.
        seed: of the poses it begins from.

    Raises:
        InputError: a shoulder is not seen.
    """
    picture, prior = _Picture(keypoints), pose_prior()
    poses = prior.drawn(STARTS, torch.Generator().manual_seed(seed))
    poses[0] = prior.mean
    poses[:, place_of(PELVIS)] = 0.0
    unknown = picture.start(poses)
    _descend(picture, unknown, STEPS)
    best = _best_arms(picture, unknown)
    _descend(picture, best, MORE_STEPS)
    with torch.no_grad():
        cost, misses = picture.cost(best), picture.misses(best)
        counted = picture.weights[GROUPS["body"]] > 0
        error = misses[:, GROUPS["body"]][:, counted].median(dim=1).values
        focal = FOCAL * max(picture.size) * math.exp(float(best.focal.detach()[0, 0]))
        return BodyFit(
            best.numbers.detach(), best.place.detach(), sizes(best.build.detach()), focal, picture.centre, error, cost
        )


def _descend(picture: _Picture, unknown: _Unknown, steps: int) -> None:
    """Turn what is unknown until the cost is low."""
    optimiser = torch.optim.Adam(unknown.all(), lr=FASTEST, betas=(0.9, 0.95))
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = SLOWEST + (FASTEST - SLOWEST) * 0.5 * (1.0 + math.cos(math.pi * step / steps))
        optimiser.zero_grad()
        picture.cost(unknown).sum().backward()
        optimiser.step()


def _best_arms(picture: _Picture, unknown: _Unknown) -> _Unknown:
    """The best start, with each arm from the start whose arm is best on it."""
    with torch.no_grad():
        best = unknown.of(picture.cost(unknown).argmin()[None])
        for side in SIDES:
            tried = best.of(torch.zeros(len(unknown.numbers), dtype=torch.long))
            for name in [name for name in NAMES if name.startswith(f"{side}_") and _in_arm(name)]:
                tried.numbers[:, place_of(name)] = unknown.numbers[:, place_of(name)]
            best = tried.of(picture.cost(tried).argmin()[None])
    return best


def _in_arm(name: str) -> bool:
    joint = name.split("_", 1)[1]
    return joint in ARM or joint[-1].isdigit()
