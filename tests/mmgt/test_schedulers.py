"""The noise schedule and the schedulers: the same as diffusers', and right where the best answer is known."""

import pytest
import torch
from torch import Tensor

from gesta.errors import InputError
from gesta.mmgt.noise import NoiseSchedule, signal_shares, training_noise
from gesta.mmgt.schedulers import SCHEDULERS, Steps
from gesta.mmgt.video_config import NoiseSettings, video_config

diffusers = pytest.importorskip("diffusers")

MEAN, SPREAD = 0.7, 0.5
"""Of the Gaussian latents that the analytic networks know."""
COUNT = 20_000


def levels_of(steps: Steps, step: int) -> tuple[Tensor, Tensor]:
    """How much of the latents and of the noise there is, asked of the scheduler itself."""
    one, none = torch.ones(()), torch.zeros(())
    return steps.noised(step, one, none), steps.noised(step, none, one)


def best_clean(latents: Tensor, signal: Tensor, share: Tensor, spread: float = SPREAD) -> Tensor:
    """The mean of Gaussian latents given noisy ones."""
    variance = (signal * spread) ** 2 + share**2
    return MEAN + signal * spread**2 / variance * (latents - signal * MEAN)


def end_of_path(latents: Tensor, signal: Tensor, share: Tensor) -> Tensor:
    """Where the path through noisy Gaussian latents ends: what a perfectly distilled network answers."""
    return MEAN + SPREAD * (latents - signal * MEAN) / ((signal * SPREAD) ** 2 + share**2).sqrt()


def sampled(steps: Steps, answer=best_clean, **known: float) -> tuple[Tensor, Tensor]:
    chance = torch.Generator().manual_seed(0)
    start = torch.randn(COUNT, generator=chance)
    latents = start
    steps.begin()
    for step in range(steps.count):
        signal, share = levels_of(steps, step)
        velocity = (signal * latents - answer(latents, signal, share, **known)) / share
        latents = steps.take(step, velocity, latents, lambda _: torch.randn(COUNT, generator=chance))
    return start, latents


@pytest.mark.parametrize("schedule", ["linear", "scaled_linear"])
def test_the_schedule_is_that_of_diffusers(schedule: str) -> None:
    theirs = diffusers.DDIMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule=schedule, rescale_betas_zero_snr=True
    ).alphas_cumprod
    ours = signal_shares(NoiseSettings(schedule=schedule), schedule)
    # Theirs is a product of a thousand numbers of single precision.
    assert torch.allclose(ours.float(), theirs, atol=2e-5)
    assert ours[-1] == 0.0
    assert torch.all(ours.diff() < 0.0)


def test_training_and_sampling_share_one_schedule_but_where_published() -> None:
    for preset, same in (("gesta", True), ("official", False)):
        noise = video_config(preset).noise
        steps, schedule = Steps("ddim", noise, 10), NoiseSchedule(noise)
        signal, _ = levels_of(steps, 5)
        trained, _ = schedule.levels(torch.tensor([steps.times[5]]), torch.zeros(1, 1))
        assert torch.isclose(signal, trained[0, 0], atol=1e-4) == same


def test_velocity_leads_back_to_the_clean_latents() -> None:
    schedule = NoiseSchedule(NoiseSettings())
    clean, noise = torch.randn(2, 2, 4, 3, 8, 8)
    times = torch.tensor([0, 999])
    noisy, velocity = schedule.noised(clean, noise, times), schedule.velocity(clean, noise, times)
    assert torch.allclose(schedule.clean(noisy, velocity, times), clean, atol=1e-5)
    assert torch.equal(noisy[1], noise[1])
    assert torch.equal(velocity[1], -clean[1])


def test_min_snr_weights_by_hand() -> None:
    schedule = NoiseSchedule(NoiseSettings())
    times = torch.tensor([0, 300, 999])
    snr = schedule.shares[times] / (1.0 - schedule.shares[times])
    expected = torch.minimum(snr + 1.0, torch.tensor(5.0)) / (snr + 1.0)
    assert torch.allclose(schedule.weights(times), expected.float())
    assert schedule.weights(times)[-1] == 1.0


def test_noise_has_unit_variance_and_an_offset_for_each_channel() -> None:
    chance = torch.Generator().manual_seed(3)
    noise = training_noise(torch.zeros(40, 40, 4, 8, 8), chance)
    assert noise.std() == pytest.approx((1.0 + 0.05**2) ** 0.5, abs=0.01)
    # Means of 256 independent numbers would spread by 0.0625 alone.
    assert noise.mean(dim=(2, 3, 4)).std() == pytest.approx((0.0625**2 + 0.05**2) ** 0.5, rel=0.1)


@pytest.mark.parametrize(("name", "count", "finer"), [("ddim", 100, False), ("dpm++", 40, True), ("unipc", 40, True)])
def test_steps_lead_to_the_right_distribution_along_the_right_path(name: str, count: int, finer: bool) -> None:
    start, latents = sampled(Steps(name, NoiseSettings(), count, finer))
    assert latents.mean() == pytest.approx(MEAN, abs=0.01)
    assert latents.std() == pytest.approx(SPREAD, rel=0.05)
    # Along the path that is not random a number keeps its place in the distribution.
    assert torch.allclose(latents, MEAN + SPREAD * start, atol=0.1)


@pytest.mark.parametrize("name", ["dpm++", "unipc"])
def test_finer_steps_at_the_end_keep_details_that_even_steps_blur(name: str) -> None:
    for spread, at_least in ((0.5, 0.95), (0.2, 0.8)):
        ways = (Steps(name, NoiseSettings(), 8, finer) for finer in (False, True))
        even, finer = (sampled(steps, spread=spread)[1].std() / spread for steps in ways)
        assert even < 0.8
        assert at_least < finer < 1.05


@pytest.mark.parametrize("count", [1, 4, 8])
def test_lcm_is_right_with_a_distilled_network(count: int) -> None:
    start, latents = sampled(Steps("lcm", NoiseSettings(), count), end_of_path)
    assert latents.mean() == pytest.approx(MEAN, abs=0.02)
    assert latents.std() == pytest.approx(SPREAD, rel=0.03)
    # It is new noise, not the first, that later steps go on from.
    assert (torch.corrcoef(torch.stack([start, latents]))[0, 1] > 0.99) == (count == 1)


@pytest.mark.parametrize("name", SCHEDULERS)
def test_known_latents_are_kept_by_their_own_velocity(name: str) -> None:
    steps = Steps(name, NoiseSettings(), 8, True)
    known, noise = torch.randn(2, 500)
    latents = noise
    for step in range(steps.count):
        if name == "lcm":
            latents = steps.noised(step, known, noise)
        latents = steps.take(step, steps.velocity(step, known, noise), latents, lambda _: noise)
    assert torch.allclose(latents, known, atol=2e-3)


def test_a_segment_is_not_influenced_by_the_one_before() -> None:
    steps = Steps("unipc", NoiseSettings(), 6, True)
    first, second = sampled(steps)[1], sampled(steps)[1]
    assert torch.equal(first, second)


def test_steps_that_cannot_be_taken_are_refused() -> None:
    for count in (1, 30, 60, 61, 62, 103):
        for name in ("ddim", "dpm++"):
            try:
                times = Steps(name, NoiseSettings(), count).times
            except InputError as error:
                assert "choose another number" in str(error)
            else:
                assert len(set(times)) == count
                assert times[0] == 999
                assert times[-1] >= 0
    with pytest.raises(InputError, match="choose fewer"):
        Steps("lcm", NoiseSettings(), 60)
    with pytest.raises(InputError, match="did you mean ddim"):
        Steps("ddm", NoiseSettings(), 10)
