"""The layers of SMGA: attention with rotary positions, layers that time modulates, a face and a body that meet.

Source: MMGT's released GestureDecoder and its parent EDGE (arXiv 2211.10658).
B clips, T frames or tokens, C channels.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from gesta.mmgt.rotary import Turns, turned
from gesta.mmgt.smga_config import SmgaConfig, SmgaSizes


@dataclass(frozen=True)
class Places:
    """Where frames and tokens are in time.

    Attributes:
        frames: of the frames of a window.
        memory: of the tokens of speech and time that are attended to.
    """

    frames: Turns
    memory: Turns


class Attention(nn.Module):
    """Multi-head attention whose queries and keys carry positions; the weights stand side by side as PyTorch's do."""

    def __init__(self, config: SmgaConfig) -> None:
        super().__init__()
        width, self.heads = config.sizes.width, config.sizes.heads
        self.full_width, self.dropout = config.rotary == "full_width", config.dropout
        self.in_weight = nn.Parameter(torch.empty(3 * width, width))
        self.in_bias = nn.Parameter(torch.zeros(3 * width))
        self.out = nn.Linear(width, width)
        nn.init.xavier_uniform_(self.in_weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, queries: Tensor, keys: Tensor, query_turns: Turns, key_turns: Turns) -> Tensor:
        """What queries (B, T, C) find among keys (B, S, C), which are the values too: (B, T, C)."""
        values = keys
        if self.full_width:
            queries, keys = turned(queries, query_turns), turned(keys, key_turns)
        weights, biases = self.in_weight.chunk(3), self.in_bias.chunk(3)
        asked, offered, carried = (
            functional.linear(given, weight, bias).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for given, weight, bias in zip((queries, keys, values), weights, biases, strict=True)
        )
        if not self.full_width:
            asked, offered = turned(asked, query_turns), turned(offered, key_turns)
        share = self.dropout if self.training else 0.0
        found = functional.scaled_dot_product_attention(asked, offered, carried, dropout_p=share)
        return self.out(found.transpose(1, 2).flatten(2))


class FeedForward(nn.Module):
    """Two linear layers with GELU between them."""

    def __init__(self, sizes: SmgaSizes, dropout: float) -> None:
        super().__init__()
        self.inner = nn.Linear(sizes.width, sizes.feed_forward)
        self.outer = nn.Linear(sizes.feed_forward, sizes.width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, values: Tensor) -> Tensor:
        """(B, T, C) -> (B, T, C)."""
        return self.dropout(self.outer(self.dropout(functional.gelu(self.inner(values)))))


class AudioLayer(nn.Module):
    """A pre-norm transformer encoder layer."""

    def __init__(self, config: SmgaConfig) -> None:
        super().__init__()
        self.attention = Attention(config)
        self.feed_forward = FeedForward(config.sizes, config.dropout)
        self.norm_attention, self.norm_feed_forward = (nn.LayerNorm(config.sizes.width) for _ in range(2))
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, tokens: Tensor, places: Turns) -> Tensor:
        """Tokens (B, T, C) -> (B, T, C)."""
        normed = self.norm_attention(tokens)
        tokens = tokens + self.dropout(self.attention(normed, normed, places, places))
        return tokens + self.feed_forward(self.norm_feed_forward(tokens))


class Modulation(nn.Module):
    """Scales and shifts every channel as the time vector says (FiLM, arXiv 1709.07871)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.affine = nn.Linear(width, 2 * width)

    def forward(self, values: Tensor, time: Tensor) -> Tensor:
        """Values (B, T, C), by time (B, C) that has been through its activation."""
        scale, shift = self.affine(time)[:, None].chunk(2, dim=-1)
        return torch.addcmul(shift, values, 1.0 + scale)


class Stream(nn.Module):
    """What a decoder layer does with the face or with the body alone."""

    def __init__(self, config: SmgaConfig) -> None:
        super().__init__()
        width = config.sizes.width
        self.own, self.cross = Attention(config), Attention(config)
        self.norm_own, self.norm_cross = nn.LayerNorm(width), nn.LayerNorm(width)
        self.film_own, self.film_cross = Modulation(width), Modulation(width)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, values: Tensor, memory: Tensor, time: Tensor, places: Places) -> Tensor:
        """Frames (B, T, C) that have seen each other and the memory (B, S, C)."""
        normed = self.norm_own(values)
        seen = self.dropout(self.own(normed, normed, places.frames, places.frames))
        values = values + self.film_own(seen, time)
        heard = self.dropout(self.cross(self.norm_cross(values), memory, places.frames, places.memory))
        return values + self.film_cross(heard, time)


class DecoderLayer(nn.Module):
    """Face and body apart, then a feed-forward layer on their sum."""

    def __init__(self, config: SmgaConfig) -> None:
        super().__init__()
        width = config.sizes.width
        self.face, self.body = Stream(config), Stream(config)
        self.feed_forward = FeedForward(config.sizes, config.dropout)
        self.norm, self.film = nn.LayerNorm(width), Modulation(width)

    def forward(
        self, face: Tensor, body: Tensor, memory: Tensor, time: Tensor, places: Places
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Face, body and what they said to each other, each (B, T, C); the layer's result is the sum of the three."""
        face = self.face(face, memory, time, places)
        body = self.body(body, memory, time, places)
        return face, body, self.film(self.feed_forward(self.norm(face + body)), time)


class WholeLayer(nn.Module):
    """The same without parts: one stream for the whole pose."""

    def __init__(self, config: SmgaConfig) -> None:
        super().__init__()
        width = config.sizes.width
        self.whole = Stream(config)
        self.feed_forward = FeedForward(config.sizes, config.dropout)
        self.norm, self.film = nn.LayerNorm(width), Modulation(width)

    def forward(self, pose: Tensor, memory: Tensor, time: Tensor, places: Places) -> Tensor:
        """The layer's result, (B, T, C)."""
        pose = self.whole(pose, memory, time, places)
        return pose + self.film(self.feed_forward(self.norm(pose)), time)
