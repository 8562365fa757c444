"""What a position may attend to: everything, or only as far ahead as the look-ahead allows.

With a look-ahead of L frames, frame t hears speech up to t + L and sees motion up to t + L. Nothing else may look
ahead, or the limits of several layers would add up: frames attend to features of frames up to their own, tokens to
tokens up to their own and to frames up to their own last one.
"""

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from gesta.units import TOKEN_FRAMES


@dataclass(frozen=True)
class Sight:
    """Masks, true where a position may be seen; all None where everything may.

    Attributes:
        ahead: (T, T) frames up to t + L.
        frames: (T, T) frames up to t.
        pairs: (T / 2, T / 2) the same at half the rate.
        tokens: (K, K) tokens up to k.
        token_frames: (K, T) frames up to the last one of token k.
    """

    ahead: Tensor | None = None
    frames: Tensor | None = None
    pairs: Tensor | None = None
    tokens: Tensor | None = None
    token_frames: Tensor | None = None


def sight(frame_count: int, look_ahead: int | None, device: torch.device | None = None) -> Sight:
    """The masks for windows of T frames with a look-ahead of L frames, or None for everything."""
    if look_ahead is None:
        return Sight()
    frames = torch.arange(frame_count, device=device)
    last = torch.arange(TOKEN_FRAMES - 1, frame_count, TOKEN_FRAMES, device=device)
    pairs = frames[: frame_count // 2]
    return Sight(
        ahead=frames <= frames[:, None] + look_ahead,
        frames=frames <= frames[:, None],
        pairs=pairs <= pairs[:, None],
        tokens=last <= last[:, None],
        token_frames=frames <= last[:, None],
    )


@lru_cache(maxsize=64)
@torch.inference_mode(False)
def positions(frame_count: int, width: int, period: int, device: torch.device | None = None) -> Tensor:
    """(T, D) sinusoids: sine on even channels, cosine on odd ones, begun again after each `period` frames.

    The same tensor each time: it is not to be changed.
    """
    time = (torch.arange(frame_count, device=device) % period)[:, None].float()
    rate = torch.exp(torch.arange(0, width, 2, device=device) * (-torch.log(torch.tensor(10_000.0)).item() / width))
    return torch.stack([torch.sin(time * rate), torch.cos(time * rate)], dim=-1).flatten(1)[:, :width]
