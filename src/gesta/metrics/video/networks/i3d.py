"""I3D as the Fréchet video distance uses it: 16 pictures of 224 pixels to 400 numbers, the logits for Kinetics-400.

Layers, channels and names of tensors are those of the port of Carreira and Zisserman's network (2017) by piergiaj
(pytorch-i3d), whose files `rgb_imagenet.pt` and VideoGPT's `i3d_pretrained_400.pt` have. Everything is padded as
TensorFlow's "SAME" does it, with zeros, also before poolings.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import max_pool3d, pad, relu

SIDE_PX = 224
FRAMES = 16
LATENT = 400
Triple = tuple[int, int, int]
MIXED = {
    "Mixed_3b": (64, 96, 128, 16, 32, 32),
    "Mixed_3c": (128, 128, 192, 32, 96, 64),
    "Mixed_4b": (192, 96, 208, 16, 48, 64),
    "Mixed_4c": (160, 112, 224, 24, 64, 64),
    "Mixed_4d": (128, 128, 256, 24, 64, 64),
    "Mixed_4e": (112, 144, 288, 32, 64, 64),
    "Mixed_4f": (256, 160, 320, 32, 128, 128),
    "Mixed_5b": (256, 160, 320, 32, 128, 128),
    "Mixed_5c": (384, 192, 384, 48, 128, 128),
}
"""Channels of each block's six convolutions."""
POOLED_BEFORE = {
    "Mixed_3b": ((1, 3, 3), (1, 2, 2)),
    "Mixed_4b": ((3, 3, 3), (2, 2, 2)),
    "Mixed_5b": ((2, 2, 2), (2, 2, 2)),
}
"""Kernel and stride of the pooling before a block."""
LAST_POOLED = (2, 7, 7)


def padded(values: Tensor, kernel: Triple, stride: Triple) -> Tensor:
    """(N, C, T, H, W) with zeros around, so that a window gives ceil(size / stride) places; more of them behind."""
    ends: list[int] = []
    for size, width, hop in reversed(list(zip(values.shape[2:], kernel, stride, strict=True))):
        lacking = max(width - (hop if size % hop == 0 else size % hop), 0)
        ends += [lacking // 2, lacking - lacking // 2]
    return pad(values, ends)


class Unit(nn.Module):
    """A padded convolution, with batch normalisation and rectifier unless it is the last one."""

    def __init__(
        self, before: int, after: int, kernel: Triple = (1, 1, 1), stride: Triple = (1, 1, 1), last: bool = False
    ) -> None:
        super().__init__()
        self._kernel, self._stride = kernel, stride
        self.conv3d = nn.Conv3d(before, after, kernel, stride, bias=last)
        if not last:
            self.bn = nn.BatchNorm3d(after, eps=0.001)

    def forward(self, values: Tensor) -> Tensor:
        """(N, C, T, H, W) to (N, C', T', H', W')."""
        values = self.conv3d(padded(values, self._kernel, self._stride))
        return relu(self.bn(values)) if hasattr(self, "bn") else values


class Mixed(nn.Module):
    """Four branches side by side, whose channels are joined."""

    def __init__(self, before: int, widths: Sequence[int]) -> None:
        super().__init__()
        self.b0 = Unit(before, widths[0])
        self.b1a, self.b1b = Unit(before, widths[1]), Unit(widths[1], widths[2], (3, 3, 3))
        self.b2a, self.b2b = Unit(before, widths[3]), Unit(widths[3], widths[4], (3, 3, 3))
        self.b3b = Unit(before, widths[5])

    def forward(self, values: Tensor) -> Tensor:
        """(N, C, T, H, W) to (N, C', T, H, W)."""
        pooled = max_pool3d(padded(values, (3, 3, 3), (1, 1, 1)), 3, 1)
        branches = [self.b0(values), self.b1b(self.b1a(values)), self.b2b(self.b2a(values)), self.b3b(pooled)]
        return torch.cat(branches, dim=1)


class I3D(nn.Module):
    """(N, 3, 16, 224, 224) films, -1 to 1, to (N, 400) logits."""

    def __init__(self) -> None:
        """Build it with random weights."""
        super().__init__()
        self.Conv3d_1a_7x7 = Unit(3, 64, (7, 7, 7), (2, 2, 2))
        self.Conv3d_2b_1x1 = Unit(64, 64)
        self.Conv3d_2c_3x3 = Unit(64, 192, (3, 3, 3))
        before = 192
        for name, widths in MIXED.items():
            self.add_module(name, Mixed(before, widths))
            before = widths[0] + widths[2] + widths[4] + widths[5]
        self.logits = Unit(before, LATENT, last=True)

    def forward(self, films: Tensor) -> Tensor:
        """(N, 3, 16, 224, 224) films, -1 to 1, to (N, 400) logits; longer films give the mean over time."""
        kernel, stride = POOLED_BEFORE["Mixed_3b"]
        values = max_pool3d(padded(self.Conv3d_1a_7x7(films), kernel, stride), kernel, stride)
        values = self.Conv3d_2c_3x3(self.Conv3d_2b_1x1(values))
        for name in MIXED:
            if name in POOLED_BEFORE:
                kernel, stride = POOLED_BEFORE[name]
                values = max_pool3d(padded(values, kernel, stride), kernel, stride)
            values = self.get_submodule(name)(values)
        return self.logits(nn.functional.avg_pool3d(values, LAST_POOLED, 1)).mean(dim=(2, 3, 4))
