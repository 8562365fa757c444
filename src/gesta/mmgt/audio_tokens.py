"""Speech for the video network: the features around each frame, and the few tokens that they become.

Source: MMGT's release, after Hallo's audio projection. F frames, L layers and C channels of the speech features,
S frames of speech that a frame hears (audio_span), N tokens of size E.
"""

from typing import TypeVar

import numpy as np
from torch import Tensor, nn
from torch.nn import functional

from gesta.mmgt.video_config import VideoSizes

Features = TypeVar("Features", np.ndarray, Tensor)


def audio_windows(features: Features, start: int, stop: int, span: int = 5) -> Features:
    """The speech around the frames [start, stop): (stop - start, S, L, C), the ends repeated beyond the recording.

    Args:
        features: (F, L, C), an array (perhaps mapped from a file) or a tensor.
        start: the first frame.
        stop: the frame after the last.
        span: S, an odd number of frames, the frame itself in the middle.
    """
    around = np.arange(start, stop)[:, None] + np.arange(span) - span // 2
    return features[around.clip(0, len(features) - 1)]


class AudioProjection(nn.Module):
    """Three linear layers from the speech around a frame to its audio tokens."""

    def __init__(self, sizes: VideoSizes) -> None:
        super().__init__()
        heard = sizes.audio_span * sizes.audio_layers * sizes.audio_channels
        self.tokens, self.size = sizes.audio_tokens, sizes.audio_token
        self.proj1 = nn.Linear(heard, sizes.audio_hidden)
        self.proj2 = nn.Linear(sizes.audio_hidden, sizes.audio_hidden)
        self.proj3 = nn.Linear(sizes.audio_hidden, self.tokens * self.size)
        self.norm = nn.LayerNorm(self.size)

    def forward(self, windows: Tensor) -> Tensor:
        """(B, F, S, L, C) -> (B, F, N, E)."""
        hidden = functional.relu(self.proj1(windows.flatten(2)))
        hidden = functional.relu(self.proj2(hidden))
        return self.norm(self.proj3(hidden).unflatten(-1, (self.tokens, self.size)))
