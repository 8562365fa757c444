"""Stable Diffusion 1.5's UNet as a chain of layers that we walk ourselves; the denoiser and the reference network.

The layers, their arithmetic and the names of their weights are those of diffusers' UNet2DConditionModel. Walking them
here hands everything a layer needs to it as an argument: nothing is kept in modules between calls, so that one network
may serve several threads, gradients reach the reference network, and layers can be computed again in the backward pass.

Frames of all clips stand in one batch (B F). C channels, T size of the time embedding, E size of the picture's token.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from gesta.extras import extra_module
from gesta.mmgt.video_config import VideoConfig

ENTRY = ("conv_in", "time_proj", "time_embedding", "down_blocks", "mid_block", "up_blocks")
EXIT = ("conv_norm_out", "conv_act", "conv_out")


@dataclass(frozen=True)
class Layer:
    """Where a layer stands in the chain.

    Attributes:
        block: "down_blocks.0", "mid_block", "up_blocks.3", ...
        number: which layer of the block.
        level: how often the picture has been halved.
    """

    block: str
    number: int
    level: int

    @property
    def attention(self) -> str:
        """The name of the layer's spatial transformer, whether it has one or not."""
        return f"{self.block}.attentions.{self.number}"


@dataclass(frozen=True)
class Scene:
    """What every layer is told.

    Attributes:
        time: (B F, T) the embedded noise level.
        image: (B F, 1, E) the picture's token.
        given: what else the network at hand tells its layers.
    """

    time: Tensor
    image: Tensor
    given: Any = None


class Unet(nn.Module):
    """The chain of layers; what follows a layer's residual block is up to the network at hand."""

    def __init__(self, config: VideoConfig, *, with_exit: bool) -> None:
        super().__init__()
        whole = _library_unet(config)
        for name in ENTRY + (EXIT if with_exit else ()):
            self.add_module(name, getattr(whole, name))
        self.recompute = False

    def embed(self, timestep: Tensor, count: int, frames: int) -> Tensor:
        """Noise levels (), (1,) or (B,), for B = count clips of F frames each: (B F, T)."""
        levels = self.time_proj(timestep.reshape(-1).expand(count)).to(self.conv_in.weight.dtype)
        return self.time_embedding(levels).repeat_interleave(frames, dim=0)

    def walk(self, features: Tensor, scene: Scene) -> tuple[Tensor, dict[str, Tensor]]:
        """Through all layers, from behind the first convolution to before the last normalisation.

        Args:
            features: (B F, C, H, W).
            scene: what every layer is told.

        Returns:
            (B F, C, H, W), and what layers noted, by the name of their spatial transformer.
        """
        notes: dict[str, Tensor] = {}
        beside = [features]
        for layer, block in self._down():
            features = self._noted(block, layer, features, scene, notes)
            beside.append(features)
            if layer.number + 1 == len(block.resnets) and block.downsamplers is not None:
                features = block.downsamplers[0](features)
                beside.append(features)
        features = self._noted(self.mid_block, self._middle(), features, scene, notes)
        features = self.mid_block.resnets[1](features, scene.time)
        for layer, block in self._up():
            features = torch.cat([features, beside.pop()], dim=1)
            features = self._noted(block, layer, features, scene, notes)
            if layer.number + 1 == len(block.resnets) and block.upsamplers is not None:
                features = block.upsamplers[0](features)
        return features, notes

    def layers(self) -> Iterator[tuple[Layer, nn.Module]]:
        """Every layer with the block that it is in, in the order of the walk."""
        yield from self._down()
        yield self._middle(), self.mid_block
        yield from self._up()

    def _down(self) -> Iterator[tuple[Layer, nn.Module]]:
        for level, block in enumerate(self.down_blocks):
            for number in range(len(block.resnets)):
                yield Layer(f"down_blocks.{level}", number, level), block

    def _middle(self) -> Layer:
        return Layer("mid_block", 0, len(self.down_blocks) - 1)

    def _up(self) -> Iterator[tuple[Layer, nn.Module]]:
        for place, block in enumerate(self.up_blocks):
            for number in range(len(block.resnets)):
                yield Layer(f"up_blocks.{place}", number, len(self.up_blocks) - 1 - place), block

    def _noted(
        self, block: nn.Module, layer: Layer, features: Tensor, scene: Scene, notes: dict[str, Tensor]
    ) -> Tensor:
        arguments = (block, layer, features, scene)
        if self.recompute and torch.is_grad_enabled():
            features, note = checkpoint(self._layer, *arguments, use_reentrant=False)
        else:
            features, note = self._layer(*arguments)
        if note is not None:
            notes[layer.attention] = note
        return features

    def _layer(self, block: nn.Module, layer: Layer, features: Tensor, scene: Scene) -> tuple[Tensor, Tensor | None]:
        return self.attend(block, layer, block.resnets[layer.number](features, scene.time), scene)

    def attend(self, block: nn.Module, layer: Layer, features: Tensor, scene: Scene) -> tuple[Tensor, Tensor | None]:
        """What follows a layer's residual block: (B F, C, H, W) -> the same, and a note."""
        raise NotImplementedError


def _library_unet(config: VideoConfig) -> nn.Module:
    """The UNet as the library builds it: attention at all resolutions but the coarsest."""
    diffusers = extra_module("diffusers", "The video network", extra="video")
    sizes, levels = config.sizes, len(config.sizes.widths)
    return diffusers.UNet2DConditionModel(
        sample_size=config.picture.grid,
        in_channels=config.picture.latent_channels,
        out_channels=config.picture.latent_channels,
        down_block_types=("CrossAttnDownBlock2D",) * (levels - 1) + ("DownBlock2D",),
        up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * (levels - 1),
        block_out_channels=sizes.widths,
        layers_per_block=sizes.layers,
        # The library's own misnomer, kept for old files: this is the number of heads.
        attention_head_dim=sizes.heads,
        cross_attention_dim=sizes.image_token,
        norm_num_groups=sizes.groups,
    )
