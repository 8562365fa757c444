"""How the body's points move when a pose, a place or a build changes a little: what a fit by least squares asks.

Turning a joint carries everything below it around an axis, and making a bone longer pushes everything below it along;
both follow from where joints and points are. The rate of a rotation vector is the left Jacobian of the rotations
(J. Sola and others, arXiv 1812.01537, equation 145).

N poses, J joints, P points, K joints that carry one, R what turns (`pose_numbers.NAMES`), G sizes.
"""

from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor

from gesta.keypoints.bridge.anchors import anchors
from gesta.keypoints.bridge.figure_points import figure_points
from gesta.keypoints.bridge.pose_numbers import NAMES, NUMBERS, matrices, rows_of_joints, vectors_of
from gesta.keypoints.bridge.proportions import NAMES as SIZES
from gesta.keypoints.bridge.proportions import flesh_sizes, groups_of_bones, groups_of_flesh
from gesta.motion.skeleton import skeleton


@dataclass(frozen=True)
class Rates:
    """Points and how they move.

    Attributes:
        points: (N, P, 3) metres.
        turning: (N, P, 3, D) metres a radian, of the pose's numbers.
        growing: (N, P, 3, G) metres, of the sizes.
    """

    points: Tensor
    turning: Tensor
    growing: Tensor


def rates(numbers: Tensor, pelvis: Tensor, sizes: Tensor) -> Rates:
    """Rates of poses (N, D) with the pelvis at (N, 3) metres and sizes (N or 1, G)."""
    figure, fixed = figure_points(), _fixed()
    vectors = vectors_of(numbers)
    turned, placed, carried = figure.carried(matrices(vectors), pelvis, sizes)
    carriers = figure.carriers
    there = carried + placed[:, carriers]
    # What each joint carries of a point, as the way from that joint: (N, J, P, 3).
    ways = torch.einsum("jpk,npkc->njpc", fixed.below, there) - fixed.below.sum(-1)[..., None] * placed[:, :, None]
    above = torch.cat([torch.eye(3).expand(len(numbers), 1, 3, 3), turned[:, fixed.parents[1:]]], dim=1)
    axes = above @ left_jacobian(vectors)
    moved = torch.linalg.cross(axes.transpose(2, 3)[:, :, None], ways[:, :, :, None], dim=-1)
    turning = torch.zeros(len(numbers), len(NAMES) + 1, *moved.shape[2:]).index_add_(1, fixed.rows, moved)
    bones = (above @ fixed.offsets[..., None])[..., 0]
    growing = torch.einsum("gpj,njc->npcg", fixed.longer, bones)
    flesh = carried / flesh_sizes(sizes)[:, carriers, None]
    growing = growing + torch.einsum("gpk,npkc->npcg", fixed.larger, flesh)
    points = (there * fixed.shares[..., None]).sum(dim=2)
    turning = turning[:, :-1].permute(0, 2, 4, 1, 3).reshape(len(numbers), points.shape[1], 3, NUMBERS)
    return Rates(points, turning, growing)


def left_jacobian(vectors: Tensor) -> Tensor:
    """How fast the rotation of a rotation vector (..., 3) turns when the vector changes: (..., 3, 3)."""
    squared = vectors.square().sum(-1)[..., None, None]
    # Below this the series are exact in float32, and differences of nearly equal numbers are not.
    small = squared < 1e-4
    angle = torch.where(small, torch.ones_like(squared), squared).sqrt()
    first = torch.where(small, 0.5 - squared / 24.0, (1.0 - angle.cos()) / angle.square())
    second = torch.where(small, 1.0 / 6.0 - squared / 120.0, (angle - angle.sin()) / angle**3)
    x, y, z = vectors.unbind(-1)
    none = torch.zeros_like(x)
    cross = torch.stack([none, -z, y, z, none, -x, -y, x, none], dim=-1).unflatten(-1, (3, 3))
    return torch.eye(3) + first * cross + second * (cross @ cross)


@dataclass(frozen=True)
class _Fixed:
    """What never changes.

    Attributes:
        below: (J, P, K) the share of a point that a joint carries by way of one of the joints that carry it.
        longer: (G, P, J) the share of a point that a bone pushes along when it grows with its group.
        larger: (G, P, K) the share that swells with a group's flesh.
        shares: (P, K).
        offsets: (J, 3) metres of the bones at rest.
        parents: (J,) the root's is 0.
        rows: (J,) which of R turns a joint; R itself: none.
    """

    below: Tensor
    longer: Tensor
    larger: Tensor
    shares: Tensor
    offsets: Tensor
    parents: Tensor
    rows: Tensor


@cache
def _fixed() -> _Fixed:
    bones, held = skeleton(), anchors()
    joints, shares = torch.from_numpy(held.joints), torch.from_numpy(held.shares)
    count = len(bones.names)
    over = torch.eye(count)
    for joint in range(1, count):
        over[:, joint] += over[:, bones.parents[joint]]
    below = over[:, joints] * shares
    grown = torch.nn.functional.one_hot(groups_of_bones(), len(SIZES)).float()
    longer = torch.einsum("jg,jp->gpj", grown, below.sum(-1))
    swollen = torch.nn.functional.one_hot(groups_of_flesh(), len(SIZES)).float()
    larger = (swollen[joints] * shares[..., None]).permute(2, 0, 1)
    offsets = torch.tensor(bones.offsets, dtype=torch.float32)
    offsets[0] = 0.0
    parents = torch.tensor([max(parent, 0) for parent in bones.parents])
    rows = torch.from_numpy(rows_of_joints())
    return _Fixed(below, longer.contiguous(), larger.contiguous(), shares, offsets, parents, rows)
