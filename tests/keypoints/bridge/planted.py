"""A person whose pose, build and camera are known, as points in a picture."""

from dataclasses import dataclass

import numpy as np
import torch

from gesta.keypoints.bridge.body_fit import landed
from gesta.keypoints.bridge.figure_points import figure_points
from gesta.keypoints.bridge.pose_numbers import place_of, rotations_of
from gesta.keypoints.bridge.prior import pose_prior
from gesta.keypoints.bridge.proportions import NAMES as SIZES
from gesta.keypoints.layout import body_index
from gesta.motion.skeleton import PELVIS
from gesta.records import Keypoints

SIZE = (768, 1024)
CENTRE = torch.tensor(SIZE) / 2.0
FOCAL = 1500.0


@dataclass(frozen=True)
class Planted:
    """What is true.

    Attributes:
        keypoints: F frames.
        points: (F, P, 3) metres before the camera.
        numbers: (F, D) poses.
    """

    keypoints: Keypoints
    points: torch.Tensor
    numbers: torch.Tensor


def planted(numbers: torch.Tensor | None = None, seed: int = 3, noise_px: float = 0.0) -> Planted:
    """Poses (F, D), or a likely one, in a build that is not our body's, before a camera that is not the usual one."""
    chance = torch.Generator().manual_seed(seed)
    if numbers is None:
        numbers = pose_prior().drawn(1, chance)
        numbers[:, place_of(PELVIS)] = torch.tensor((0.05, 0.3, -0.03))
    build = 1.0 + 0.16 * (torch.rand(1, len(SIZES), generator=chance) - 0.5)
    space = figure_points()(rotations_of(numbers), torch.zeros(len(numbers), 3), build)
    space = space + torch.tensor((0.05, 0.15, -2.1)) - space[:1, body_index("neck")][:, None]
    flat = landed(space, FOCAL, CENTRE)
    flat = flat + noise_px * torch.randn(flat.shape, generator=chance)
    inside = ((flat > 0.0) & (flat < 2.0 * CENTRE)).all(dim=-1)
    return Planted(Keypoints(flat.numpy(), inside.numpy().astype(np.float32), SIZE), space, numbers)


def from_neck(points: torch.Tensor, frame: int = 0) -> torch.Tensor:
    """Points (F, P, 3) of one frame from the neck, in widths of the shoulders: (P, 3)."""
    first, second, neck = (points[frame, body_index(name)] for name in ("left_shoulder", "right_shoulder", "neck"))
    return (points[frame] - neck) / (first - second).norm()
