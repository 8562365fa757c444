"""What noise covers: poses as they are, as published, or how far they are from the pose that the window begins with.

Of a pose's numbers, which span 1, a moving point changes some hundredths. Under noise as large as 1 a network can tell
so little of it that it learns the mean motion for a long time before it learns any other, and different seeds give one
and the same take. Displacements in units of 50 pixels are as large as the noise.

Those of lips and fingers are still far smaller, and lie on top of what head and arm do. So faces are told from the nose
and hands from their wrists, in units of their own ("shapes").

B clips, F frames, V numbers of a pose.
"""

import torch
from torch import Tensor

from gesta.keypoints.layout import GROUPS, body_index
from gesta.keypoints.vectors import VALUES_PER_POINT
from gesta.mmgt.pose_vectors import SCORE
from gesta.mmgt.smga_config import SmgaConfig
from gesta.records import KEYPOINT_COUNT

UNIT = 0.1
"""A coordinate's displacement that counts as 1: 50 pixels. Scores count as they are."""
SHAPE_UNITS = {"face": 0.02, "left_hand": 0.05, "right_hand": 0.05}
"""The same in shapes: 10 and 25 pixels."""
CARRIERS = {
    "face": body_index("nose"),
    "left_hand": body_index("left_wrist"),
    "right_hand": body_index("right_wrist"),
}
"""The point of the body from which a group's shape is told."""
WHOLE = ("body", "feet")
"""Groups whose places in the picture it is told."""


def diffused(poses: Tensor, initial_pose: Tensor, config: SmgaConfig) -> Tensor:
    """What stands for poses (B, F, V) that begin with (B, V), in diffusion: (B, F, V)."""
    if config.diffused == "poses":
        return poses
    gone = poses - initial_pose[:, None]
    return (_carried(gone, -1.0) if config.diffused == "shapes" else gone) / _units(poses, config)


def shown(initial_pose: Tensor, config: SmgaConfig) -> Tensor:
    """The initial pose (B, V) as the network is told it: as it is, or with shapes of face and hands.

    A shape stands for itself, from its middle, in units that are as large as it: in a whole pose, how far lips are open
    is a hundredth.
    """
    if config.first_pose == "places":
        return initial_pose
    pose = initial_pose.unflatten(-1, (KEYPOINT_COUNT, VALUES_PER_POINT)).clone()
    for name, part in GROUPS.items():
        places = pose[:, part, :SCORE]
        middle = 0.0 if name in WHOLE else places.mean(dim=1, keepdim=True)
        pose[:, part, :SCORE] = (places - middle) / SHAPE_UNITS.get(name, UNIT)
    return pose.flatten(1)


def undiffused(values: Tensor, initial_pose: Tensor, config: SmgaConfig) -> Tensor:
    """The poses (B, F, V) that values (B, F, V) stand for."""
    if config.diffused == "poses":
        return values
    gone = values * _units(values, config)
    return (_carried(gone, 1.0) if config.diffused == "shapes" else gone) + initial_pose[:, None]


def limits(initial_pose: Tensor, config: SmgaConfig) -> tuple[Tensor, Tensor]:
    """The least and the largest that values may be: (B, 1, V) each."""
    most = torch.full_like(initial_pose[:, None], config.diffusion.limit)
    if config.diffused != "shapes":
        return diffused(-most, initial_pose, config), diffused(most, initial_pose, config)
    # What is told from a point at one end of the range may be at the other end.
    begun, units = _carried(initial_pose[:, None], -1.0), _units(most, config)
    most = most * (1.0 + _is_carried(most))
    return (-most - begun) / units, (most - begun) / units


def told(scores: Tensor, config: SmgaConfig) -> Tensor:
    """Scores (..., N) of what values tell: a point that is told from another is told as well as the worse of both."""
    if config.diffused != "shapes":
        return scores
    scores = scores.clone()
    for name, carrier in CARRIERS.items():
        group = scores[..., GROUPS[name]]
        scores[..., GROUPS[name]] = torch.minimum(group, scores[..., carrier, None])
    return scores


def _carried(places: Tensor, sign: float) -> Tensor:
    """Numbers (..., V) with the carriers' coordinates added to those of their groups, or taken away."""
    points = places.unflatten(-1, (KEYPOINT_COUNT, VALUES_PER_POINT)).clone()
    for name, carrier in CARRIERS.items():
        points[..., GROUPS[name], :SCORE] += sign * points[..., carrier, None, :SCORE]
    return points.flatten(-2)


def _is_carried(like: Tensor) -> Tensor:
    """1 for coordinates that are told from a carrier, 0 for all other numbers: (V,)."""
    found = torch.zeros((KEYPOINT_COUNT, VALUES_PER_POINT), dtype=like.dtype, device=like.device)
    for name in CARRIERS:
        found[GROUPS[name], :SCORE] = 1.0
    return found.flatten()


def _units(like: Tensor, config: SmgaConfig) -> Tensor:
    units = torch.full((KEYPOINT_COUNT, VALUES_PER_POINT), UNIT, dtype=like.dtype, device=like.device)
    if config.diffused == "shapes":
        for name in CARRIERS:
            units[GROUPS[name]] = SHAPE_UNITS[name]
    units[:, SCORE] = 1.0
    return units.flatten()
