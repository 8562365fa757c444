"""LPIPS: how different pictures look to a network that sees things, layer by layer.

Zhang, Isola, Efros, Shechtman and Wang 2018, version 0.1: colours are shifted and scaled, the activations of five
layers are brought to length 1 over their channels at every place, their squared differences are weighted channel by
channel and summed, averaged over places, and summed over layers. The trunk and the channels' weights are read from the
user's files (`networks.weights`).
"""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from gesta.metrics.video.networks.classifiers import ReadLayers, alexnet, vgg16
from gesta.metrics.video.networks.weights import ALEXNET, LPIPS_ALEX, LPIPS_VGG, VGG16, device_of, loaded

SHIFT, SCALE = (-0.030, -0.088, -0.188), (0.458, 0.448, 0.450)
"""What colours from -1 to 1 are shifted and scaled by, red first."""
SMALLEST = 1e-10
"""Is added to a length before it divides."""
TRUNKS = {"alex": (alexnet, ALEXNET, LPIPS_ALEX), "vgg": (vgg16, VGG16, LPIPS_VGG)}
"""By the name of the trunk: what builds it, its weights, and those of its channels."""


class ChannelWeights(nn.Module):
    """What each channel of the layers counts; `lin0.model.1.weight` and so on are LPIPS' own names."""

    def __init__(self, widths: tuple[int, ...]) -> None:
        super().__init__()
        self.count = len(widths)
        for number, width in enumerate(widths):
            # The official layer has a dropout before it, which makes the convolution number 1.
            layer = nn.Module()
            layer.model = nn.Sequential(nn.Identity(), nn.Conv2d(width, 1, 1, bias=False))
            self.add_module(f"lin{number}", layer)

    def forward(self, number: int, squares: Tensor) -> Tensor:
        """(N, C, H, W) squared differences of a layer to (N, 1, H, W)."""
        weighted: Tensor = self.get_submodule(f"lin{number}.model")(squares)
        return weighted


class Lpips(nn.Module):
    """The distance; with random weights until its parts are loaded."""

    def __init__(self, trunk: ReadLayers, weights: ChannelWeights | None = None) -> None:
        super().__init__()
        self.trunk = trunk
        self.weights = weights or ChannelWeights(trunk.widths)
        self.register_buffer("shift", torch.tensor(SHIFT).reshape(1, 3, 1, 1))
        self.register_buffer("scale", torch.tensor(SCALE).reshape(1, 3, 1, 1))

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Two (N, 3, H, W) pictures, -1 to 1, to (N,)."""
        layers = [self.trunk((pictures - self.shift) / self.scale) for pictures in (first, second)]
        total = first.new_zeros(len(first))
        for number, both in enumerate(zip(*layers, strict=True)):
            ours, theirs = (side / (side.square().sum(dim=1, keepdim=True).sqrt() + SMALLEST) for side in both)
            total = total + self.weights(number, (ours - theirs).square()).mean(dim=(1, 2, 3))
        return total

    def pictures(self, generated: np.ndarray, real: np.ndarray) -> np.ndarray:
        """The distance of each picture: two (n, H, W, 3) uint8 to (n,)."""
        with torch.inference_mode():
            pictures = (signed(side).to(self.shift.device) for side in (generated, real))
            return np.asarray(self(*pictures).cpu().numpy())


def signed(pictures: np.ndarray) -> Tensor:
    """(n, H, W, 3) uint8 as (n, 3, H, W) float32, -1 to 1."""
    return torch.from_numpy(np.ascontiguousarray(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1.0


def load_lpips(trunk: str, folder: Path, device: str = "cpu") -> Lpips:
    """The distance with the weights in a folder.

    Args:
        trunk: one of TRUNKS.
        folder: with the user's files.
        device: where it runs.

    Raises:
        InputError: a file is missing or does not fit.
    """
    make, trunk_file, weights_file = TRUNKS[trunk]
    network = loaded(make(), trunk_file, folder, device)
    weights = loaded(ChannelWeights(network.widths), weights_file, folder, device)
    return Lpips(network, weights).eval().to(device_of(network))
