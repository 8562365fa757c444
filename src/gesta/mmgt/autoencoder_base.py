"""What every autoencoder between pictures and latents is.

Pictures are (B, 3, H, W) from -1 to 1, latents (B, c, h, w) of about unit variance with h = H / factor.
"""

from abc import abstractmethod

import torch
from torch import Tensor, nn


class Autoencoder(nn.Module):
    """What turns pictures into latents and back; a module, so that it can be moved between devices.

    Attributes:
        channels: c of the latents.
        factor: pixels along a side for one latent.
    """

    channels: int
    factor: int

    @abstractmethod
    def encode(self, pictures: Tensor, chance: torch.Generator | None = None) -> Tensor:
        """Latents (B, c, h, w) float32 of pictures (B, 3, H, W) from -1 to 1.

        Args:
            pictures: on the module's device; H and W are multiples of the factor.
            chance: where encoding is a distribution, latents are drawn from it; none: its mean.
        """

    @abstractmethod
    def decode(self, latents: Tensor) -> Tensor:
        """Pictures (B, 3, H, W) float32 of latents (B, c, h, w); values may pass -1 and 1 a little."""
