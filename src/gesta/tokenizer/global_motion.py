"""Where a body goes, from how its legs move: the global-motion autoencoder.

It takes the lower part with its translation left out and gives the lower part again, of which the translation (vx, y,
vz) and the contacts are used. Architecture: that of EchoMask's released model (arXiv 2504.09209;
motion_representation.py at commit 1e86a4a), which is EMAGE's (Liu et al. 2024, arXiv 2401.00374).
"""

from collections.abc import Sequence
from itertools import pairwise

from torch import Tensor, nn

from gesta.tokenizer.blocks import Convolution, LeakyResidual, Memory, leaky
from gesta.tokenizer.config import TokenizerConfig


def _convolutions(sizes: Sequence[int], causal: bool) -> nn.ModuleList:
    return nn.ModuleList(Convolution(before, after, causal=causal) for before, after in pairwise(sizes))


class GlobalMotion(nn.Module):
    """A convolutional autoencoder at the full frame rate; causal where the decoders are."""

    def __init__(self, channels: int, config: TokenizerConfig) -> None:
        super().__init__()
        width, layers, causal = config.inner, config.global_layers, config.causal_decoder
        self.causal = causal
        self.reading = _convolutions([channels] + [width] * layers, causal)
        self.thinking = nn.ModuleList(LeakyResidual(width, causal) for _ in range(layers))
        self.turning = nn.ModuleList(LeakyResidual(width, causal) for _ in range(2))
        self.writing = _convolutions([width] * layers + [channels], causal)
        self.exit = Convolution(channels, channels, causal=causal)

    @property
    def reach(self) -> int:
        """How many frames before and after a frame take part in it; before alone, if causal."""
        one_side = 3 * len(self.reading) + 2 * len(self.turning) + len(self.writing) + 1
        return 2 * one_side if self.causal else one_side

    def forward(self, x: Tensor, memory: Memory | None = None) -> Tensor:
        """(B, T, C) to (B, T, C); with a memory, as the next stretch of a stream."""
        x = x.transpose(1, 2)
        for read, think in zip(self.reading, self.thinking, strict=True):
            x = think(leaky(read(x, memory)), memory)
        for turn in self.turning:
            x = turn(x, memory)
        for write in self.writing:
            x = leaky(write(x, memory))
        return self.exit(x, memory).transpose(1, 2)
