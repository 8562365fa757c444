"""What was decoded against what was true, block by block, where it means something: the ground of losses and errors.

All means are over clips, frames and those channels that are valid; a block that no clip has gives 0 and no gradient.
B clips, T frames, J joints, C channels, M points.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from gesta.motion.representation import SIX, Representation
from gesta.motion.torch_kinematics import chain, matrix_from_six


@dataclass(frozen=True)
class Pair:
    """Two things of one kind.

    Attributes:
        found, true: (B, T, ...) values.
        weight: 0 or 1 for each clip (B,), or for each clip and each of the third axis (B, N).
    """

    found: Tensor
    true: Tensor
    weight: Tensor

    def mean(self, distance: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
        """Mean of `distance(found, true)`, which keeps the axes that the weight has, over all that counts."""
        values = distance(self.found, self.true)
        return weighted_mean(values, self.weight)

    def change(self) -> "Pair":
        """The differences between neighbouring frames: (B, T - 1, ...)."""
        return Pair(self.found.diff(dim=1), self.true.diff(dim=1), self.weight)

    def scaled(self, factor: Tensor | float) -> "Pair":
        """Both, times a factor."""
        return Pair(self.found * factor, self.true * factor, self.weight)

    def changes(self, distance: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
        """Means of the first and of the second differences along time, added."""
        first = self.change()
        return first.mean(distance) + first.change().mean(distance)


def weighted_mean(values: Tensor, weight: Tensor) -> Tensor:
    """Mean of (B, T, ...) values, weighted by (B,) or (B, N), the third axis being N; 0 where there is no weight."""
    inner = tuple(range(weight.ndim + 1, values.ndim))
    summed = values.sum((1, *inner))
    weight = weight.to(summed)
    count = values[0].numel() // summed[0].numel()
    return (summed * weight).sum() / (weight.sum() * count).clamp(min=1.0)


def absolute(found: Tensor, true: Tensor) -> Tensor:
    """Absolute difference, element by element."""
    return (found - true).abs()


def squared(found: Tensor, true: Tensor) -> Tensor:
    """Squared difference, element by element."""
    return (found - true).square()


def apart(found: Tensor, true: Tensor) -> Tensor:
    """Distance of points, (..., 3) twice to (...)."""
    return torch.linalg.vector_norm(found - true, dim=-1)


@dataclass(frozen=True)
class Comparison:
    """One part, decoded and true.

    Attributes:
        representation: the layout.
        part: the part's name.
        found, true: (B, T, C) channels of the representation, both with the translation in the same form.
        valid: (B, C) bool.
    """

    representation: Representation
    part: str
    found: Tensor
    true: Tensor
    valid: Tensor

    def block(self, name: str) -> Pair:
        """A block's channels (B, T, size), each by itself."""
        place = self.representation.slice(self.part, name)
        return Pair(self.found[..., place], self.true[..., place], self.valid[:, place])

    @cached_property
    def rotations(self) -> Pair:
        """Rotation matrices (B, T, J, 3, 3) of the part's joints; a joint counts where all of its channels do."""
        name = self.representation.parts[self.part][0].name
        six = self.block(name)
        found, true = (matrix_from_six(values.unflatten(-1, (-1, SIX))) for values in (six.found, six.true))
        return Pair(found, true, six.weight.unflatten(-1, (-1, SIX)).all(-1))

    @cached_property
    def posed(self) -> Pair:
        """As `rotations`, with joints that a clip lacks at rest, for each clip (B,) that has any."""
        turned = self.rotations
        lacking = ~turned.weight[:, None, :, None, None]
        rest = torch.eye(3, dtype=turned.found.dtype, device=turned.found.device)
        found, true = (torch.where(lacking, rest, values) for values in (turned.found, turned.true))
        return Pair(found, true, turned.weight.any(-1))

    @cached_property
    def positions(self) -> Pair:
        """Positions (B, T, M, 3) of the part's points, all other joints at rest."""
        part = chain(self.representation.parts[self.part][0].joints, self.true.device)
        # Outside of no_grad: it is kept when it is first asked for, and the other losses need its gradient.
        posed = self.posed
        with torch.no_grad():
            true = part.positions(posed.true)
        return Pair(part.positions(posed.found), true, posed.weight)
