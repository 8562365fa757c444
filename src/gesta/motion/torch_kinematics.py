"""Rotations and forward kinematics that gradients pass through: for the losses and measures of networks.

The numbers are those of `motion.rotations` and `motion.kinematics`, in torch and for any leading axes. A `Chain` turns
some joints and leaves the others at rest, so that one part of the body can be measured by itself; joints are walked by
their depth, all of one depth at once.
"""

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import torch
from torch import Tensor

from gesta.motion.skeleton import skeleton

TIP_SHARE = 0.8
"""The last bone of a finger or limb, which has no joint at its end, as a share of the bone before it."""
ROWS = 2
SMALLEST_NORM = 1e-8


def matrix_from_six(six: Tensor) -> Tensor:
    """(..., 6) to rotation matrices (..., 3, 3) by Gram-Schmidt on the two rows (Zhou et al. 2019, arXiv 1812.07035).

    Rows without a direction give finite numbers, if no rotation.
    """
    first, second = six.unflatten(-1, (ROWS, 3)).unbind(-2)
    first = _unit(first)
    second = _unit(second - (first * second).sum(-1, keepdim=True) * first)
    return torch.stack([first, second, torch.linalg.cross(first, second)], dim=-2)


def _unit(vectors: Tensor) -> Tensor:
    return vectors * torch.rsqrt(vectors.square().sum(-1, keepdim=True).clamp(min=SMALLEST_NORM**2))


def six_from_matrix(matrix: Tensor) -> Tensor:
    """(..., 3, 3) matrices to (..., 6): the first two rows, one after the other."""
    return matrix[..., :ROWS, :].flatten(-2)


def angle_between(first: Tensor, second: Tensor) -> Tensor:
    """Angle in radians, 0 to pi, between rotations: (..., 3, 3) twice to (...).

    It comes from the chord, since the arc cosine of the trace has no gradient, or an endless one, where rotations
    agree.
    """
    squared = (second - first).square().sum((-2, -1))
    chord = torch.sqrt(squared.clamp(min=SMALLEST_NORM**2)) / 8.0**0.5
    return 2.0 * torch.asin(chord.clamp(max=1.0 - 1e-6))


class Chain:
    """Forward kinematics of some joints, all others at rest.

    Attributes:
        joints: the N joints that turn.
        points: names of the M points that follow them: the joints right below a turning joint, a tip for each end of a
            limb or finger, and the soles that ankles carry.
    """

    def __init__(self, joints: Sequence[str], device: torch.device | None = None) -> None:
        bones = skeleton()
        rest = bones.rest_positions()
        self.joints = tuple(joints)
        row = {bones.index(name): place for place, name in enumerate(self.joints)}
        above = {joint: _turning_above(bones.parents[joint], row) for joint in row}
        self._steps: list[Tensor] = []
        self._carriers: list[Tensor] = []
        walked: list[int] = []
        level, before = [joint for joint in row if above[joint] is None], list[int]()
        while level:
            steps = [rest[joint] - (rest[up] if (up := above[joint]) is not None else 0.0) for joint in level]
            carriers = [before.index(up) for joint in level if (up := above[joint]) is not None]
            self._steps.append(_points(steps, device))
            self._carriers.append(_places(carriers, device))
            walked += [row[joint] for joint in level]
            level, before = [joint for joint in row if above[joint] in level], level
        self._walked = _places(walked, device)
        self._back = self._walked.argsort()
        carried = _carried(row, rest)
        self.points = tuple(name for name, _, _ in carried)
        self._holders = _places([walked.index(place) for _, place, _ in carried], device)
        self._arms = _points([arm for _, _, arm in carried], device)

    def place(self, rotations: Tensor) -> tuple[Tensor, Tensor]:
        """World rotations (..., N, 3, 3) and positions (..., N, 3) in metres of the turning joints.

        Args:
            rotations: (..., N, 3, 3) local rotations. The pelvis is where it is in the rest pose.
        """
        turned, placed = self._walk(rotations)
        return turned.index_select(-3, self._back), placed.index_select(-2, self._back)

    def positions(self, rotations: Tensor) -> Tensor:
        """Where the points are when the joints turn and the pelvis stays: (..., N, 3, 3) to (..., M, 3) metres."""
        turned, placed = self._walk(rotations)
        arms = _turn(turned.index_select(-3, self._holders), self._arms.to(rotations))
        return placed.index_select(-2, self._holders) + arms

    def _walk(self, rotations: Tensor) -> tuple[Tensor, Tensor]:
        """What `place` gives, with joints in the order in which they are reached from the root."""
        sizes = [len(steps) for steps in self._steps]
        local = rotations.index_select(-3, self._walked).split(sizes, dim=-3)
        all_turned, all_placed = [local[0]], [self._steps[0].to(rotations).expand(local[0].shape[:-1])]
        for turned, steps, carriers in zip(local[1:], self._steps[1:], self._carriers[1:], strict=True):
            carrier = all_turned[-1].index_select(-3, carriers)
            all_placed.append(all_placed[-1].index_select(-2, carriers) + _turn(carrier, steps.to(rotations)))
            all_turned.append(_product(carrier, turned))
        return torch.cat(all_turned, -3), torch.cat(all_placed, -2)


def _turning_above(joint: int, row: Mapping[int, int]) -> int | None:
    """The nearest turning joint at or above `joint`."""
    while joint >= 0 and joint not in row:
        joint = skeleton().parents[joint]
    return joint if joint >= 0 else None


def _places(numbers: Sequence[int], device: torch.device | None) -> Tensor:
    return torch.tensor(numbers, dtype=torch.int64, device=device)


def _points(vectors: Sequence[np.ndarray], device: torch.device | None) -> Tensor:
    return torch.tensor(np.reshape(vectors, (-1, 3)), dtype=torch.float32, device=device)


def _carried(row: Mapping[int, int], rest: np.ndarray) -> list[tuple[str, int, np.ndarray]]:
    """Each point a chain carries: its name, the row of the joint it is fixed to, and where it is from there."""
    bones = skeleton()
    points = []
    for joint, place in row.items():
        below = [bones.index(name) for name in bones.children(bones.names[joint])]
        points += [(bones.names[child], place, rest[child] - rest[joint]) for child in below]
        if not below and bones.parents[joint] in row:
            points.append((f"{bones.names[joint]}_tip", place, TIP_SHARE * (rest[joint] - rest[bones.parents[joint]])))
    for sole in bones.soles:
        if bones.index(sole.joint) in row:
            points.append((sole.name, row[bones.index(sole.joint)], sole.offset))
    return points


def _product(first: Tensor, second: Tensor) -> Tensor:
    """Products of (..., 3, 3) matrices in full precision, also where a training step multiplies in half."""
    with torch.autocast(first.device.type, enabled=False):
        return first @ second


def _turn(matrices: Tensor, vectors: Tensor) -> Tensor:
    """(..., 3, 3) matrices applied to (..., 3) vectors."""
    return _product(matrices, vectors.unsqueeze(-1)).squeeze(-1)


@cache
def chain(joints: tuple[str, ...], device: torch.device | None = None) -> Chain:
    """The chain of some joints on a device, made once."""
    return Chain(joints, device)
