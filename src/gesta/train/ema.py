"""The moving average of a network's weights, which is what is validated and kept."""

import copy
from typing import Any

import torch
from torch import Tensor, nn

from gesta.averaging import follow, kept_share
from gesta.train.frozen import is_frozen


class MovingAverage:
    """A copy of a network whose parameters follow slowly and whose buffers follow at once.

    What `train.frozen` says never changes is not copied but shared, however large it is.

    Attributes:
        network: the copy, in evaluation mode and without gradients.
    """

    def __init__(self, network: nn.Module, decay: float) -> None:
        frozen = [value for name, value in _all_tensors(network).items() if is_frozen(network, name)]
        shared: dict[int, Any] = {id(value): value for value in frozen}
        self.network = copy.deepcopy(network, shared).eval().requires_grad_(False)
        self._decay = decay
        self._moving = [name for name, _ in network.named_parameters() if not is_frozen(network, name)]

    @torch.no_grad()
    def update(self, network: nn.Module, step: int) -> None:
        """Take in the weights that a step has left; the average warms up, see `averaging.kept_share`.

        Args:
            network: the trained network.
            step: the step it has just made, from 0 on.
        """
        averages, weights = dict(self.network.named_parameters()), dict(network.named_parameters())
        kept = kept_share(self._decay, step)
        follow([averages[name] for name in self._moving], [weights[name] for name in self._moving], kept)
        for (name, average), now in zip(self.network.named_buffers(), network.buffers(), strict=True):
            if not is_frozen(network, name):
                average.copy_(now)


def _all_tensors(network: nn.Module) -> dict[str, Tensor]:
    return {**dict(network.named_parameters()), **dict(network.named_buffers())}
