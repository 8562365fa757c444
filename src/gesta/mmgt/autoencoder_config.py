"""The settings of the autoencoder that is trained here, without torch so that recipes are read quickly."""

from typing import Self

from pydantic import Field, model_validator

from gesta.settings import Settings


class ConvolutionalConfig(Settings):
    """The sizes of the small convolutional autoencoder; pixels along a side for one latent: 2 to the widths, less 1."""

    widths: tuple[int, ...] = Field(
        (24, 48, 96), min_length=2, max_length=8, description="channels, outer first; each is half as fine"
    )
    layers: int = Field(1, ge=1, le=8, description="residual blocks at each resolution, there and back")
    groups: int = Field(8, ge=1, le=256, description="groups of the group normalisations")
    latent_channels: int = Field(6, ge=1, le=256, description="channels c of the latents")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        for width in self.widths:
            if width < 1 or width % self.groups:
                raise ValueError(f"a width of {width} is not shared by {self.groups} groups")
        return self

    @property
    def factor(self) -> int:
        """Pixels along a side for one latent."""
        return int(2 ** (len(self.widths) - 1))
