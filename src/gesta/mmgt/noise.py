"""The noise of the video diffusion: how much of it at which time, what the network is to answer, what an error counts.

There are N times, 0 the cleanest. At time t a noisy latent is signal[t] * clean + noise[t] * noise, where signal^2 +
noise^2 = 1; the network answers with the velocity signal * noise - noise_level * clean ("v-prediction", Salimans and
Ho 2022). With zero terminal SNR the last time holds nothing but noise (Lin et al. 2024, "Common diffusion noise
schedules and sample steps are flawed"). The published network was trained on one schedule of betas and sampled on
another (spec, section 3.4); `curve` serves both here, unless `sampling_curve` says otherwise.
"""

from typing import Literal

import torch
from pydantic import Field
from torch import Tensor

from gesta.settings import Settings

Curve = Literal["linear", "scaled_linear"]


class NoiseConfig(Settings):
    """The noise schedule, and what training does with it. The defaults are those of the published training."""

    times: int = Field(1000, ge=2, le=100_000, description="number N of times, as the network counts them")
    first_beta: float = Field(0.00085, gt=0.0, lt=1.0, description="share of variance that the first time replaces")
    last_beta: float = Field(0.012, gt=0.0, lt=1.0, description="the same of the last time, before rescaling")
    curve: Curve = Field("scaled_linear", description="betas grow linearly, or their square roots do")
    sampling_curve: Literal["same", "linear", "scaled_linear"] = Field(
        "same", description="the curve when films are made; published: linear, though trained with scaled_linear"
    )
    zero_terminal_snr: bool = Field(True, description="nothing of the clean latent is left at the last time")
    offset: float = Field(0.05, ge=0.0, le=1.0, description="training: noise that is alike in a whole channel")
    min_snr: float = Field(5.0, gt=0.0, description="training: times with more signal than this count less")

    @property
    def curve_when_sampling(self) -> Curve:
        """The curve that films are made with."""
        return self.curve if self.sampling_curve == "same" else self.sampling_curve


def signal_shares(config: NoiseConfig, curve: Curve | None = None) -> Tensor:
    """(N,) float64: the variance that the clean latent has at each time (alpha bar), falling.

    Args:
        config: the schedule.
        curve: another curve than that of training.
    """
    power = 0.5 if (curve or config.curve) == "scaled_linear" else 1.0
    ends = (config.first_beta**power, config.last_beta**power)
    betas = torch.linspace(*ends, config.times, dtype=torch.float64) ** (1.0 / power)
    shares = torch.cumprod(1.0 - betas, dim=0)
    if not config.zero_terminal_snr:
        return shares
    # Square roots are shifted so that the last is zero, then scaled so that the first is what it was.
    roots = shares.sqrt()
    return ((roots - roots[-1]) * roots[0] / (roots[0] - roots[-1])) ** 2


class NoiseSchedule:
    """What training needs at given times. All functions broadcast times (B,) over latents (B, c, ...)."""

    def __init__(self, config: NoiseConfig) -> None:
        self.config = config
        self.shares = signal_shares(config)

    def levels(self, times: Tensor, like: Tensor) -> tuple[Tensor, Tensor]:
        """How much of the clean latent and of the noise there is at `times`: two (B, 1, ...) as `like` is."""
        shares = self.shares.to(times.device)[times].reshape(-1, *(1,) * (like.ndim - 1))
        return shares.sqrt().to(like), (1.0 - shares).sqrt().to(like)

    def noised(self, clean: Tensor, noise: Tensor, times: Tensor) -> Tensor:
        """The noisy latents (B, c, ...) at times (B,) int64."""
        signal, share = self.levels(times, clean)
        return signal * clean + share * noise

    def velocity(self, clean: Tensor, noise: Tensor, times: Tensor) -> Tensor:
        """What the network is to answer: (B, c, ...)."""
        signal, share = self.levels(times, clean)
        return signal * noise - share * clean

    def clean(self, noisy: Tensor, velocity: Tensor, times: Tensor) -> Tensor:
        """The clean latents (B, c, ...) that an answer stands for."""
        signal, share = self.levels(times, noisy)
        return signal * noisy - share * velocity

    def weights(self, times: Tensor) -> Tensor:
        """(B,) float32: what the squared error of a velocity counts at each time.

        This is min-SNR (Hang et al. 2023) as MMGT's and related trainings apply it to velocities: min(SNR + 1, gamma)
        over SNR + 1. Unlike min(SNR, gamma) over SNR + 1, it does not ignore the time without signal.
        """
        shares = self.shares.to(times.device)[times]
        # SNR + 1 is one over the noise's variance.
        variance = 1.0 - shares
        return (self.config.min_snr * variance).clamp(max=1.0).float()

    def noise_for(self, clean: Tensor, chance: torch.Generator) -> Tensor:
        """Noise for training (B, c, ...): independent numbers, and one more for each sample's whole channel.

        The noise offset lets a network learn pictures that are darker or brighter on the whole than noise is.
        """
        noise = torch.randn(clean.shape, generator=chance, device=chance.device)
        if self.config.offset:
            whole = (*clean.shape[:2], *(1,) * (clean.ndim - 2))
            noise = noise + self.config.offset * torch.randn(whole, generator=chance, device=chance.device)
        return noise.to(clean)
