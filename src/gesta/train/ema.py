"""The moving average of a network's weights, which is what is validated and kept."""

import copy

import torch
from torch import nn

from gesta.averaging import follow, kept_share


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
        """Take in the weights that a step has left; the average warms up, see `averaging.kept_share`.

        Args:
            network: the trained network.
            step: the step it has just made, from 0 on.
        """
        follow(self.network, network, kept_share(self._decay, step))
        for average, now in zip(self.network.buffers(), network.buffers(), strict=True):
            average.copy_(now)
