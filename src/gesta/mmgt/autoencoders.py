"""Between pictures and latents: Stable Diffusion's autoencoder ("kl"), a small one that is trained here
("convolutional", in a file of its own), or patches of pixels as they are ("patches").

Pictures are (B, 3, H, W) from -1 to 1, latents (B, c, h, w) of about unit variance with h = H / factor.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import torch
from pydantic import Field
from torch import Tensor
from torch.nn import functional

from gesta.errors import InputError
from gesta.extras import extra_module
from gesta.foreign import check_names, read_tensors
from gesta.mmgt.autoencoder_base import Autoencoder
from gesta.mmgt.autoencoder_config import ConvolutionalConfig
from gesta.mmgt.convolutional_autoencoder import ConvolutionalAutoencoder
from gesta.mmgt.video_config import PictureSettings
from gesta.settings import Settings, read_table

WEIGHTS_FILE = "diffusion_pytorch_model.safetensors"
OLDER_NAMES = {".query.": ".to_q.", ".key.": ".to_k.", ".value.": ".to_v.", ".proj_attn.": ".to_out.0."}
"""What attention was called in files of diffusers before 0.15, such as sd-vae-ft-mse's."""
PATCH_SCALE = 2.0
"""Pictures from -1 to 1 have a standard deviation of about a half."""


class PatchAutoencoder(Autoencoder):
    """Each latent is a square patch of pixels: nothing is lost, and there is nothing to train or fetch."""

    def __init__(self, factor: int) -> None:
        super().__init__()
        self.factor, self.channels = factor, 3 * factor**2

    def encode(self, pictures: Tensor, chance: torch.Generator | None = None) -> Tensor:
        """Latents of pictures; nothing is drawn."""
        del chance
        return PATCH_SCALE * functional.pixel_unshuffle(pictures.float(), self.factor)

    def decode(self, latents: Tensor) -> Tensor:
        """The pictures that were encoded."""
        return functional.pixel_shuffle(latents.float(), self.factor) / PATCH_SCALE


class KlConfig(Settings):
    """The sizes of Stable Diffusion's autoencoder. The defaults are the published ones (sd-vae-ft-mse)."""

    widths: tuple[int, ...] = Field(
        (128, 256, 512, 512), min_length=1, max_length=8, description="channels, outer first"
    )
    layers: int = Field(2, ge=1, le=8, description="layers at each resolution")
    groups: int = Field(32, ge=1, le=256, description="groups of the group normalisations")
    latent_channels: int = Field(4, ge=1, le=256, description="channels c of the latents")
    scale: float = Field(0.18215, gt=0.0, description="what latents are multiplied by to have unit variance")


class KlAutoencoder(Autoencoder):
    """Stable Diffusion's autoencoder, on diffusers' AutoencoderKL (extra `video`).

    Attributes:
        network: the AutoencoderKL, whose state dict has diffusers' names.

    Raises:
        InputError: diffusers is not installed.
    """

    def __init__(self, config: KlConfig | None = None) -> None:
        super().__init__()
        self.config = config or KlConfig()
        depth = len(self.config.widths)
        self.factor, self.channels = 2 ** (depth - 1), self.config.latent_channels
        diffusers = extra_module("diffusers", "Stable Diffusion's autoencoder", "video")
        self.network = diffusers.AutoencoderKL(
            block_out_channels=self.config.widths,
            down_block_types=("DownEncoderBlock2D",) * depth,
            up_block_types=("UpDecoderBlock2D",) * depth,
            layers_per_block=self.config.layers,
            norm_num_groups=self.config.groups,
            latent_channels=self.config.latent_channels,
            scaling_factor=self.config.scale,
        )

    @classmethod
    def from_folder(cls, folder: str | Path) -> Self:
        """The autoencoder in a folder as diffusers writes it: config.json and its safetensors file.

        Raises:
            InputError: a file is missing or damaged, or is another kind of autoencoder.
        """
        folder = Path(folder)
        table = read_table(folder / "config.json", "autoencoder's settings")
        if "block_out_channels" not in table:
            raise InputError(f"'{folder / 'config.json'}' describes no AutoencoderKL; name the folder of one.")
        named = {
            "widths": "block_out_channels",
            "layers": "layers_per_block",
            "groups": "norm_num_groups",
            "latent_channels": "latent_channels",
            "scale": "scaling_factor",
        }
        values = {ours: table[theirs] for ours, theirs in named.items() if theirs in table}
        made = cls(KlConfig.checked(values, str(folder / "config.json")))
        path = folder / WEIGHTS_FILE
        state = {_current(name): value for name, value in read_tensors(path, "autoencoder").items()}
        check_names(state, made.network.state_dict(), path, "autoencoder")
        made.network.load_state_dict(state)
        return made

    def encode(self, pictures: Tensor, chance: torch.Generator | None = None) -> Tensor:
        """Latents of pictures: the mean, or drawn where chance is given."""
        found = self.network.encode(pictures.to(self.network.dtype)).latent_dist
        mean, spread = found.mean.float(), found.std.float()
        if chance is not None:
            mean = mean + spread * torch.randn(mean.shape, generator=chance, device=chance.device).to(mean)
        return self.config.scale * mean

    def decode(self, latents: Tensor) -> Tensor:
        """Pictures of latents."""
        made: Tensor = self.network.decode((latents / self.config.scale).to(self.network.dtype)).sample
        return made.float()


def _current(name: str) -> str:
    for older, current in OLDER_NAMES.items():
        name = name.replace(older, current)
    return name


def make_autoencoder(picture: PictureSettings, sizes: KlConfig | ConvolutionalConfig | None = None) -> Autoencoder:
    """The autoencoder that a video network's settings name, without trained weights.

    Args:
        picture: kind, factor and channels.
        sizes: of the kind "kl" or "convolutional"; none: the published ones, or the usual ones.

    Raises:
        InputError: the sizes do not fit the network's or are of another kind, or diffusers is missing.
    """
    if picture.autoencoder == "patches":
        return PatchAutoencoder(picture.factor)
    made: Autoencoder
    if picture.autoencoder == "convolutional":
        made = ConvolutionalAutoencoder(sizes if isinstance(sizes, ConvolutionalConfig) else None)
    else:
        made = KlAutoencoder(sizes if isinstance(sizes, KlConfig) else None)
    check_autoencoder(made, picture)
    return made


def check_autoencoder(autoencoder: Autoencoder, picture: PictureSettings) -> None:
    """Refuse an autoencoder whose latents are not those of the network."""
    have, want = (autoencoder.factor, autoencoder.channels), (picture.factor, picture.latent_channels)
    if have != want:
        raise InputError(
            f"The autoencoder makes {have[1]} channels for {have[0]} pixels, but the video network wants {want[1]} "
            f"for {want[0]}; use the autoencoder it was trained with."
        )


@torch.no_grad()
def in_slices(function: Callable[[Tensor], Tensor], items: Tensor, size: int) -> Iterator[Tensor]:
    """Give a function at most `size` rows of `items` (B, ...) at a time, for the memory's sake."""
    for first in range(0, len(items), size):
        yield function(items[first : first + size])
