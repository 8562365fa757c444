"""Diffusion of poses: the schedule's numbers, steps by hand, guidance, known frames, and what few steps cost."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
import torch

from gesta.mmgt.diffusion import CosineSchedule, guided, sample
from gesta.mmgt.inpainting import Known, joined, without_step
from gesta.mmgt.smga import Heard
from gesta.mmgt.smga_config import KeypointDiffusion
from tests.mmgt.smooth_poses import SPREAD, slow_rows, smooth_speaker

SCHEDULE = CosineSchedule(KeypointDiffusion())
SHAPE = (2, 6, 5)
WITHIN = (torch.tensor(-1.0), torch.tensor(1.0))


def drawing(seed: int, shape: tuple[int, ...] = SHAPE) -> Callable[[], torch.Tensor]:
    chance = torch.Generator().manual_seed(seed)
    return lambda: torch.randn(shape, generator=chance)


def test_schedule() -> None:
    """cos^2 of the way, relative to its beginning; the last step is held at a beta of 0.999."""
    half = np.cos((0.5 + 0.008) / 1.008 * np.pi / 2) ** 2 / np.cos(0.008 / 1.008 * np.pi / 2) ** 2
    assert SCHEDULE.signal[499] == pytest.approx(half)
    assert SCHEDULE.signal[999] / SCHEDULE.signal[998] == pytest.approx(0.001)
    assert np.all(np.diff(SCHEDULE.signal) < 0.0)


def test_steps_are_those_published() -> None:
    assert SCHEDULE.times(50) == list(range(999, 0, -20))
    assert SCHEDULE.times(8) == [999, 874, 749, 624, 499, 374, 249, 124]
    assert SCHEDULE.times(1) == SCHEDULE.times(1, "square") == [999]


def test_square_steps_fall_and_end_near_no_noise() -> None:
    for steps in (4, 8, 20, 50, 1000):
        times = SCHEDULE.times(steps, "square")
        assert times[0] == 999
        assert times[-1] < 1000 / steps**2
        assert all(then < now for now, then in pairwise(times))


def test_noise_replaces_variance() -> None:
    clean, noise = drawing(1, (1, 4000, 3))(), drawing(2, (1, 4000, 3))()
    for level in (0, 300, 999):
        covered = SCHEDULE.noised(clean, torch.tensor([level]), noise)
        assert covered.std() == pytest.approx(1.0, abs=0.03)
    assert torch.allclose(SCHEDULE.noised(clean, torch.tensor([999]), noise), noise, atol=1e-3)


def test_two_steps_by_hand() -> None:
    """x' = sqrt(s') x0 + sqrt(1 - s') e, where e is the noise that x0 leaves of x."""
    answers = iter([torch.full(SHAPE, 0.5), torch.full(SHAPE, 0.25)])
    seen: list[torch.Tensor] = []

    def predict(noisy: torch.Tensor, timesteps: torch.Tensor) -> torch.Tensor:
        seen.append(noisy)
        return next(answers)

    found = sample(predict, SCHEDULE, drawing(3), times=[800, 300], eta=0.0, limits=WITHIN)
    start, now, then = drawing(3)(), SCHEDULE.share(800), SCHEDULE.share(300)
    noise = (start - now**0.5 * 0.5) / (1 - now) ** 0.5
    assert torch.allclose(seen[1], then**0.5 * 0.5 + (1 - then) ** 0.5 * noise, atol=1e-6)
    assert torch.equal(found, torch.full(SHAPE, 0.25))


@pytest.mark.parametrize("eta", [0.0, 1.0])
def test_a_network_that_knows_the_answer_gives_it_and_is_shown_the_right_noise(eta: float) -> None:
    truth = drawing(4, (1, 3000, 5))().clamp(-1, 1)
    levels: list[float] = []

    def predict(noisy: torch.Tensor, timesteps: torch.Tensor) -> torch.Tensor:
        share = SCHEDULE.share(int(timesteps[0]))
        levels.append(float((noisy - share**0.5 * truth).std() / (1 - share) ** 0.5))
        return truth

    found = sample(predict, SCHEDULE, drawing(5, (1, 3000, 5)), times=SCHEDULE.times(10), eta=eta, limits=WITHIN)
    assert torch.equal(found, truth)
    assert levels == pytest.approx([1.0] * 10, abs=0.05)


def test_answers_are_cut_to_the_limit() -> None:
    found = sample(lambda noisy, _: noisy * 100.0, SCHEDULE, drawing(6), times=[999, 10], eta=0.0, limits=WITHIN)
    assert found.abs().max() == 1.0


def test_guidance_goes_on_from_deaf_to_hearing() -> None:
    smga = smooth_speaker().smga
    heard = smga.hear(torch.from_numpy(slow_rows(80)).float()[None])
    noisy, pose, time = drawing(7, (1, 80, 402))(), drawing(8, (1, 402))(), torch.tensor([500])
    none = torch.zeros(1, 80, dtype=torch.bool)
    hearing, deaf = (smga.clear(noisy, pose, given, time, none) for given in (heard, smga.silence(1)))
    for weight in (0.0, 1.0, 2.0):
        expected = deaf + weight * (hearing - deaf)
        assert torch.allclose(guided(smga, Heard(*heard), pose, weight)(noisy, time), expected, atol=1e-6)


@pytest.mark.parametrize("learned", [True, False])
def test_known_frames_are_shown_as_they_are_or_under_noise(learned: bool) -> None:
    values = torch.full((2, 2, 5), 0.5)
    kept = torch.tensor([True, True, True, True, False]).expand(2, 1, 5)
    known = Known(values, kept, learned)
    seen: list[torch.Tensor] = []

    def predict(noisy: torch.Tensor, timesteps: torch.Tensor) -> torch.Tensor:
        seen.append(noisy)
        return torch.zeros_like(noisy)

    sample(predict, SCHEDULE, drawing(9), times=[999, 500], eta=0.0, limits=WITHIN, known=known)
    shown, noise = seen[1][:, :2, :4], drawing(9)()[:, :2, :4]
    if learned:
        assert torch.equal(shown, values[..., :4])
        assert not seen[1][:, :2, 4].any()
    else:
        share = SCHEDULE.share(500)
        assert torch.allclose(shown, share**0.5 * 0.5 + (1 - share) ** 0.5 * noise, atol=1e-4)


def test_known_frames_lead_over_to_the_networks_own() -> None:
    """Without a jump; where the place of a point is not known, it is the network's from the start."""
    known, found = np.full((16, 3), 0.1), np.zeros((80, 3))
    whole = joined(known, found, np.array([True, True, False]), 16)
    assert whole[0, 0] == pytest.approx(0.1)
    assert whole[8, 0] == pytest.approx(0.05)
    assert np.all(np.diff(whole[:, 0]) <= 0.0)
    assert not whole[16:].any()
    assert not whole[:, 2].any()
    assert np.abs(np.diff(whole[:, 0], n=3)).max() < 0.0025


def test_a_step_after_the_known_frames_is_taken_out_and_motion_is_not() -> None:
    times = np.arange(80)[:, None] * np.array([0.05, 0.11])
    smooth = np.sin(times)
    stepped = smooth + np.where(np.arange(80)[:, None] < 16, 0.0, 0.3)
    found = without_step(stepped, 16, 16)
    assert np.abs(np.diff(found, n=3, axis=0)).max() < 0.1 * np.abs(np.diff(stepped, n=3, axis=0)).max()
    assert np.allclose(found[32:], stepped[32:])
    assert np.allclose(without_step(smooth, 16, 16), smooth, atol=1e-3)
    assert without_step(smooth, 1, 16) is smooth


def test_after_one_known_frame_its_difference_fades() -> None:
    whole = joined(np.full((1, 2), 0.1), np.zeros((80, 2)), np.array([True, True]), 16)
    assert whole[0] == pytest.approx(0.1)
    assert whole[8] == pytest.approx(0.05)
    assert not whole[16:].any()


def made(steps: int, spacing: str, eta: float = 0.0) -> np.ndarray:
    """Poses of 25 pixels' spread from the exact network, from the same noise, which covers poses as published."""
    smga = smooth_speaker(diffused="poses").smga
    predict = guided(smga, smga.silence(1), torch.zeros(1, 402), 1.0)
    times = SCHEDULE.times(steps, spacing)  # type: ignore[arg-type]
    return sample(predict, SCHEDULE, drawing(10, (1, 80, 402)), times=times, eta=eta, limits=WITHIN).numpy()


def test_few_steps_cost_little_if_they_lie_where_it_matters() -> None:
    """The error against very many steps falls with their number, and square steps make less than even ones."""
    truth = made(400, "square")
    error = {
        (steps, spacing): np.sqrt(np.square(made(steps, spacing) - truth).mean()) / SPREAD
        for steps in (4, 8, 20, 50)
        for spacing in ("square", "even")
    }
    for fewer, more in ((4, 8), (8, 20), (20, 50)):
        assert error[more, "square"] < 0.8 * error[fewer, "square"]
    assert all(error[steps, "square"] < 0.7 * error[steps, "even"] for steps in (4, 8, 20, 50))
    assert error[50, "square"] < 0.05
