"""InceptionV3 as the Fréchet inception distance uses it: pictures of 299 pixels to 2,048 numbers.

Branches, kernels and names of tensors are those of pytorch/vision's `inception_v3` (Szegedy et al. 2016) with the three
differences of the network that FID was published with, as pytorch-fid has ported it: poolings by mean do not count
what is padded, and the last block pools by the greatest value.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, max_pool2d, relu

SIDE_PX = 299
LATENT = 2048
Shape = tuple[int, int]
Step = tuple[str, int, Shape, Shape, int]
"""A convolution: name, channels, kernel, padding, stride."""


class Convolution(nn.Module):
    """A convolution with batch normalisation and rectifier."""

    def __init__(self, before: int, after: int, kernel: Shape, padding: Shape = (0, 0), stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(before, after, kernel, stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(after, eps=0.001)

    def forward(self, values: Tensor) -> Tensor:
        """(N, C, H, W) to (N, C', H', W')."""
        return relu(self.bn(self.conv(values)))


def step(name: str, width: int, height: int = 1, across: int | None = None, *, stride: int = 1) -> Step:
    """A step of a branch; where it does not shrink pictures, they are padded so that they keep their size."""
    kernel = (height, height if across is None else across)
    padding = (0, 0) if stride > 1 else (kernel[0] // 2, kernel[1] // 2)
    return name, width, kernel, padding, stride


class Block(nn.Module):
    """Branches side by side, whose channels are joined.

    Args:
        before: channels in.
        branches: the steps of each branch, one after another; a last step that is a list of steps is a fork, whose
            two outputs are joined.
        pooled: how the pooled branch pools: "mean" or "greatest", followed by a convolution, or "shrinking", which
            halves the picture and is joined as it is.
        pooled_width: channels of that convolution.
    """

    def __init__(
        self, before: int, branches: Sequence[Sequence[Step | list[Step]]], pooled: str, pooled_width: int = 0
    ) -> None:
        super().__init__()
        self._pooled = pooled
        self._branches: list[list[str | list[str]]] = []
        self.width = 0
        for branch in branches:
            width, names = before, []
            for part in branch:
                forked = part if isinstance(part, list) else [part]
                for name, after, kernel, padding, stride in forked:
                    self.add_module(name, Convolution(width, after, kernel, padding, stride))
                names.append([one[0] for one in forked] if isinstance(part, list) else part[0])
                width = sum(one[1] for one in forked)
            self._branches.append(names)
            self.width += width
        if pooled == "shrinking":
            self.width += before
        else:
            self.branch_pool = Convolution(before, pooled_width, (1, 1))
            self.width += pooled_width

    def forward(self, values: Tensor) -> Tensor:
        """(N, C, H, W) to (N, C', H', W')."""
        found = []
        for branch in self._branches:
            part = values
            for names in branch:
                if isinstance(names, list):
                    part = torch.cat([self.get_submodule(name)(part) for name in names], dim=1)
                else:
                    part = self.get_submodule(names)(part)
            found.append(part)
        if self._pooled == "shrinking":
            found.append(max_pool2d(values, 3, 2))
        elif self._pooled == "greatest":
            found.append(self.branch_pool(max_pool2d(values, 3, 1, 1)))
        else:
            found.append(self.branch_pool(avg_pool2d(values, 3, 1, 1, count_include_pad=False)))
        return torch.cat(found, dim=1)


def _fives(before: int, pooled_width: int) -> Block:
    """A block of 35 x 35 pixels."""
    branches = [
        [step("branch1x1", 64)],
        [step("branch5x5_1", 48), step("branch5x5_2", 64, 5)],
        [step("branch3x3dbl_1", 64), step("branch3x3dbl_2", 96, 3), step("branch3x3dbl_3", 96, 3)],
    ]
    return Block(before, branches, "mean", pooled_width)


def _sevens(before: int, width: int) -> Block:
    """A block of 17 x 17 pixels, with kernels of 7 in one direction at a time."""
    branches = [
        [step("branch1x1", 192)],
        [step("branch7x7_1", width), step("branch7x7_2", width, 1, 7), step("branch7x7_3", 192, 7, 1)],
        [
            step("branch7x7dbl_1", width), step("branch7x7dbl_2", width, 7, 1), step("branch7x7dbl_3", width, 1, 7),
            step("branch7x7dbl_4", width, 7, 1), step("branch7x7dbl_5", 192, 1, 7),
        ],
    ]  # fmt: skip
    return Block(before, branches, "mean", 192)


def _forks(before: int, pooled: str) -> Block:
    """A block of 8 x 8 pixels, with branches that fork."""
    branches: list[list[Step | list[Step]]] = [
        [step("branch1x1", 320)],
        [step("branch3x3_1", 384), [step("branch3x3_2a", 384, 1, 3), step("branch3x3_2b", 384, 3, 1)]],
        [
            step("branch3x3dbl_1", 448), step("branch3x3dbl_2", 384, 3),
            [step("branch3x3dbl_3a", 384, 1, 3), step("branch3x3dbl_3b", 384, 3, 1)],
        ],
    ]  # fmt: skip
    return Block(before, branches, pooled, 192)


def _to_seventeen(before: int) -> Block:
    """From 35 x 35 pixels to 17 x 17."""
    branches = [
        [step("branch3x3", 384, 3, stride=2)],
        [step("branch3x3dbl_1", 64), step("branch3x3dbl_2", 96, 3), step("branch3x3dbl_3", 96, 3, stride=2)],
    ]
    return Block(before, branches, "shrinking")


def _to_eight(before: int) -> Block:
    """From 17 x 17 pixels to 8 x 8."""
    branches = [
        [step("branch3x3_1", 192), step("branch3x3_2", 320, 3, stride=2)],
        [
            step("branch7x7x3_1", 192), step("branch7x7x3_2", 192, 1, 7), step("branch7x7x3_3", 192, 7, 1),
            step("branch7x7x3_4", 192, 3, stride=2),
        ],
    ]  # fmt: skip
    return Block(before, branches, "shrinking")


class Inception(nn.Module):
    """(N, 3, H, W) pictures, 0 to 1, to (N, 2048) latents."""

    def __init__(self) -> None:
        """Build it with random weights."""
        super().__init__()
        self.Conv2d_1a_3x3 = Convolution(3, 32, (3, 3), stride=2)
        self.Conv2d_2a_3x3 = Convolution(32, 32, (3, 3))
        self.Conv2d_2b_3x3 = Convolution(32, 64, (3, 3), (1, 1))
        self.Conv2d_3b_1x1 = Convolution(64, 80, (1, 1))
        self.Conv2d_4a_3x3 = Convolution(80, 192, (3, 3))
        width = 192
        self._blocks = []
        for name, make in (
            ("Mixed_5b", lambda before: _fives(before, 32)),
            ("Mixed_5c", lambda before: _fives(before, 64)),
            ("Mixed_5d", lambda before: _fives(before, 64)),
            ("Mixed_6a", _to_seventeen),
            ("Mixed_6b", lambda before: _sevens(before, 128)),
            ("Mixed_6c", lambda before: _sevens(before, 160)),
            ("Mixed_6d", lambda before: _sevens(before, 160)),
            ("Mixed_6e", lambda before: _sevens(before, 192)),
            ("Mixed_7a", _to_eight),
            ("Mixed_7b", lambda before: _forks(before, "mean")),
            ("Mixed_7c", lambda before: _forks(before, "greatest")),
        ):
            block = make(width)
            self.add_module(name, block)
            self._blocks.append(name)
            width = block.width

    def forward(self, pictures: Tensor) -> Tensor:
        """(N, 3, H, W) pictures, 0 to 1, to (N, 2048) latents."""
        side = (SIDE_PX, SIDE_PX)
        values = nn.functional.interpolate(pictures, side, mode="bilinear", align_corners=False) * 2.0 - 1.0
        values = self.Conv2d_2b_3x3(self.Conv2d_2a_3x3(self.Conv2d_1a_3x3(values)))
        values = self.Conv2d_4a_3x3(self.Conv2d_3b_1x1(max_pool2d(values, 3, 2)))
        values = max_pool2d(values, 3, 2)
        for name in self._blocks:
            values = self.get_submodule(name)(values)
        return values.mean(dim=(2, 3))
