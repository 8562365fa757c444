"""The noise of the video diffusion: how much of it at which time, what the network is to answer, what an error counts.

There are N times, 0 the cleanest. At time t a noisy latent is signal * clean + share * noise, where signal^2 + share^2
= 1; the network answers with the velocity signal * noise - share * clean ("v-prediction", Salimans and Ho 2022). With
zero terminal SNR the last time holds nothing but noise (Lin et al. 2024, "Common diffusion noise schedules and sample
steps are flawed"). `VideoConfig.noise` is the one schedule of both training and sampling; that the released code
samples on another one than it was trained on is an option there.
"""

import torch
from torch import Tensor

from gesta.mmgt.video_config import Betas, NoiseSettings

MIN_SNR_GAMMA = 5.0
"""What the published training uses in `NoiseSchedule.weights`."""
NOISE_OFFSET = 0.05
"""What the published training uses in `training_noise`."""


def signal_shares(settings: NoiseSettings, schedule: Betas) -> Tensor:
    """(N,) float64: the variance that the clean latent has at each time (alpha bar), falling."""
    # "scaled_linear" means that the betas' square roots grow linearly.
    power = 0.5 if schedule == "scaled_linear" else 1.0
    first, last = settings.beta_start**power, settings.beta_end**power
    # Networks are built without memory before weights are loaded; these numbers are none of them.
    betas = torch.linspace(first, last, settings.steps, dtype=torch.float64, device="cpu") ** (1.0 / power)
    shares = torch.cumprod(1.0 - betas, dim=0)
    if not settings.zero_terminal_snr:
        return shares
    # Square roots are shifted so that the last is zero, then scaled so that the first is what it was.
    roots = shares.sqrt()
    return ((roots - roots[-1]) * roots[0] / (roots[0] - roots[-1])) ** 2


class NoiseSchedule:
    """What training needs at given times; times (B,) int64 broadcast over latents (B, c, ...).

    The schedule is that of training if none is named.
    """

    def __init__(self, settings: NoiseSettings, schedule: Betas | None = None) -> None:
        self.times = settings.steps
        self.shares = signal_shares(settings, schedule or settings.schedule)

    def levels(self, times: Tensor, like: Tensor) -> tuple[Tensor, Tensor]:
        """How much of the clean latent and of the noise there is at `times`: two (B, 1, ...), typed as `like`."""
        shares = self.shares.to(times.device)[times].reshape(-1, *(1,) * (like.ndim - 1))
        return shares.sqrt().to(like), (1.0 - shares).sqrt().to(like)

    def noised(self, clean: Tensor, noise: Tensor, times: Tensor) -> Tensor:
        """The noisy latents (B, c, ...)."""
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

    def velocity_to(self, noisy: Tensor, clean: Tensor, times: Tensor) -> Tensor:
        """The velocity (B, c, ...) that an answer in clean latents stands for; the inverse of `clean`."""
        signal, share = self.levels(times, noisy)
        return (signal * noisy - clean) / share

    def weights(self, times: Tensor, gamma: float = MIN_SNR_GAMMA) -> Tensor:
        """(B,) float32: what the squared error of a velocity counts at each time.

        This is min-SNR (Hang et al. 2023) as the released training applies it to velocities: min(SNR + 1, gamma) over
        SNR + 1. Unlike min(SNR, gamma) over SNR + 1, it does not ignore the time without signal.
        """
        # SNR + 1 is one over the noise's variance.
        variance = 1.0 - self.shares.to(times.device)[times]
        return (gamma * variance).clamp(max=1.0).float()


def training_noise(clean: Tensor, chance: torch.Generator | None = None, offset: float = NOISE_OFFSET) -> Tensor:
    """Noise for clean latents (B, c, ...): independent numbers, and one more that each sample's whole channel shares.

    The shared part, the noise offset, lets a network learn films that are darker or brighter on the whole.

    Args:
        clean: the latents that will get it.
        chance: where the numbers come from; none: torch's own for the latents' device.
        offset: the standard deviation of the shared part.
    """
    device = clean.device if chance is None else chance.device
    noise = torch.randn(clean.shape, generator=chance, device=device)
    if offset:
        shared = (*clean.shape[:2], *(1,) * (clean.ndim - 2))
        noise = noise + offset * torch.randn(shared, generator=chance, device=device)
    return noise.to(clean)
