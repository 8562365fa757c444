"""The moving average of a network's weights, which is what is validated and kept."""

import copy

import torch
from torch import nn


class MovingAverage:
    """A copy of a network whose parameters follow slowly and whose buffers follow at once.

    Attributes:
        network: the copy, in evaluation mode and without gradients.
    """

    def __init__(self, network: nn.Module, decay: float) -> None:
        self.network = copy.deepcopy(network).eval().requires_grad_(False)
        self._decay = decay

    @torch.no_grad()
    def update(self, network: nn.Module, step: int) -> None:
        """Take in the weights that a step has left.

        The average warms up: at step n it keeps no more than (1 + n) / (10 + n) of itself, so that the first, random
        weights are soon forgotten.

        Args:
            network: the trained network.
            step: the step it has just made, from 0 on.
        """
        kept = min(self._decay, (1.0 + step) / (10.0 + step))
        averages, weights = list(self.network.parameters()), list(network.parameters())
        if averages:
            torch._foreach_lerp_(averages, weights, 1.0 - kept)
        for average, now in zip(self.network.buffers(), network.buffers(), strict=True):
            average.copy_(now)
