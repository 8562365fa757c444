"""What noise covers: poses as they are, as published, or how far they are from the pose that the window begins with.

Of a pose's numbers, which span 1, a moving point changes some hundredths. Under noise as large as 1 a network can tell
so little of it that it learns the mean motion for a long time before it learns any other, and different seeds give one
and the same take. Displacements in units of 50 pixels are as large as the noise.

B clips, F frames, V numbers of a pose.
"""

import torch
from torch import Tensor

from gesta.keypoints.layout import GROUPS
from gesta.keypoints.vectors import VALUES_PER_POINT
from gesta.mmgt.pose_vectors import SCORE
from gesta.mmgt.smga_config import SmgaConfig
from gesta.records import KEYPOINT_COUNT

UNIT = 0.1
"""A coordinate's displacement that counts as 1: 50 pixels. Scores count as they are."""
SHAPE_UNITS = {"face": 0.02, "left_hand": 0.05, "right_hand": 0.05}
"""The same in the shapes that the network is told: 10 and 25 pixels."""
WHOLE = ("body", "feet")
"""Groups whose places in the picture it is told."""


def diffused(poses: Tensor, initial_pose: Tensor, config: SmgaConfig) -> Tensor:
    """What stands for poses (B, F, V) that begin with (B, V), in diffusion: (B, F, V)."""
    if config.diffused == "poses":
        return poses
    return (poses - initial_pose[:, None]) / _units(poses)


def shown(initial_pose: Tensor, config: SmgaConfig) -> Tensor:
    """The initial pose (B, V) as the network is told it: as it is, or with shapes of face and hands.

    A shape stands for itself, from its middle, in units that are as large as it: in a whole pose, how far lips are open
    is a hundredth.
    """
    if config.first_pose == "places":
        return initial_pose
    told = initial_pose.unflatten(-1, (KEYPOINT_COUNT, VALUES_PER_POINT)).clone()
    for name, part in GROUPS.items():
        places = told[:, part, :SCORE]
        middle = 0.0 if name in WHOLE else places.mean(dim=1, keepdim=True)
        told[:, part, :SCORE] = (places - middle) / SHAPE_UNITS.get(name, UNIT)
    return told.flatten(1)


def undiffused(values: Tensor, initial_pose: Tensor, config: SmgaConfig) -> Tensor:
    """The poses (B, F, V) that values (B, F, V) stand for."""
    if config.diffused == "poses":
        return values
    return values * _units(values) + initial_pose[:, None]


def limits(initial_pose: Tensor, config: SmgaConfig) -> tuple[Tensor, Tensor]:
    """The least and the largest that values may be: (B, 1, V) each."""
    most = torch.full_like(initial_pose[:, None], config.diffusion.limit)
    return diffused(-most, initial_pose, config), diffused(most, initial_pose, config)


def _units(like: Tensor) -> Tensor:
    units = torch.full((KEYPOINT_COUNT, VALUES_PER_POINT), UNIT, dtype=like.dtype, device=like.device)
    units[:, SCORE] = 1.0
    return units.flatten()
