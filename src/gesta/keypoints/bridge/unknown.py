"""What a fit turns, as one row of numbers: a pose, a place, a build and a camera; and how strange each row is.

N rows, D numbers of a pose, G sizes, U = D + 3 + G + 1 of all.
"""

from functools import cache

import torch
from torch import Tensor

from gesta.keypoints.bridge.pose_numbers import NAMES, NUMBERS, SIDES, UPPER, place_of
from gesta.keypoints.bridge.prior import pose_prior
from gesta.keypoints.bridge.proportions import NAMES as SIZES
from gesta.keypoints.bridge.proportions import numbers_of_sizes
from gesta.motion.skeleton import PELVIS

POSE = slice(0, NUMBERS)
PLACE = slice(NUMBERS, NUMBERS + 3)
"""Metres, of the pelvis before the camera."""
BUILD = slice(PLACE.stop, PLACE.stop + len(SIZES))
"""As `proportions.sizes` takes them."""
FOCAL = slice(BUILD.stop, BUILD.stop + 1)
"""The logarithm of the focal length over that of the usual camera."""
COUNT = FOCAL.stop
FACING_SPREAD = (0.15, 0.5, 0.12)
"""How far pelvises turn from facing the camera upright: forward, about the vertical, sideways; radians."""
SIZE_SPREAD, FOCAL_SPREAD = 0.06, 0.25
FORWARD_LIMITS = {"hip": (-2.1, 0.2), "knee": (-0.05, 2.4)}
"""How far legs bend about the axis from right to left, radians: thighs hardly backward, shins never forward."""
BEYOND_SPREAD = 0.03
STIFF = 0.035
"""Radians: what likely poses spread by less stays as it is in the mean."""
LEG_JOINTS = ("hip", "knee", "ankle", "foot")


def row_of(pose: Tensor, place: Tensor, found: Tensor, focal: float) -> Tensor:
    """The row (N, U) of poses (N, D), places (N, 3), sizes (1, G) and the logarithm of a focal length."""
    row = torch.zeros(len(pose), COUNT)
    row[:, POSE], row[:, PLACE], row[:, FOCAL] = pose, place, focal
    row[:, BUILD] = numbers_of_sizes(found)
    return row


def loose_numbers(legs: bool) -> Tensor:
    """Which numbers of a pose may change from frame to frame: (M,); those of legs only where they are wanted."""
    loose = pose_prior().spread > STIFF
    for name in (PELVIS, *UPPER):
        loose[place_of(name)] = True
    if not legs:
        for name in NAMES:
            if name.split("_")[-1] in LEG_JOINTS:
                loose[place_of(name)] = False
    return loose.nonzero()[:, 0]


@cache
def usual() -> tuple[Tensor, Tensor]:
    """The likeliest row (U,) and the precision (U, U) of what is likely; places have none."""
    prior = pose_prior()
    mean, precision = torch.zeros(COUNT), torch.zeros(COUNT, COUNT)
    mean[POSE] = prior.mean
    precision[prior.places[:, None], prior.places] = prior.upper.T @ prior.upper
    precision[prior.others, prior.others] = prior.spread[prior.others] ** -2
    facing = torch.arange(COUNT)[POSE][place_of(PELVIS)]
    precision[facing, facing] = torch.tensor(FACING_SPREAD) ** -2
    precision[range(BUILD.start, BUILD.stop), range(BUILD.start, BUILD.stop)] = SIZE_SPREAD**-2
    precision[FOCAL, FOCAL] = FOCAL_SPREAD**-2
    return mean, precision


def strangeness(rows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """How unlikely rows (N, U) are: half the squared distance from the likeliest, in deviations, and bent-back joints.

    Returns:
        (N,), its gradient (N, U), and what joints beyond their limits add to the curvature's diagonal (N, U).
    """
    mean, precision = usual()
    away = rows - mean
    pull = away @ precision
    least, most = _limits()
    beyond = (rows - most).clamp(min=0.0) - (least - rows).clamp(min=0.0)
    stiff = (beyond != 0.0) / BEYOND_SPREAD**2
    cost = 0.5 * ((away * pull).sum(dim=1) + (stiff * beyond.square()).sum(dim=1))
    return cost, pull + stiff * beyond, stiff


@cache
def _limits() -> tuple[Tensor, Tensor]:
    least, most = torch.full((COUNT,), -torch.inf), torch.full((COUNT,), torch.inf)
    for joint, (low, high) in FORWARD_LIMITS.items():
        for side in SIDES:
            number = place_of(f"{side}_{joint}").start
            least[number], most[number] = low, high
    return least, most
