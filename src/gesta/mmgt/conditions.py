"""What the denoiser is told of a clip beside its noisy latents.

B clips, F frames, C channels, h and w latents along the sides, N audio tokens, E size of a token.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor


@dataclass(frozen=True)
class Conditions:
    """Conditions of B clips.

    Attributes:
        image_token: (B, 1, E) the token of the picture; zeros where guidance asks for no picture.
        pose: (B, C, F, h, w) features of the drawn keypoints.
        audio: (B, F, N, E) audio tokens of each frame; zeros are silence to guidance; None: nothing listens.
        masks: by region, at each resolution (B, F, h w), how much each place belongs to it.
        referenced: (B,) bool, which clips look at the reference.
        moving: whether frames know of each other; False for pictures that are no film.
    """

    image_token: Tensor
    pose: Tensor
    audio: Tensor | None
    masks: Mapping[str, tuple[Tensor, ...]]
    referenced: Tensor
    moving: bool = True

    def guided(self) -> "Conditions":
        """The batch of guidance, twice as long: first without picture and speech, pose and masks on; then as it is."""
        masks = {region: tuple(_twice(mask) for mask in levels) for region, levels in self.masks.items()}
        return replace(
            self,
            image_token=_with_zeros(self.image_token),
            pose=_twice(self.pose),
            audio=None if self.audio is None else _with_zeros(self.audio),
            masks=masks,
            referenced=_with_zeros(self.referenced),
        )


def _twice(values: Tensor) -> Tensor:
    return torch.cat([values, values])


def _with_zeros(values: Tensor) -> Tensor:
    return torch.cat([torch.zeros_like(values), values])
