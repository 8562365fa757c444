"""The one token that stands for the whole picture: CLIP's embedding of it, or its mean colours over a grid."""

from abc import abstractmethod
from math import isqrt
from pathlib import Path
from typing import Self

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional

from gesta.errors import InputError
from gesta.extras import extra_module
from gesta.foreign import check_names, read_tensors, read_torch_file
from gesta.mmgt.video_config import PICTURE_CHANNELS, VideoConfig
from gesta.settings import Settings, read_table

CLIP_MEAN = (0.48145466, 0.4578275, 0.40821073)
"""Mean of the colours that CLIP was trained on, from 0 to 1 (Radford et al. 2021) ..."""
CLIP_SPREAD = (0.26862954, 0.26130258, 0.27577711)
"""... and their standard deviation."""
POSITION_BUFFER = "vision_model.embeddings.position_ids"
"""Only counts positions; older files have it."""


class ImageToken(nn.Module):
    """What makes the token; a module, so that it can be moved between devices.

    Attributes:
        size: E of the token.
    """

    size: int

    @abstractmethod
    def encode(self, picture: np.ndarray) -> Tensor:
        """The token (1, 1, E) float32 of a picture (H, W, 3) uint8."""


class GridToken(ImageToken):
    """Mean colours over a square grid, from -1 to 1, cell by cell, row by row: nothing to train or fetch."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size, self.side = size, isqrt(size // PICTURE_CHANNELS)
        if PICTURE_CHANNELS * self.side**2 != size:
            raise InputError(f"A token of {size} numbers is not three colours on a square grid; choose, say, 48.")
        self.register_buffer("place", torch.zeros(0), persistent=False)

    def encode(self, picture: np.ndarray) -> Tensor:
        """The token of a picture."""
        # A copy, since torch takes no arrays that run backwards.
        pixels = torch.tensor(picture.copy(), device=self.place.device).permute(2, 0, 1)[None] / 127.5 - 1.0
        cells = functional.adaptive_avg_pool2d(pixels, self.side)
        return cells.permute(0, 2, 3, 1).reshape(1, 1, self.size)


class ClipConfig(Settings):
    """The sizes of CLIP's picture encoder. The defaults are ViT-L/14's, of sd-image-variations."""

    width: int = Field(1024, ge=1, le=8192, description="width of the transformer")
    feed_forward: int = Field(4096, ge=1, le=32768, description="its inner width")
    layers: int = Field(24, ge=1, le=128, description="its layers")
    heads: int = Field(16, ge=1, le=128, description="its attention heads")
    side: int = Field(224, ge=1, le=2048, description="pixels along a side of what it sees")
    patch: int = Field(14, ge=1, le=512, description="pixels along a side of a patch")
    size: int = Field(768, ge=1, le=8192, description="size E of the embedding")
    activation: str = Field("quick_gelu", description="between its layers, by transformers' name")


THEIR_NAMES = {
    "width": "hidden_size",
    "feed_forward": "intermediate_size",
    "layers": "num_hidden_layers",
    "heads": "num_attention_heads",
    "side": "image_size",
    "patch": "patch_size",
    "size": "projection_dim",
    "activation": "hidden_act",
}
"""What transformers calls the fields of ClipConfig."""


class ClipToken(ImageToken):
    """CLIP's embedding of a picture, on transformers' CLIPVisionModelWithProjection (extra `video`).

    Attributes:
        network: that model, whose state dict has transformers' names.

    Raises:
        InputError: transformers is not installed.
    """

    def __init__(self, config: ClipConfig | None = None) -> None:
        super().__init__()
        self.config = config or ClipConfig()
        self.size = self.config.size
        transformers = extra_module("transformers", "CLIP's embedding of a picture", "video")
        values = {theirs: getattr(self.config, ours) for ours, theirs in THEIR_NAMES.items()}
        self.network = transformers.CLIPVisionModelWithProjection(transformers.CLIPVisionConfig(**values))
        self.register_buffer("mean", torch.tensor(CLIP_MEAN).reshape(3, 1, 1), persistent=False)
        self.register_buffer("spread", torch.tensor(CLIP_SPREAD).reshape(3, 1, 1), persistent=False)

    @classmethod
    def from_folder(cls, folder: str | Path) -> Self:
        """The encoder in a folder as transformers writes it: config.json and model.safetensors or pytorch_model.bin.

        Raises:
            InputError: a file is missing or damaged, or is another kind of network.
        """
        folder = Path(folder)
        table = read_table(folder / "config.json", "picture encoder's settings")
        values = {ours: table[theirs] for ours, theirs in THEIR_NAMES.items() if theirs in table}
        made = cls(ClipConfig.checked(values, str(folder / "config.json")))
        path = folder / "model.safetensors"
        if path.is_file():
            state = read_tensors(path, "picture encoder")
        else:
            path = folder / "pytorch_model.bin"
            state = read_torch_file(path, "picture encoder")
        state = {name: value for name, value in state.items() if name != POSITION_BUFFER}
        check_names(state, made.network.state_dict(), path, "picture encoder")
        made.network.load_state_dict(state)
        return made

    @torch.no_grad()
    def encode(self, picture: np.ndarray) -> Tensor:
        """The token of a picture, brought to CLIP's size by a bicubic filter as Pillow does it."""
        from PIL import Image

        small = Image.fromarray(np.ascontiguousarray(picture)).resize((self.config.side,) * 2, Image.Resampling.BICUBIC)
        colours = torch.tensor(np.asarray(small)).permute(2, 0, 1).to(self.mean) / 255.0
        seen = ((colours - self.mean) / self.spread)[None].to(self.network.dtype)
        token: Tensor = self.network(pixel_values=seen).image_embeds
        return token[:, None].float()


def make_image_token(config: VideoConfig, clip: ClipConfig | None = None) -> ImageToken:
    """What makes the token that a video network's settings name; "clip" comes without trained weights.

    Args:
        config: kind and size.
        clip: the encoder's sizes where the kind is "clip"; none: the published ones.

    Raises:
        InputError: the sizes do not fit the network's, or transformers is missing.
    """
    made = GridToken(config.sizes.image_token) if config.picture.image_token == "grid" else ClipToken(clip)
    check_image_token(made, config)
    return made


def check_image_token(token: ImageToken, config: VideoConfig) -> None:
    """Refuse a token of another size than the network's."""
    if token.size != config.sizes.image_token:
        raise InputError(
            f"The picture's token has {token.size} numbers, but the video network wants {config.sizes.image_token}; "
            f"use the picture encoder it was trained with."
        )
