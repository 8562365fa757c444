"""MM-HAA, the motion-masked hierarchical audio attention: each region of the picture listens to the speech by itself.

After the picture has attended to itself, three cross-attentions read the frame's audio tokens: for the whole body, for
face and hands, for the lips. Each answers only inside its region's mask, through an output layer that begins at zero.
Source: MMGT (arXiv 2505.23120), after Hallo's hierarchical audio attention; names of the weights as released.

Frames of all clips stand in one batch (B F). C channels, w inner width, N audio tokens, E their size.
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from gesta.extras import extra_module
from gesta.keypoints.masks import REGIONS
from gesta.mmgt.video_config import HearingSettings, VideoSizes

NORM_EPS = 1e-6
Masks = Mapping[str, Tensor]
"""By region (B F, H W), how much each place belongs to it."""


def attention_layers() -> tuple[type[nn.Module], type[nn.Module]]:
    """The library's attention and its gated feed-forward network: (Attention, FeedForward)."""
    layers = extra_module("diffusers.models.attention", "The video network", extra="video")
    return layers.Attention, layers.FeedForward


class RegionAttention(nn.Module):
    """The transformer layer of MM-HAA, on the tokens (B F, H W, w) of one resolution."""

    def __init__(self, width: int, sizes: VideoSizes, hearing: HearingSettings) -> None:
        super().__init__()
        attention, feed_forward = attention_layers()
        shape = {"heads": sizes.heads, "dim_head": width // sizes.heads}
        self.norm1, self.norm2, self.norm3 = nn.LayerNorm(width), nn.LayerNorm(width), nn.LayerNorm(width)
        self.attn1 = attention(width, **shape)
        for number, region in enumerate(REGIONS):
            self.add_module(f"attn2_{number}", attention(width, cross_attention_dim=sizes.audio_token, **shape))
            self.add_module(f"zero_conv_{region}", zeroed(nn.Conv2d(width, width, 1)))
        self.ff = feed_forward(width, activation_fn="geglu")
        self.mask = hearing.mask

    def forward(self, tokens: Tensor, audio: Tensor, masks: Masks, weights: Sequence[float]) -> Tensor:
        """(B F, H W, w) with audio (B F, N, E) -> (B F, H W, w)."""
        tokens = tokens + self.attn1(self.norm1(tokens))
        asked = self.norm2(tokens)
        for number, (region, weight) in enumerate(zip(REGIONS, weights, strict=True)):
            mask = masks[region].to(tokens.dtype)[..., None]
            if self.mask == "none":
                mask = torch.ones_like(mask)
            answer = self.get_submodule(f"attn2_{number}")(asked, encoder_hidden_states=audio)
            tokens = tokens + weight * self._answer(region, answer, mask)
        return tokens + self.ff(self.norm3(tokens))

    def _answer(self, region: str, answer: Tensor, mask: Tensor) -> Tensor:
        exit_layer = self.get_submodule(f"zero_conv_{region}")
        # A 1 x 1 convolution, which the released weights are, is a matrix on the channels of each place.
        matrix, shift = exit_layer.weight.flatten(1), exit_layer.bias
        if self.mask != "before_output":
            return mask * nn.functional.linear(answer, matrix, shift)
        return nn.functional.linear(mask * answer, matrix, shift)


class MmHaa(nn.Module):
    """One MM-HAA module: it changes the features of one layer by what the regions hear."""

    def __init__(self, channels: int, width: int, sizes: VideoSizes, hearing: HearingSettings) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(sizes.groups, channels, eps=NORM_EPS)
        self.proj_in = nn.Conv2d(channels, width, 1)
        self.transformer_blocks = nn.ModuleList([RegionAttention(width, sizes, hearing)])
        self.proj_out = nn.Conv2d(width, channels, 1)
        if hearing.zero_exit:
            zeroed(self.proj_out)

    def forward(self, features: Tensor, audio: Tensor, masks: Masks, weights: Sequence[float]) -> Tensor:
        """Let the regions listen.

        Args:
            features: (B F, C, H, W).
            audio: (B F, N, E) the audio tokens of each frame.
            masks: how much each place belongs to a region.
            weights: of the regions full, face and lip.

        Returns:
            (B F, C, H, W).
        """
        height, width = features.shape[-2:]
        tokens = self.proj_in(self.norm(features)).flatten(2).transpose(1, 2)
        for block in self.transformer_blocks:
            tokens = block(tokens, audio, masks, weights)
        return features + self.proj_out(tokens.transpose(1, 2).unflatten(2, (height, width)))


def zeroed(layer: nn.Module) -> nn.Module:
    """The layer with weights and shifts of zero."""
    for values in layer.parameters():
        nn.init.zeros_(values)
    return layer
