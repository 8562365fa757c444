"""Reads the visible motion: convolutions over time, each with a residual block after it."""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from gesta.echomask.grouped import LEAK

KERNEL = 3


class MotionEncoder(nn.Module):
    """(B, T, channels) -> (B, T, width)."""

    def __init__(self, channels: int, width: int, layers: int) -> None:
        super().__init__()
        widths = [channels] + [width] * layers
        self.entries = nn.ModuleList(
            nn.Conv1d(before, after, KERNEL, padding=KERNEL // 2) for before, after in pairwise(widths)
        )
        self.inner, self.outer = (
            nn.ModuleList(nn.Conv1d(width, width, KERNEL, padding=KERNEL // 2) for _ in range(layers)) for _ in "io"
        )

    def forward(self, motion: Tensor) -> Tensor:
        """Encode."""
        values = motion.transpose(1, 2)
        for entry, inner, outer in zip(self.entries, self.inner, self.outer, strict=True):
            values = functional.leaky_relu(entry(values), LEAK)
            values = values + outer(functional.leaky_relu(inner(values), LEAK))
        return values.transpose(1, 2)


def visible_motion(motion: Tensor, visible: Tensor, hidden: Tensor) -> Tensor:
    """Motion (B, T, C) with a learned vector (C,) where it is not visible, (B, T, C) or (B, T, 1) bool."""
    return torch.where(visible, motion, hidden.to(motion.dtype))
