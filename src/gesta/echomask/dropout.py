"""Dropout that costs little on a CPU.

PyTorch's own draws one number for each element there, one after another, and takes a third of a small model's training
step. Here each 64 random bits decide on four elements. Chance comes from torch's own generator all the same, so that a
seed gives the same step again.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

BITS = 16
"""Random bits for each element: the share that is dropped is exact to one in 65,536."""
ELEMENTS_A_DRAW = 64 // BITS
LOWEST_DRAW = -(2**63)
LOWEST = -(2 ** (BITS - 1))


def kept(like: Tensor, share: float) -> Tensor:
    """What to multiply a tensor on the CPU with: 0 for the elements that are dropped, else what makes up for them."""
    raw = torch.empty(-(-like.numel() // ELEMENTS_A_DRAW), dtype=torch.int64).random_(LOWEST_DRAW, None)
    draws = raw.view(torch.int16)[: like.numel()].view(like.shape)
    threshold = round(share * 2**BITS)
    # Comparing into numbers at once is quicker than making truth values and turning them into numbers.
    chosen = torch.empty(like.shape, dtype=like.dtype)
    return torch.ge(draws, LOWEST + threshold, out=chosen).mul_(1.0 / (1.0 - threshold / 2**BITS))


def dropped(values: Tensor, share: float, training: bool) -> Tensor:
    """A tensor without a share of its elements, drawn, while training; the others make up for them."""
    if not training or not share:
        return values
    if values.device.type != "cpu":
        return functional.dropout(values, share)
    return values * kept(values, share)


class Dropout(nn.Module):
    """As PyTorch's layer of the same name."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, values: Tensor) -> Tensor:
        """Drop."""
        return dropped(values, self.share, self.training)

    def onto(self, values: Tensor, added: Tensor) -> Tensor:
        """values + dropped(added), in one go where that is quicker."""
        if not self.training or not self.share or added.device.type != "cpu" or values.dtype != added.dtype:
            return values + self(added)
        return torch.addcmul(values, added, kept(added, self.share))
