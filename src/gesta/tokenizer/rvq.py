"""The tokenizer of one part: a convolutional autoencoder with a residual quantiser, one token for four frames.

Architecture: that of EchoMask's released tokenizers (arXiv 2504.09209; rvq.py and encdec.py at commit
1e86a4a), which is MoMask's (Guo et al. 2024, arXiv 2312.00063). B clips, T frames, K = T / 4 tokens, C channels, D
numbers in a code, Q levels.
"""

from dataclasses import dataclass
from math import ceil

import torch
from torch import Tensor, nn

from gesta.tokenizer.blocks import Convolution, Memory, Residuals
from gesta.tokenizer.config import TokenizerConfig
from gesta.tokenizer.quantiser import ResidualQuantiser


@dataclass(frozen=True)
class TokenizerOutput:
    """A training pass through the tokenizer of one part.

    Attributes:
        decoded: (B, T, C) channels, from the quantised latents.
        latents: (B, K, D) before quantisation.
        indices: (B, K, Q) int64.
        commitment: scalar, see `Quantised`.
        perplexity: (Q,), see `Quantised`.
    """

    decoded: Tensor
    latents: Tensor
    indices: Tensor
    commitment: Tensor
    perplexity: Tensor


class Halving(nn.Module):
    """Half the rate, then residual blocks."""

    def __init__(self, config: TokenizerConfig) -> None:
        super().__init__()
        self.strided = nn.Conv1d(config.inner, config.inner, 4, stride=2, padding=1)
        self.residuals = Residuals(config.inner, config.residual_depth, config.dilation_growth, config.dropout)

    def forward(self, x: Tensor) -> Tensor:
        """(B, D, T) to (B, D, T / 2)."""
        return self.residuals(self.strided(x))


class Doubling(nn.Module):
    """Residual blocks, then twice the rate."""

    def __init__(self, config: TokenizerConfig) -> None:
        super().__init__()
        depth, growth, causal = config.residual_depth, config.dilation_growth, config.causal_decoder
        self.residuals = Residuals(config.inner, depth, growth, config.dropout, causal)
        self.smooth = Convolution(config.inner, config.inner, causal=causal)

    def forward(self, x: Tensor, memory: Memory | None = None) -> Tensor:
        """(B, D, T) to (B, D, 2 T)."""
        return self.smooth(self.residuals(x, memory).repeat_interleave(2, dim=-1), memory)


class Encoder(nn.Module):
    """Channels to latents."""

    def __init__(self, channels: int, config: TokenizerConfig) -> None:
        super().__init__()
        self.entrance = Convolution(channels, config.inner)
        self.halvings = nn.ModuleList(Halving(config) for _ in range(config.halvings))
        self.exit = Convolution(config.inner, config.width)
        self.rate = 2**config.halvings
        self.straight = Convolution(self.rate * channels, config.width) if config.straight else None

    @property
    def reach(self) -> int:
        """How many tokens on each side of a token its frames come from, at most."""
        frames = sum(
            2**step * 2 + 2 ** (step + 1) * halving.residuals.reach for step, halving in enumerate(self.halvings)
        )
        return ceil((1 + frames + self.rate) / self.rate) + 1

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, T) to (B, D, K)."""
        inside = torch.relu(self.entrance(x))
        for halving in self.halvings:
            inside = halving(inside)
        found = self.exit(inside)
        if self.straight is None:
            return found
        frames_of_tokens = x.unflatten(-1, (-1, self.rate)).movedim(-1, 1).flatten(1, 2)
        return found + self.straight(frames_of_tokens)


class Decoder(nn.Module):
    """Latents to channels."""

    def __init__(self, channels: int, config: TokenizerConfig) -> None:
        super().__init__()
        causal = config.causal_decoder
        self.entrance = Convolution(config.width, config.inner, causal=causal)
        self.doublings = nn.ModuleList(Doubling(config) for _ in range(config.halvings))
        self.middle = Convolution(config.inner, config.inner, causal=causal)
        self.exit = Convolution(config.inner, channels, causal=causal)
        self.rate = 2**config.halvings
        together = self.rate * channels
        self.straight = Convolution(config.width, together, causal=causal) if config.straight else None
        self.causal = causal

    @property
    def reach(self) -> int:
        """How many tokens before and after a token take part in decoding it, at most; before alone, if causal."""
        inside = sum(doubling.residuals.reach / 2**step + 1 for step, doubling in enumerate(self.doublings))
        one_side = 1 + inside + 2 / self.rate
        return ceil(2 * one_side if self.causal else one_side) + 1

    def forward(self, x: Tensor, memory: Memory | None = None) -> Tensor:
        """(B, D, K) to (B, C, T)."""
        inside = torch.relu(self.entrance(x, memory))
        for doubling in self.doublings:
            inside = doubling(inside, memory)
        found = self.exit(torch.relu(self.middle(inside, memory)), memory)
        if self.straight is None:
            return found
        frames_of_tokens = self.straight(x, memory).unflatten(1, (self.rate, -1))
        return found + frames_of_tokens.movedim(1, -1).flatten(2, 3)


class PartTokenizer(nn.Module):
    """Motion of one part to tokens and back, in network channels (see `tokenizer.channels`)."""

    def __init__(self, channels: int, config: TokenizerConfig) -> None:
        super().__init__()
        self.encoder = Encoder(channels, config)
        self.quantiser = ResidualQuantiser(config)
        self.decoder = Decoder(channels, config)

    def encode(self, x: Tensor) -> Tensor:
        """(B, T, C) channels, T a multiple of 4, to (B, K, D) latents."""
        return self.encoder(x.transpose(1, 2)).transpose(1, 2)

    def tokenize(self, x: Tensor) -> Tensor:
        """(B, T, C) channels to (B, K, Q) int64 indices, each the nearest code."""
        return self.quantiser.tokenize(self.encode(x))

    def codes(self, indices: Tensor) -> Tensor:
        """(B, K, q) indices of the first q levels to their (B, q, K, D) vectors."""
        return self.quantiser.codes(indices)

    def decode(self, latents: Tensor, memory: Memory | None = None) -> Tensor:
        """(B, K, D) sums of codes to (B, T, C) channels; with a memory, as the next stretch of a stream."""
        return self.decoder(latents.transpose(1, 2), memory).transpose(1, 2)

    def decode_indices(self, indices: Tensor, memory: Memory | None = None) -> Tensor:
        """(B, K, q) indices of the first q levels to (B, T, C) channels."""
        return self.decode(self.codes(indices).sum(1), memory)

    def forward(self, x: Tensor, present: Tensor | None = None) -> TokenizerOutput:
        """Encode, quantise and decode (B, T, C) channels.

        Args:
            x: channels.
            present: (B,) bool, the clips that have this part; the others do not touch codebooks and commitment.
        """
        latents = self.encode(x)
        quantised = self.quantiser(latents, present)
        decoded = self.decode(quantised.vectors.to(latents.dtype))
        return TokenizerOutput(decoded, latents, quantised.indices, quantised.commitment, quantised.perplexity)
