"""Diffusion for poses: the cosine schedule, guidance in one batch, DDIM in as many steps as wanted, known frames kept.

The network predicts clean values. Sources: cosine schedule (Nichol and Dhariwal, arXiv 2102.09672), DDIM (arXiv
2010.02502), guidance (arXiv 2207.12598), as MMGT's released stage 1 puts them together.

B clips, F frames, V numbers of a pose.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from gesta.mmgt.smga import Heard, Smga
from gesta.mmgt.smga_config import KeypointDiffusion

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

    def times(self, steps: int) -> list[int]:
        """The noise levels of so many steps, falling, evenly spread as published: 999, 979, ... 19 for 50."""
        last = self.config.steps - 1
        return [int(time) for time in np.linspace(-1, last, steps + 1)[:0:-1]]


def guided(smga: Smga, heard: Heard, initial_pose: Tensor, weight: float) -> Predict:
    """The network's answer, moved away from what it would say without the speech: u + weight (c - u).

    Args:
        smga: in evaluation mode.
        heard: what `smga.hear` made of the speech of B clips.
        initial_pose: (B, V).
        weight: 1 is what the network has learned, 2 as published; with 1 the network runs on half as much.
    """
    if weight == 1.0:
        return lambda noisy, timesteps: smga.clear(noisy, initial_pose, heard, timesteps)
    silence = smga.silence(len(initial_pose))
    both = Heard(*(torch.cat(pair) for pair in zip(silence, heard, strict=True)))
    poses = initial_pose.repeat(2, 1)

    def predict(noisy: Tensor, timesteps: Tensor) -> Tensor:
        deaf, hearing = smga.clear(noisy.repeat(2, 1, 1), poses, both, timesteps.repeat(2)).chunk(2)
        return torch.lerp(deaf, hearing, weight)

    return predict


def sample(
    predict: Predict,
    schedule: CosineSchedule,
    draw: Callable[[], Tensor],
    *,
    steps: int,
    eta: float,
    known: Tensor | None = None,
) -> Tensor:
    """Poses from noise, by DDIM.

    Known frames are in-painted: in every step they are their own truth under the noise that step has. The result holds
    what the network makes of them in the end, which says how well the rest fits on to them.

    Args:
        predict: the network.
        schedule: the noise levels.
        draw: gives standard normal (B, F, V); called once at the beginning and, if eta is above 0, once for each step.
        steps: how often the network is asked.
        eta: 0 is deterministic from the first draw on, 1 renews as much noise as the forward process would.
        known: (B, K, V) the first K frames, if they are there already.

    Returns:
        (B, F, V) within the schedule's limit.
    """
    times, limit = schedule.times(steps), schedule.config.limit
    noisy = draw()
    if known is not None:
        first = schedule.noised(known, torch.full((len(noisy),), times[0]), noisy[:, : known.shape[1]])
        noisy = _with_known(noisy, first)
    for number, time in enumerate(times):
        levels = torch.full((len(noisy),), time, device=noisy.device)
        clean = predict(noisy, levels).clamp(-limit, limit)
        if number == len(times) - 1:
            return clean
        if known is not None:
            clean = _with_known(clean, known)
        noisy = _step(noisy, clean, schedule.share(time), schedule.share(times[number + 1]), eta, draw)
    raise ValueError("at least one step is needed")


def _with_known(values: Tensor, known: Tensor) -> Tensor:
    return torch.cat([known, values[:, known.shape[1] :]], dim=1)


def _step(noisy: Tensor, clean: Tensor, now: float, then: float, eta: float, draw: Callable[[], Tensor]) -> Tensor:
    """From a share `now` of signal to a larger share `then`."""
    noise = (noisy - now**0.5 * clean) / (1.0 - now) ** 0.5
    fresh = eta * ((1.0 - now / then) * (1.0 - then) / (1.0 - now)) ** 0.5
    moved = then**0.5 * clean + max(0.0, 1.0 - then - fresh**2) ** 0.5 * noise
    return moved + fresh * draw() if eta else moved
