"""The reference network: reads the picture of the person once; the denoiser's self-attentions then look at it too.

What is kept of the picture is the normalised input of every spatial self-attention. The denoiser's layer of the same
name takes it as further keys and values beside its own. Source: MMGT's release; the idea is AnimateAnyone's.

B clips, F frames, R pictures, K tokens (H W), C channels.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby

import torch
from torch import Tensor, nn

from gesta.mmgt.positions import picture_positions
from gesta.mmgt.unet import Layer, Scene, Unet
from gesta.mmgt.video_config import VideoConfig

References = Mapping[str, Tensor]
"""By the name of a spatial transformer, (R, K, C): what it had before its self-attention."""


class ReferenceNet(Unet):
    """Stable Diffusion's UNet without an exit, whose self-attentions are noted."""

    def __init__(self, config: VideoConfig) -> None:
        super().__init__(config, with_exit=False)
        self.placed = config.picture.positions == "sines"

    def forward(self, latents: Tensor, image_token: Tensor) -> References:
        """Read pictures: latents (R, c, H, W), without noise, and their tokens (R, 1, E)."""
        level = torch.zeros((), dtype=torch.int64, device=latents.device)
        scene = Scene(time=self.embed(level, len(latents), frames=1), image=image_token)
        return self.walk(self.conv_in(latents), scene)[1]

    def attend(self, block: nn.Module, layer: Layer, features: Tensor, scene: Scene) -> tuple[Tensor, Tensor | None]:
        if not hasattr(block, "attentions"):
            return features, None
        return spatial_attention(block.attentions[layer.number], features, scene.image, placed=self.placed)


def spatial_attention(
    transformer: nn.Module,
    features: Tensor,
    image: Tensor,
    reference: Tensor | None = None,
    referenced: Sequence[bool] = (),
    *,
    placed: bool = False,
) -> tuple[Tensor, Tensor]:
    """A spatial transformer whose self-attention may look at a reference.

    Args:
        transformer: diffusers' Transformer2DModel with one block.
        features: (B F, C, H, W).
        image: (B F, 1, E) the picture's token.
        reference: (R, K, C) what else self-attention sees; clip b sees picture b modulo R.
        referenced: for each of the B clips, whether it sees its picture; empty: none does.
        placed: self-attention, and what it looks at, are told where in the picture a place is.

    Returns:
        (B F, C, H, W), and what self-attention was given, (B F, H W, C).
    """
    height, width = features.shape[-2:]
    block = transformer.transformer_blocks[0]
    tokens = transformer.proj_in(transformer.norm(features)).flatten(2).transpose(1, 2)
    own = block.norm1(tokens)
    if placed:
        own = own + picture_positions(height, width, own.shape[-1], own.device).to(own.dtype)
    tokens = tokens + _self_attention(block.attn1, own, reference, referenced)
    tokens = tokens + block.attn2(block.norm2(tokens), encoder_hidden_states=image)
    tokens = tokens + block.ff(block.norm3(tokens))
    answer = transformer.proj_out(tokens.transpose(1, 2).unflatten(2, (height, width)))
    return features + answer, own


def _self_attention(attention: nn.Module, own: Tensor, reference: Tensor | None, referenced: Sequence[bool]) -> Tensor:
    """(B F, K, C) -> (B F, K, C). Neighbouring clips that see a picture, or none, are answered together."""
    if reference is None or not any(referenced):
        return attention(own)
    frames = len(own) // len(referenced)
    answers = []
    for sees, group in groupby(range(len(referenced)), key=lambda clip: referenced[clip]):
        clips = list(group)
        part = own[clips[0] * frames : (clips[-1] + 1) * frames]
        if sees:
            further = _for_frames(reference, clips, frames).to(part.dtype)
            answers.append(attention(part, encoder_hidden_states=torch.cat([part, further], dim=1)))
        else:
            answers.append(attention(part))
    return torch.cat(answers)


def _for_frames(reference: Tensor, clips: Sequence[int], frames: int) -> Tensor:
    """What each frame of some clips looks at: (R, K, C) -> (b F, K, C)."""
    if len(reference) == 1:
        return reference.expand(len(clips) * frames, -1, -1)
    return reference[[clip % len(reference) for clip in clips]].repeat_interleave(frames, dim=0)
