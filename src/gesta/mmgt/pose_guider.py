"""The pose guider: drawn keypoints become features of the latents' size, which the denoiser adds to its own.

Plain convolutions, every second one halving the picture, the last one beginning at zero. Source: AnimateAnyone's pose
guider, with the names of MMGT's release.
"""

from itertools import pairwise

from torch import Tensor, nn
from torch.nn import functional

from gesta.mmgt.mm_haa import zeroed
from gesta.mmgt.video_config import VideoConfig


class PoseGuider(nn.Module):
    """Convolutions from the picture's size to the latents'."""

    def __init__(self, config: VideoConfig) -> None:
        super().__init__()
        widths = config.sizes.pose_widths
        self.conv_in = nn.Conv2d(3, widths[0], 3, padding=1)
        self.blocks = nn.ModuleList()
        for here, smaller in pairwise(widths):
            self.blocks.append(nn.Conv2d(here, here, 3, padding=1))
            self.blocks.append(nn.Conv2d(here, smaller, 3, padding=1, stride=2))
        self.conv_out = zeroed(nn.Conv2d(widths[-1], config.sizes.widths[0], 3, padding=1))

    def forward(self, pictures: Tensor) -> Tensor:
        """(B, 3, H, W) in [0, 1] -> (B, C, h, w)."""
        features = functional.silu(self.conv_in(pictures))
        for convolution in self.blocks:
            features = functional.silu(convolution(features))
        return self.conv_out(features)
