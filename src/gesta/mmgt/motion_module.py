"""The motion module: each place of the picture attends to itself in the other frames of the window.

Its layers and the names of its weights are those of AnimateDiff's second motion module, which MMGT was trained from:
group normalisation of each frame by itself, two self-attentions over time with sinusoidal positions, a gated
feed-forward network, an output layer that begins at zero. Source: AnimateDiff (arXiv 2307.04725), MMGT's release.

B clips, F frames, C channels, P places (B H W).
"""

import math

import torch
from torch import Tensor, nn

from gesta.mmgt.mm_haa import NORM_EPS, attention_layers, zeroed
from gesta.mmgt.positions import line_positions
from gesta.mmgt.video_config import VideoSizes

ATTENTIONS = 2
SEQUENCES_AT_ONCE = 65_535
"""Attention on graphics cards takes no more sequences at once; each head's may count as one."""


class TemporalBlock(nn.Module):
    """Two self-attentions over time and a feed-forward network, on (P, F, C)."""

    def __init__(self, channels: int, sizes: VideoSizes) -> None:
        super().__init__()
        attention, feed_forward = attention_layers()
        self.attention_blocks = nn.ModuleList(
            attention(channels, heads=sizes.heads, dim_head=channels // sizes.heads) for _ in range(ATTENTIONS)
        )
        self.norms = nn.ModuleList(nn.LayerNorm(channels) for _ in range(ATTENTIONS))
        self.ff = feed_forward(channels, activation_fn="geglu")
        self.ff_norm = nn.LayerNorm(channels)

    def forward(self, tokens: Tensor, positions: Tensor) -> Tensor:
        """(P, F, C) with positions (F, C) -> (P, F, C)."""
        for attention, norm in zip(self.attention_blocks, self.norms, strict=True):
            tokens = tokens + attention(norm(tokens) + positions)
        return tokens + self.ff(self.ff_norm(tokens))


class TemporalTransformer(nn.Module):
    """The temporal transformer inside a motion module."""

    def __init__(self, channels: int, sizes: VideoSizes) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(sizes.groups, channels, eps=NORM_EPS)
        self.proj_in = nn.Linear(channels, channels)
        self.transformer_blocks = nn.ModuleList([TemporalBlock(channels, sizes)])
        self.proj_out = zeroed(nn.Linear(channels, channels))
        self.heads = sizes.heads

    def forward(self, features: Tensor, frames: int) -> Tensor:
        """(B F, C, H, W) -> (B F, C, H, W)."""
        height, width = features.shape[-2:]
        clips = self.norm(features).unflatten(0, (-1, frames))
        places = clips.permute(0, 3, 4, 1, 2).flatten(0, 2)
        positions = line_positions(frames, places.shape[-1], places.device).to(places.dtype)
        parts = places.chunk(math.ceil(len(places) * self.heads / SEQUENCES_AT_ONCE))
        moved = torch.cat([self._places(part, positions) for part in parts])
        clips = moved.unflatten(0, (-1, height, width)).permute(0, 3, 4, 1, 2)
        return features + clips.flatten(0, 1)

    def _places(self, places: Tensor, positions: Tensor) -> Tensor:
        tokens = self.proj_in(places)
        for block in self.transformer_blocks:
            tokens = block(tokens, positions)
        return self.proj_out(tokens)


class MotionModule(nn.Module):
    """One motion module; the identity as long as it is untrained."""

    def __init__(self, channels: int, sizes: VideoSizes) -> None:
        super().__init__()
        self.temporal_transformer = TemporalTransformer(channels, sizes)

    def forward(self, features: Tensor, frames: int) -> Tensor:
        """Let frames know of each other.

        Args:
            features: (B F, C, H, W), the frames of a clip side by side.
            frames: F.

        Returns:
            (B F, C, H, W).
        """
        return self.temporal_transformer(features, frames)
