"""Convolution blocks of the tokenizers: those of Jukebox's and T2M-GPT's autoencoders, centred or looking back only.

Sequences are (B, C, T) inside. A causal block pads on the left alone; given a memory, it continues the sequence that
it saw in the call before, so that a stream is computed as a whole take is. Sizes and order: those of EchoMask's code
(arXiv 2504.09209; encdec.py and resnet.py at commit 1e86a4a).
"""

import torch
from torch import Tensor, nn

SHORT = 32
"""Up to so many frames of one clip, and wherever taps lie apart, PyTorch's convolution is slower than a product."""
Memory = dict[nn.Module, Tensor]
"""For each causal convolution the last inputs it saw: what the next stretch of a stream needs."""


class Convolution(nn.Conv1d):
    """A convolution that keeps the length: output t is computed from its neighbours, or (causal) from t and before."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 3, dilation: int = 1, causal: bool = False) -> None:
        reach = dilation * (kernel - 1)
        super().__init__(inputs, outputs, kernel, dilation=dilation, padding=0 if causal else reach // 2)
        self.past = reach if causal else 0

    def forward(self, x: Tensor, memory: Memory | None = None) -> Tensor:
        """(B, inputs, T) to (B, outputs, T); with a memory, as the continuation of the stretch before."""
        if self.past:
            before = None if memory is None else memory.get(self)
            x = torch.cat([x.new_zeros(*x.shape[:2], self.past) if before is None else before, x], dim=-1)
            if memory is not None:
                memory[self] = x[..., -self.past :].clone()
        short = x.shape[-1] <= SHORT or self.dilation[0] > 1
        if short and len(x) == 1 and x.device.type == "cpu" and not torch.is_grad_enabled():
            return self._gathered(x)
        return super().forward(x)

    def _gathered(self, x: Tensor) -> Tensor:
        """The same for one clip: inputs gathered, one product. PyTorch's takes 3 times as long."""
        (step,), (reach,), (kernel,) = self.dilation, self.padding, self.kernel_size
        read = nn.functional.pad(x[0], (reach, reach)) if reach else x[0]
        if kernel > 1:
            read = read.unfold(1, step * (kernel - 1) + 1, 1)[..., ::step].transpose(1, 2).flatten(0, 1)
        assert self.bias is not None
        return torch.addmm(self.bias[:, None], self.weight.flatten(1), read)[None]


class ResidualBlock(nn.Module):
    """x plus a dilated convolution and a mixing one, each after a ReLU."""

    def __init__(self, width: int, dilation: int, dropout: float, causal: bool = False) -> None:
        super().__init__()
        self.wide = Convolution(width, width, 3, dilation, causal)
        self.mix = Convolution(width, width, 1)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, memory: Memory | None = None) -> Tensor:
        """(B, width, T) to the same shape."""
        inner = self.wide(torch.relu(x), memory)
        return x + self.dropout(self.mix(torch.relu(inner)))


class Residuals(nn.ModuleList):
    """Residual blocks whose dilations shrink to 1."""

    def __init__(self, width: int, depth: int, growth: int, dropout: float, causal: bool = False) -> None:
        self.reach = sum(growth**power for power in range(depth))
        super().__init__(ResidualBlock(width, growth**power, dropout, causal) for power in reversed(range(depth)))

    def forward(self, x: Tensor, memory: Memory | None = None) -> Tensor:
        """(B, width, T) to the same shape."""
        for block in self:
            x = block(x, memory)
        return x


class LeakyResidual(nn.Module):
    """x plus two convolutions with a leaky ReLU between: the block of the global-motion autoencoder."""

    def __init__(self, width: int, causal: bool = False) -> None:
        super().__init__()
        self.first = Convolution(width, width, causal=causal)
        self.second = Convolution(width, width, causal=causal)

    def forward(self, x: Tensor, memory: Memory | None = None) -> Tensor:
        """(B, width, T) to the same shape."""
        return x + self.second(leaky(self.first(x, memory)), memory)


def leaky(x: Tensor) -> Tensor:
    """Leaky ReLU with the slope 0.2 that the method uses everywhere."""
    return nn.functional.leaky_relu(x, 0.2)
