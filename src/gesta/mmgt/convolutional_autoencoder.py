"""A small convolutional autoencoder that is trained here, for small pictures: residual blocks, halved and doubled.

Beside the blocks a straight way leads from each patch of pixels to its latent and back, a matrix there and one back,
which begins as the principal components of patches; the blocks begin with nothing to add, and learn what it cannot.

Latents are brought to zero mean and unit variance, channel by channel, by statistics that are stored with the weights:
moving means over the batches it was trained on, which themselves are brought there by their own. So no term is needed
that keeps latents small, and noise of a known size on them can teach the decoder to forgive a diffusion.

B pictures of H x W pixels, c latent channels, h = H / factor, w = W / factor.
"""

import json
from itertools import pairwise
from pathlib import Path
from typing import Self

import torch
from torch import Tensor, nn
from torch.nn import functional

from gesta.errors import InputError
from gesta.foreign import check_names, read_tensors
from gesta.mmgt.autoencoder_base import Autoencoder
from gesta.mmgt.autoencoder_config import ConvolutionalConfig
from gesta.settings import read_table
from gesta.writing import replacing

CONFIG_FILE, WEIGHTS_FILE = "autoencoder.json", "autoencoder.safetensors"
KIND = "autoencoder"
FOLLOWED = 0.02
"""Share of a batch in the stored statistics."""
LEAST_VARIANCE = 1e-6
PICTURE_CHANNELS = 3


class ResidualBlock(nn.Module):
    """Two convolutions beside a straight way, each after a group normalisation; the identity at first."""

    def __init__(self, width: int, groups: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.GroupNorm(groups, width), nn.GroupNorm(groups, width)
        self.conv1, self.conv2 = (nn.Conv2d(width, width, 3, padding=1) for _ in range(2))
        nn.init.zeros_(self.conv2.weight)

    def forward(self, features: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, C, H, W)."""
        inner = self.conv1(functional.silu(self.norm1(features)))
        answer: Tensor = features + self.conv2(functional.silu(self.norm2(inner)))
        return answer


class LatentStatistics(nn.Module):
    """Mean and deviation of each latent channel, followed while training."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(channels, 1, 1))
        self.register_buffer("variance", torch.ones(channels, 1, 1))

    def forward(self, raw: Tensor) -> Tensor:
        """(B, c, h, w) -> the same with unit variance: over the batch while training, else as it is stored."""
        if not self.training:
            return (raw - self.mean) * self.variance.clamp(min=LEAST_VARIANCE).rsqrt()
        mean, variance = raw.mean((0, 2, 3))[:, None, None], raw.var((0, 2, 3))[:, None, None]
        with torch.no_grad():
            self.mean.lerp_(mean, FOLLOWED)
            self.variance.lerp_(variance, FOLLOWED)
        return (raw - mean) * variance.clamp(min=LEAST_VARIANCE).rsqrt()


def nothing_yet(layer: nn.Conv2d) -> nn.Conv2d:
    """The layer with weights and shifts of zero."""
    nn.init.zeros_(layer.weight)
    assert layer.bias is not None
    nn.init.zeros_(layer.bias)
    return layer


class ConvolutionalAutoencoder(Autoencoder):
    """See the top of the file.

    Attributes:
        config: its sizes.
    """

    def __init__(self, config: ConvolutionalConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or ConvolutionalConfig()
        self.factor, self.channels = config.factor, config.latent_channels
        widths, groups, inner = config.widths, config.groups, config.widths[-1]
        self.encoder = nn.Sequential(nn.Conv2d(PICTURE_CHANNELS, widths[0], 3, padding=1))
        for here, smaller in pairwise(widths):
            self.encoder.extend(ResidualBlock(here, groups) for _ in range(config.layers))
            self.encoder.append(nn.Conv2d(here, smaller, 4, stride=2, padding=1))
        self.encoder.extend(ResidualBlock(inner, groups) for _ in range(config.layers))
        self.encoder.extend([nn.GroupNorm(groups, inner), nn.SiLU(), nothing_yet(nn.Conv2d(inner, self.channels, 1))])
        patch = PICTURE_CHANNELS * self.factor**2
        self.straight_in = nn.Conv2d(patch, self.channels, 1)
        self.straight_out = nn.Conv2d(self.channels, patch, 1)
        self.statistics = LatentStatistics(self.channels)
        self.decoder = nn.Sequential(nn.Conv2d(self.channels, inner, 3, padding=1))
        for here, larger in pairwise(reversed(widths)):
            self.decoder.extend(ResidualBlock(here, groups) for _ in range(config.layers))
            # Four numbers of a coarse place become four fine places.
            self.decoder.extend([nn.Conv2d(here, 4 * larger, 3, padding=1), nn.PixelShuffle(2)])
        self.decoder.extend(ResidualBlock(widths[0], groups) for _ in range(config.layers))
        last = nothing_yet(nn.Conv2d(widths[0], PICTURE_CHANNELS, 3, padding=1))
        self.decoder.extend([nn.GroupNorm(groups, widths[0]), nn.SiLU(), last])

    @torch.no_grad()
    def begin_with(self, pictures: Tensor) -> None:
        """Let the straight way be the principal components of the patches of pictures (B, 3, H, W) from -1 to 1."""
        patches = functional.pixel_unshuffle(pictures, self.factor).transpose(0, 1).flatten(1).T.double()
        mean = patches.mean(0)
        apart = patches - mean
        variances, directions = torch.linalg.eigh(apart.T @ apart / len(apart))
        first = directions.flip(1)[:, : self.channels]
        size = variances.flip(0)[: self.channels].clamp(min=LEAST_VARIANCE).sqrt()
        self.straight_in.weight.copy_((first / size).T[..., None, None])
        self.straight_in.bias.copy_(-(first / size).T @ mean)
        self.straight_out.weight.copy_((first * size)[..., None, None])
        self.straight_out.bias.copy_(mean)

    def encode(self, pictures: Tensor, chance: torch.Generator | None = None) -> Tensor:
        """Latents of pictures; nothing is drawn."""
        del chance
        seen = pictures.to(self.statistics.mean.dtype)
        straight = self.straight_in(functional.pixel_unshuffle(seen, self.factor))
        latents: Tensor = self.statistics(straight + self.encoder(seen))
        return latents.float()

    def decode(self, latents: Tensor) -> Tensor:
        """Pictures of latents."""
        told = latents.to(self.statistics.mean.dtype)
        straight = functional.pixel_shuffle(self.straight_out(told), self.factor)
        made: Tensor = straight + self.decoder(told)
        return made.float()

    @classmethod
    def from_folder(cls, folder: str | Path) -> Self:
        """The autoencoder that the stage `autoencoder` has made, or that of the same layout in another folder.

        Raises:
            InputError: a file is missing or damaged, or is another kind of network.
        """
        config_path, path = Path(folder) / CONFIG_FILE, Path(folder) / WEIGHTS_FILE
        table = read_table(config_path, "autoencoder's settings")
        made = cls(ConvolutionalConfig.checked(table, str(config_path)))
        state = read_tensors(path, KIND)
        check_names(state, made.state_dict(), path, KIND)
        if not all(value.isfinite().all() for value in state.values()):
            raise InputError(f"'{path}' holds weights that are no numbers; train the autoencoder again.")
        made.load_state_dict(state)
        return made.eval()

    def save_config(self, folder: Path) -> None:
        """Write its sizes into a folder, beside which the stage `autoencoder` writes the weights."""
        with replacing(folder / CONFIG_FILE) as beside:
            beside.write_text(json.dumps(self.config.model_dump(mode="json"), indent=1) + "\n", encoding="utf-8")
