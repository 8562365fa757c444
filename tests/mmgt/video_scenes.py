"""Small video networks whose every weight matters, and things to show them."""

from dataclasses import replace
from functools import cache
from typing import Any

import torch
from torch import Tensor

from gesta.keypoints.masks import REGIONS
from gesta.mmgt.conditions import Conditions
from gesta.mmgt.video_config import VideoConfig, video_config
from gesta.mmgt.video_network import VideoNetwork
from tests.golden_rule import filled

FRAMES = 3


def drawn(*names: object, shape: tuple[int, ...]) -> Tensor:
    """Normal numbers that follow from names."""
    seed = sum((place + 1) * ord(letter) for place, letter in enumerate(repr(names)))
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def filled_network(config: VideoConfig) -> VideoNetwork:
    """A network in which nothing is zero, for sampling."""
    network = VideoNetwork(config)
    network.load_state_dict({name: filled(name, values.shape) for name, values in network.state_dict().items()})
    return network.eval()


@cache
def mini_network(**changes: Any) -> VideoNetwork:
    """The preset `mini` with every weight filled; never change it."""
    return filled_network(video_config("mini", **changes))


def latents(config: VideoConfig, name: str, clips: int = 1, frames: int = FRAMES) -> Tensor:
    """Noisy latents (B, c, F, h, w)."""
    grid = config.picture.grid
    return drawn("latents", name, shape=(clips, config.picture.latent_channels, frames, grid, grid))


def conditions(config: VideoConfig, name: str, clips: int = 1, frames: int = FRAMES) -> Conditions:
    """Conditions of some clips, all looking at a reference."""
    sizes, grid = config.sizes, config.picture.grid
    sides = [grid >> level for level in range(len(sizes.widths))]
    return Conditions(
        image_token=drawn("image", name, shape=(clips, 1, sizes.image_token)),
        pose=drawn("pose", name, shape=(clips, sizes.widths[0], frames, grid, grid)),
        audio=drawn("audio", name, shape=(clips, frames, sizes.audio_tokens, sizes.audio_token)),
        masks={
            region: tuple(drawn(region, name, shape=(clips, frames, side * side)).sigmoid() for side in sides)
            for region in REGIONS
        },
        referenced=torch.ones(clips, dtype=torch.bool),
    )


def together(first: Conditions, second: Conditions) -> Conditions:
    """Two lots of clips as one."""
    assert first.audio is not None
    assert second.audio is not None
    return replace(
        first,
        image_token=torch.cat([first.image_token, second.image_token]),
        pose=torch.cat([first.pose, second.pose]),
        audio=torch.cat([first.audio, second.audio]),
        masks={
            region: tuple(torch.cat(pair) for pair in zip(first.masks[region], second.masks[region], strict=True))
            for region in REGIONS
        },
        referenced=torch.cat([first.referenced, second.referenced]),
    )


def picture(config: VideoConfig, name: str, pictures: int = 1) -> tuple[Tensor, Tensor]:
    """Latents (R, c, h, w) of pictures and their tokens (R, 1, E)."""
    grid = config.picture.grid
    return (
        drawn("picture", name, shape=(pictures, config.picture.latent_channels, grid, grid)),
        drawn("token", name, shape=(pictures, 1, config.sizes.image_token)),
    )
