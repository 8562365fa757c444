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
        turning: (N, D, 3, P) metres a radian, of the pose's numbers.
        growing: (N, G, 3, P) metres, of the sizes.
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
    above = torch.cat([torch.eye(3).expand(len(numbers), 1, 3, 3), turned[:, fixed.parents[1:]]], dim=1)
    axes = (above @ left_jacobian(vectors)).transpose(2, 3)
    # What a joint carries of a point, as the way from that joint; most joints carry few points.
    reach = torch.einsum("jpk,npkc->njpc", fixed.below, there)[:, fixed.pairs[0], fixed.pairs[1]]
    ways = reach - fixed.whole[:, None] * placed[:, fixed.pairs[0]]
    moved = _cross(axes[:, fixed.pairs[0]], ways[:, :, None])
    count = len(fixed.shares)
    turning = torch.zeros(len(numbers), len(NAMES) * count, 3, 3).index_add_(1, fixed.targets, moved)
    turning = turning.unflatten(1, (len(NAMES), count)).permute(0, 1, 3, 4, 2).reshape(-1, NUMBERS, 3, count)
    bones = (above @ fixed.offsets[..., None])[..., 0]
    flesh = carried / flesh_sizes(sizes)[:, carriers, None]
    growing = torch.einsum("gpj,njc->ngcp", fixed.longer, bones) + torch.einsum("gpk,npkc->ngcp", fixed.larger, flesh)
    return Rates((there * fixed.shares[..., None]).sum(dim=2), turning, growing)


def _cross(first: Tensor, second: Tensor) -> Tensor:
    """The cross product along the last axis, which broadcasts; torch's own is slow."""
    (a, b, c), (x, y, z) = first.unbind(-1), second.unbind(-1)
    return torch.stack([b * z - c * y, c * x - a * z, a * y - b * x], dim=-1)


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
        pairs: (2, M) all joints that turn and the points that each carries.
        whole: (M,) how much of the point the joint carries.
        targets: (M,) where among R x P each pair counts.
    """

    below: Tensor
    longer: Tensor
    larger: Tensor
    shares: Tensor
    offsets: Tensor
    parents: Tensor
    pairs: Tensor
    whole: Tensor
    targets: Tensor


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
    rows, whole = torch.from_numpy(rows_of_joints()), below.sum(-1)
    pairs = ((whole > 0.0) & (rows < len(NAMES))[:, None]).nonzero().T
    return _Fixed(
        below, longer.contiguous(), larger.contiguous(), shares, offsets, parents,
        pairs, whole[pairs[0], pairs[1]], rows[pairs[0]] * len(shares) + pairs[1],
    )  # fmt: skip
