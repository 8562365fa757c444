"""The gesture encoder: a second of somebody's points becomes 32 numbers in which movements that look alike lie close.

It is the first half of a small autoencoder of windows (`windows`), trained on projections of our own speaker's motion
through many cameras (`runs/bake_gesture_encoder.py`), frozen and shipped, so that distances found today and next year
are the same measure. The latents are shifted and scaled to mean 0 and deviation 1 over what it was trained on.

N windows of W frames, C channels, D numbers of a latent.
"""

from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from gesta.foreign import check_names, read_tensors
from gesta.metrics.keypoints.windows import CHANNELS, WINDOW_FRAMES, gesture_windows
from gesta.records import Keypoints

LATENT = 32
WIDTHS = (96, 96, 64)
FRAMES_LEFT = WINDOW_FRAMES // 2 ** len(WIDTHS)
WINDOWS_AT_ONCE = 1024
KIND = "gesture encoder"
FILE = "gesture_encoder.safetensors"


class GestureEncoder(nn.Module):
    """Turns (N, W, C) windows into (N, D) latents."""

    def __init__(self) -> None:
        """Build it with random weights; `gesture_encoder` gives the one that has learnt."""
        super().__init__()
        self.register_buffer("mean", torch.zeros(CHANNELS))
        self.register_buffer("spread", torch.ones(CHANNELS))
        self.register_buffer("latent_mean", torch.zeros(LATENT))
        self.register_buffer("latent_spread", torch.ones(LATENT))
        sizes = (CHANNELS, *WIDTHS)
        self.layers = nn.ModuleList(
            nn.Conv1d(before, after, 5, stride=2, padding=2) for before, after in zip(sizes, WIDTHS, strict=False)
        )
        self.last = nn.Linear(WIDTHS[-1] * FRAMES_LEFT, LATENT)

    def forward(self, windows: Tensor) -> Tensor:
        """(N, W, C) windows to (N, D) latents."""
        values = ((windows - self.mean) / self.spread).transpose(1, 2)
        for layer in self.layers:
            values = nn.functional.gelu(layer(values))
        return (self.last(values.flatten(1)) - self.latent_mean) / self.latent_spread

    def latents(self, keypoints: Keypoints) -> np.ndarray:
        """(N, D) float32 latents of a film at 25 frames a second, one for each of its windows."""
        windows = torch.from_numpy(gesture_windows(keypoints))
        with torch.inference_mode():
            parts = [self(block) for block in windows.split(WINDOWS_AT_ONCE) if len(block)]
        return torch.cat([torch.zeros(0, LATENT), *parts]).numpy()


def load_gesture_encoder(path: Path) -> GestureEncoder:
    """The encoder with the weights of a file.

    Raises:
        InputError: it cannot be read, or belongs to another network.
    """
    network = GestureEncoder()
    tensors = read_tensors(path, KIND)
    check_names(tensors, network.state_dict(), path, KIND)
    network.load_state_dict(tensors)
    return network.eval()


@cache
def gesture_encoder() -> GestureEncoder:
    """The one that ships."""
    with resources.as_file(resources.files("gesta").joinpath("assets", FILE)) as path:
        return load_gesture_encoder(path)
