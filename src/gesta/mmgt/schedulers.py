"""The steps from noise to clean latents, by name, on the schedulers of `diffusers` (extra `video`).

`ddim` is the published one (30 steps, nothing random). `dpm++` and `unipc` remember the last answers and need 8 to 20
steps. They can be taken finer towards the end, where details are made that are small beside the noise: of latents with
a standard deviation of 0.5, 8 even steps of `unipc` leave 77 % of it, finer ones all; of 0.2, 44 % and 85 % (computed
for Gaussian latents, for which the best answer is known).
`lcm` is for networks distilled to answer with the end of the path (latent consistency, Luo et al. 2023), in 4 to 8
steps; with others it gives too little variety, since each of their answers is a mean.

All of them work on velocities and on the times of one schedule (`gesta.mmgt.noise`), and start where nothing but
noise is left. DPM++ and UniPC cannot compute there, as they divide by the signal: diffusers gives them 2^-24 of the
variance instead of none, which changes the first step by 2.4e-4 of the latents' size.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from gesta.errors import InputError, unknown_name
from gesta.extras import extra_module
from gesta.mmgt.video_config import NoiseSettings

CLASSES = {
    "ddim": "DDIMScheduler",
    "dpm++": "DPMSolverMultistepScheduler",
    "unipc": "UniPCMultistepScheduler",
    "lcm": "LCMScheduler",
}
OWN_SETTINGS: dict[str, dict[str, Any]] = {
    "ddim": {"clip_sample": False, "set_alpha_to_one": True},
    "dpm++": {"algorithm_type": "dpmsolver++", "solver_order": 2, "final_sigmas_type": "zero"},
    "unipc": {"solver_order": 2, "solver_type": "bh2", "final_sigmas_type": "zero"},
    "lcm": {"clip_sample": False, "set_alpha_to_one": True, "original_inference_steps": 50},
}
SCHEDULERS = tuple(CLASSES)
CAN_BE_FINER = ("dpm++", "unipc")
"""Schedulers that read the noise at each step's time, and do not count on even times."""

FreshNoise = Callable[[int], Tensor]
"""Gives the noise of a step by its number, in the shape of the latents; only `lcm` asks for it."""


class Steps:
    """The way from noise to clean latents for one segment after another.

    Args:
        name: one of SCHEDULERS.
        noise: the schedule, of which the part for sampling is used.
        count: how many steps.
        finer_at_end: whether times fall with the square, where the scheduler can do that; else they are even, and
            trail (the first is the last time).

    Attributes:
        times: the time of each step, falling, as the network counts them.

    Raises:
        InputError: no such scheduler, a number of steps it cannot do, or diffusers is not installed.
    """

    def __init__(self, name: str, noise: NoiseSettings, count: int, finer_at_end: bool = False) -> None:
        if name not in CLASSES:
            raise unknown_name("scheduler", name, SCHEDULERS)
        diffusers = extra_module("diffusers", "Filming with a diffusion model", "video")
        self.name, self.count, self._finer = name, count, finer_at_end and name in CAN_BE_FINER
        self._scheduler = getattr(diffusers, CLASSES[name])(
            num_train_timesteps=noise.steps,
            beta_start=noise.beta_start,
            beta_end=noise.beta_end,
            beta_schedule=noise.sampling,
            rescale_betas_zero_snr=noise.zero_terminal_snr,
            prediction_type="v_prediction",
            **({} if name == "lcm" else {"timestep_spacing": "trailing"}),
            **OWN_SETTINGS[name],
        )
        self.begin()
        shares = self._scheduler.alphas_cumprod.double()
        signal, share = shares.sqrt(), (1.0 - shares).sqrt()
        self._levels = [(float(signal[time]), float(share[time])) for time in self.times]

    def begin(self) -> None:
        """Forget the steps of the segment before."""
        try:
            self._scheduler.set_timesteps(self.count)
        except ValueError:
            raise InputError(f"The scheduler '{self.name}' cannot take {self.count} steps: choose fewer.") from None
        if self._finer:
            self._make_finer()
        self.times = tuple(int(time) for time in self._scheduler.timesteps)
        # Dividing the times evenly is done in floating point there, and for some numbers gives one too many.
        if len(set(self.times)) != self.count or len(self.times) != self.count or min(self.times) < 0:
            raise InputError(f"The scheduler '{self.name}' cannot take {self.count} steps: choose another number.")

    def _make_finer(self) -> None:
        """Replace even times by others, as only one of the schedulers can be asked to."""
        scheduler, even = self._scheduler, 1.0 - torch.arange(self.count, dtype=torch.float64) / self.count
        scheduler.timesteps = (even**2 * len(scheduler.alphas_cumprod)).round().long() - 1
        shares = scheduler.alphas_cumprod[scheduler.timesteps.clamp(min=0)]
        scheduler.sigmas = torch.cat([((1.0 - shares) / shares).sqrt(), torch.zeros(1)])

    def noised(self, step: int, clean: Tensor, noise: Tensor) -> Tensor:
        """Clean latents as they would be before step number `step`, all of one shape."""
        signal, share = self._levels[step]
        return signal * clean + share * noise

    def velocity(self, step: int, clean: Tensor, noise: Tensor) -> Tensor:
        """What a network that knew the clean latents would answer at step number `step`."""
        signal, share = self._levels[step]
        return signal * noise - share * clean

    def take(self, step: int, velocity: Tensor, latents: Tensor, fresh: FreshNoise) -> Tensor:
        """The latents after step number `step`; after the last one they are clean.

        Args:
            step: 0 for the first; steps are taken in order.
            velocity: the network's answer, float32, any shape.
            latents: as they are before the step, float32, of the same shape.
            fresh: gives new noise where the scheduler needs some.
        """
        # The schedulers read the first axis as samples, and one of them writes with letters for exactly that.
        result = self._scheduler.step(velocity[None], self.times[step], latents[None])
        if self.name != "lcm":
            return result.prev_sample[0]
        denoised = result.denoised[0]
        # It would draw noise of its own, which would depend on how a film is cut into segments.
        return denoised if step == self.count - 1 else self.noised(step + 1, denoised, fresh(step))
