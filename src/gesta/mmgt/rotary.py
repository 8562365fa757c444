"""Rotary positions: queries and keys are turned by angles that grow with time, so that products know the distance.

Source: RoFormer (arXiv 2104.09864), neighbouring channels in pairs, base 10,000. Turned after the projection, head by
head, a product depends on the distance of two frames alone, so a window means the same wherever it begins. MMGT's
released code turns all channels before the projection, where that no longer holds.
"""

from typing import NamedTuple

import torch
from torch import Tensor

BASE = 10_000.0


class Turns(NamedTuple):
    """Cosines and sines of the angles, both (T, C / 2) for T positions of C channels."""

    cosines: Tensor
    sines: Tensor


def turns_of(positions: Tensor, channels: int) -> Turns:
    """The angles of positions (T,) for an even number of channels."""
    pairs = torch.arange(0, channels, 2, device=positions.device, dtype=torch.float32)
    angles = positions.float()[:, None] * BASE ** (-pairs / channels)
    return Turns(angles.cos(), angles.sin())


def turned(values: Tensor, turns: Turns) -> Tensor:
    """Values (..., T, C), each pair of channels turned by its position's angle."""
    first, second = values.unflatten(-1, (-1, 2)).unbind(dim=-1)
    cosines, sines = (table.to(values.dtype) for table in turns)
    return torch.stack([first * cosines - second * sines, first * sines + second * cosines], dim=-1).flatten(-2)
