"""Diffusion for poses: the cosine schedule, guidance in one batch, DDIM in as many steps as wanted, known frames kept.

The network predicts clean values. Sources: cosine schedule (Nichol and Dhariwal, arXiv 2102.09672), DDIM (arXiv
2010.02502), guidance (arXiv 2207.12598), as MMGT's released stage 1 puts them together.

B clips, F frames, V numbers of a pose.
"""

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from gesta.mmgt.inpainting import Known
from gesta.mmgt.smga import Heard, Smga
from gesta.mmgt.smga_config import KeypointDiffusion

Spacing = Literal["square", "even"]
ROUNDING = 1e-9
"""What whole numbers may lack after floating-point arithmetic."""
Predict = Callable[[Tensor, Tensor], Tensor]
"""Clean values (B, F, V) from noisy ones (B, F, V) and noise levels (B,) int64."""


class CosineSchedule:
    """How much signal is left at each noise level.

    Attributes:
        signal: (T,) float64, falling: the share of the variance that is signal at levels 0 to T - 1.
    """

    def __init__(self, config: KeypointDiffusion) -> None:
        self.config = config
        levels = np.arange(config.steps + 1, dtype=np.float64) / config.steps
        curve = np.cos((levels + config.offset) / (1.0 + config.offset) * np.pi / 2.0) ** 2
        betas = np.clip(1.0 - curve[1:] / curve[:-1], 0.0, config.largest_beta)
        self.signal = np.cumprod(1.0 - betas)

    def noised(self, clean: Tensor, timesteps: Tensor, noise: Tensor) -> Tensor:
        """Clean values (B, F, V) under noise (B, F, V) at levels (B,)."""
        signal = torch.from_numpy(self.signal).to(clean.device)[timesteps][:, None, None]
        return signal.sqrt().to(clean.dtype) * clean + (1.0 - signal).sqrt().to(clean.dtype) * noise

    def share(self, time: int) -> float:
        """The share of the variance that is signal at one level."""
        return float(self.signal[time])

    def times(self, steps: int, spacing: Spacing = "even") -> list[int]:
        """The noise levels of so many steps, falling.

        Args:
            steps: how many; the result is shorter where steps would fall on the same level.
            spacing: "even" as published: 999, 979, ... 19 for 50; "square" has most steps where little noise is left,
                since there the fine movements are decided, which few even steps average away.
        """
        way = np.linspace(0.0, 1.0, steps + 1)[:0:-1]
        if spacing == "square":
            way = way**2
        levels = (self.config.steps * way - 1.0).clip(0.0)
        return list(dict.fromkeys(int(level + ROUNDING) for level in levels))


def guided(smga: Smga, heard: Heard, initial_pose: Tensor, weight: float, known: Known | None = None) -> Predict:
    """The network's answer, moved away from what it would say without the speech: u + weight (c - u).

    Args:
        smga: in evaluation mode.
        heard: what `smga.hear` made of the speech of B clips.
        initial_pose: (B, V).
        weight: 1 is what the network has learned, 2 as published; with 1 the network runs on half as much.
        known: frames that are there already; a network that has learned to continue them is shown them.
    """
    count = known.count if known is not None and known.learned else 0
    marked = torch.arange(smga.config.sizes.frames, device=initial_pose.device).expand(len(initial_pose), -1) < count
    if weight == 1.0:
        return lambda noisy, timesteps: smga.clear(noisy, initial_pose, heard, timesteps, marked)
    silence = smga.silence(len(initial_pose))
    both = Heard(*(torch.cat(pair) for pair in zip(silence, heard, strict=True)))
    poses, marks = initial_pose.repeat(2, 1), marked.repeat(2, 1)

    def predict(noisy: Tensor, timesteps: Tensor) -> Tensor:
        deaf, hearing = smga.clear(noisy.repeat(2, 1, 1), poses, both, timesteps.repeat(2), marks).chunk(2)
        return torch.lerp(deaf, hearing, weight)

    return predict


def sample(
    predict: Predict,
    schedule: CosineSchedule,
    draw: Callable[[], Tensor],
    *,
    times: Sequence[int],
    eta: float,
    limits: tuple[Tensor, Tensor],
    known: Known | None = None,
) -> Tensor:
    """Clean values from noise, by DDIM.

    Args:
        predict: the network.
        schedule: the noise levels.
        draw: gives standard normal (B, F, V); called once at the beginning and, if eta is above 0, once for each step.
        times: the noise levels of the steps, falling, as `CosineSchedule.times` gives them.
        eta: 0 is deterministic from the first draw on, 1 renews as much noise as the forward process would.
        limits: the least and the largest that clean values may be, in a shape that fits theirs.
        known: what is there already of the first frames.

    Returns:
        (B, F, V) within the limits. In the known frames stands what the network makes of them, which fits the rest.
    """
    noisy = draw()
    if known is not None:
        levels = torch.full((len(noisy),), times[0], device=noisy.device)
        noisy = known.placed(noisy, schedule.noised(known.values, levels, noisy[:, : known.count]))
    for time, then in zip(times, [*times[1:], None], strict=True):
        levels = torch.full((len(noisy),), time, device=noisy.device)
        clean = predict(known.shown_in(noisy) if known is not None and known.learned else noisy, levels)
        clean = clean.clamp(*limits)
        if then is not None:
            # Known frames are their own truth under the noise that each step has.
            target = clean if known is None else known.placed(clean)
            noisy = _step(noisy, target, schedule.share(time), schedule.share(then), eta, draw)
    return clean


def _step(noisy: Tensor, clean: Tensor, now: float, then: float, eta: float, draw: Callable[[], Tensor]) -> Tensor:
    """From a share `now` of signal to a larger share `then`."""
    noise = (noisy - now**0.5 * clean) / (1.0 - now) ** 0.5
    fresh = eta * ((1.0 - now / then) * (1.0 - then) / (1.0 - now)) ** 0.5
    moved = then**0.5 * clean + max(0.0, 1.0 - then - fresh**2) ** 0.5 * noise
    return moved + fresh * draw() if eta else moved
