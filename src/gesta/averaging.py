"""Moving averages of a network's weights: the one rule that the kept weights and EchoMask's teacher follow by."""

import torch
from torch import nn


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
def follow(average: nn.Module, network: nn.Module, kept: float) -> None:
    """Move the parameters of an average towards those of a network of the same make, and keep a share of them."""
    averages, weights = list(average.parameters()), list(network.parameters())
    if averages:
        torch._foreach_lerp_(averages, weights, 1.0 - kept)
