"""The network of the learned mouth in torch, to be trained; `gesta.mouth.network` is the same in numpy."""

import torch
from torch import Tensor, nn

from gesta.mouth.config import MouthConfig
from gesta.mouth.network import MouthNetwork


class TrainableMouth(nn.Module):
    """Gives poses and shapes for windows of what is heard; parameters are named as in `MouthNetwork`."""

    def __init__(self, config: MouthConfig, dropout: float = 0.0) -> None:
        """
        Args:
            config: what it is.
            dropout: share of inner channels that are left out while it is trained.
        """
        super().__init__()
        self.config = config
        self.drop = nn.Dropout(dropout)
        for name, shape in MouthNetwork.shapes(config).items():
            self.register_parameter(name, nn.Parameter(torch.zeros(shape)))
        for name in ("hear", "recall", "mix", "tell"):
            nn.init.kaiming_uniform_(getattr(self, name).view(len(getattr(self, name)), -1), a=5**0.5)

    def forward(self, heard: Tensor, ahead: int) -> Tensor:
        """What is told of each frame: (B, T, O).

        Args:
            heard: (B, T, C), the recording's first frames first; nothing is known before and after them.
            ahead: how many frames ahead are heard.
        """
        sizes = self.config.sizes
        taps = sizes.before + 1 + ahead
        padded = nn.functional.pad(heard.transpose(1, 2), (sizes.before, ahead))
        bias = self.hear_bias + self.known[:, :ahead].sum(dim=1)
        inner = self.drop(nn.functional.silu(nn.functional.conv1d(padded, self.hear[:, :, :taps], bias)))
        remembered = nn.functional.pad(inner, (sizes.memory - 1, 0))
        recalled = self.drop(nn.functional.silu(nn.functional.conv1d(remembered, self.recall, self.recall_bias)))
        recalled = recalled.transpose(1, 2)
        mixed = recalled + self.drop(nn.functional.silu(nn.functional.linear(recalled, self.mix, self.mix_bias)))
        return nn.functional.linear(mixed, self.tell, self.tell_bias)
