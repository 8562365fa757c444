"""Moving averages of a network's weights: the one rule that the kept weights and EchoMask's teacher follow by."""

from collections.abc import Iterable

import torch
from torch import Tensor


def kept_share(decay: float, done: int, *, warm_up: bool = True) -> float:
    """How much of itself an average keeps when it takes in new weights.

    Args:
        decay: what it keeps in the long run.
        done: how often it has taken in weights before.
        warm_up: keep no more than (1 + n) / (10 + n) after n times, so that the first, random weights are soon
            forgotten.
    """
    return min(decay, (1.0 + done) / (10.0 + done)) if warm_up else decay


@torch.no_grad()
def follow(averages: Iterable[Tensor], weights: Iterable[Tensor], kept: float) -> None:
    """Move averages, in place, towards the weights that they belong to, one by one, and keep a share of them."""
    moved = list(averages)
    if moved:
        torch._foreach_lerp_(moved, list(weights), 1.0 - kept)
