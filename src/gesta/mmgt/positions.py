"""Where something is, as sines and cosines that are added to what a network attends with: frames, places of a picture.

The table of Vaswani et al. (arXiv 1706.03762). Frames have it as published (AnimateDiff's motion modules). Places of a
picture have none in Stable Diffusion, whose spatial attention finds what it looks for by its content; a network that
begins with nothing takes far longer to learn to find the same place of the reference, and may be told
(`picture.positions`).

C channels, h and w places along the sides.
"""

import math

import torch
from torch import Tensor

LONGEST_WAVE = 10_000.0


def line_positions(count: int, channels: int, device: torch.device | None = None) -> Tensor:
    """Sines on even, cosines on odd channels, by place on a line: (count, C) float32; C is even."""
    steps = torch.arange(0, channels, 2, device=device, dtype=torch.float32)
    angles = torch.arange(count, device=device)[:, None] * torch.exp(-math.log(LONGEST_WAVE) * steps / channels)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)


def picture_positions(height: int, width: int, channels: int, device: torch.device | None = None) -> Tensor:
    """Rows on the first half of the channels, columns on the second: (h w, C) float32; C is a multiple of 4."""
    rows, columns = (line_positions(count, channels // 2, device) for count in (height, width))
    return torch.cat([rows.repeat_interleave(width, dim=0), columns.repeat(height, 1)], dim=1)
