"""Segments and windows together, with networks whose right answer is known instead of a trained one."""

from functools import cache

import numpy as np
import pytest
import torch
from torch import Tensor

from gesta.errors import InputError
from gesta.mmgt.noise import signal_shares
from gesta.mmgt.sampling import Predict, call_count, denoised, frame_noise, spans
from gesta.mmgt.sampling_config import SAMPLING_PRESETS, SamplingConfig, sampling_config
from gesta.mmgt.schedulers import Steps
from gesta.mmgt.video_config import NoiseSettings

pytest.importorskip("diffusers")

SHAPE = (2, 8, 8)
NOISE = NoiseSettings()
MEMORY = 0.9
"""Correlation of neighbouring frames of the analytic films."""


@cache
def levels(time: int) -> tuple[float, float]:
    share = float(signal_shares(NOISE, NOISE.sampling)[time])
    return share**0.5, (1.0 - share) ** 0.5


def velocity_of(latents: Tensor, clean: Tensor, time: int) -> Tensor:
    signal, share = levels(time)
    return (signal * latents - clean) / share


def frame_by_frame(latents: Tensor, time: int, frames: np.ndarray) -> Tensor:
    """The best answer where every frame is Gaussian for itself, about a mean that its number tells."""
    signal, share = levels(time)
    mean = torch.from_numpy(np.sin(frames / 5.0)).float()[:, None, :, None, None]
    variance = 0.25
    clean = mean + signal * variance / (signal**2 * variance + share**2) * (latents - signal * mean)
    return velocity_of(latents, clean, time)


def along_time(latents: Tensor, time: int, frames: np.ndarray) -> Tensor:
    """The best answer where each number goes through time as a Gaussian process that forgets slowly."""
    signal, share = levels(time)
    distance = np.abs(frames[0][:, None] - frames[0])
    covariance = torch.from_numpy(MEMORY**distance)
    noisy = signal**2 * covariance + share**2 * torch.eye(len(covariance))
    gain = signal * covariance @ torch.linalg.inv(noisy)
    return velocity_of(latents, torch.einsum("ij,wcjhx->wcihx", gain.float(), latents), time)


def film(predict: Predict, frame_count: int, config: SamplingConfig, seed: int = 0) -> Tensor:
    """All frames (c, F, h, w), as the video speaker strings segments together."""
    steps = Steps(config.scheduler, NOISE, config.steps, config.spacing == "finer_at_end")
    made = torch.zeros(SHAPE[0], 0, *SHAPE[1:])
    for span in spans(frame_count, config):
        new = denoised(predict, steps, config, span, made[:, span.begin :], seed)
        made = torch.cat([made[:, : span.begin + span.painted], new], dim=1)
    return made


@pytest.mark.parametrize("preset", SAMPLING_PRESETS)
@pytest.mark.parametrize("frame_count", [1, 2, 12, 119, 120, 121, 400])
def test_segments_cover_every_frame_once(preset: str, frame_count: int) -> None:
    config = sampling_config(preset)
    made, given = [], []
    for span in spans(frame_count, config):
        assert span.count <= config.segment
        assert span.begin + span.carried == (made[-1] + 1 if made else 0)
        made = [*made[: span.begin + span.painted], *range(span.begin + span.painted, span.stop)]
        given += made[span.begin + span.painted : span.stop - span.kept_back]
    assert made == given == list(range(frame_count))


def test_the_published_cost_of_80_frames_is_300_calls() -> None:
    assert call_count(80, sampling_config("official")) == 300


def test_noise_depends_on_seed_and_frame_alone() -> None:
    whole = frame_noise(7, range(30), SHAPE)
    parts = [frame_noise(7, range(begin, begin + 10), SHAPE) for begin in (0, 10, 20)]
    assert torch.equal(whole, torch.cat(parts, dim=1))
    assert not torch.equal(whole, frame_noise(8, range(30), SHAPE))
    assert abs(torch.corrcoef(whole.transpose(0, 1).flatten(1)) - torch.eye(30)).max() < 0.4


@pytest.mark.parametrize("scheduler", ["ddim", "dpm++", "unipc", "lcm"])
def test_a_film_does_not_depend_on_how_it_is_cut_where_frames_do_not_depend_on_each_other(scheduler: str) -> None:
    whole = sampling_config(scheduler=scheduler, steps=6, segment=60)
    cut = sampling_config(
        scheduler=scheduler, steps=6, segment=17, carried=5, faded=3, window=7, overlap=3, windows_at_once=3
    )
    ring = sampling_config(scheduler=scheduler, steps=6, segment=25, joining="as_published")
    expected = film(frame_by_frame, 50, whole)
    for config in (cut, ring):
        assert torch.allclose(film(frame_by_frame, 50, config), expected, atol=1e-5)
    assert expected.mean(dim=(0, 2, 3)).numpy() == pytest.approx(np.sin(np.arange(50) / 5.0), abs=0.25)


def test_the_seed_decides() -> None:
    config = sampling_config("quick")
    first, again, other = (film(along_time, 30, config, seed) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.allclose(first, other, atol=0.1)


def roughness(config: SamplingConfig, frame_count: int) -> tuple[float, float, float]:
    """How far the analytic film's frames are from the next one, likewise how much it bends there, and its spread.

    The first two are root mean squares where segments meet, relative to those elsewhere.
    """
    made = film(along_time, frame_count, config)
    meet = torch.zeros(frame_count, dtype=torch.bool)
    for span in spans(frame_count, config):
        if span.begin or not config.carried:
            meet[max(span.begin + span.painted - 1, 0) : span.begin + span.carried] = True
    meet[0] = False
    power = [made.diff(n=order, dim=1).square().mean(dim=(0, 2, 3)) for order in (1, 2)]
    steps, bends = (
        float((values[meet[: len(values)]].mean() / values[~meet[: len(values)]].mean()).sqrt()) for values in power
    )
    return steps, bends, float(made.std())


def test_where_segments_meet_a_film_is_like_anywhere_else() -> None:
    config = sampling_config(scheduler="unipc", steps=16, segment=40)
    steps, bends, spread = roughness(config, 400)
    assert steps == pytest.approx(1.0, abs=0.08)
    assert bends == pytest.approx(1.0, abs=0.08)
    assert spread == pytest.approx(1.0, abs=0.08)


def test_without_fading_or_without_carried_frames_the_seams_would_be_seen() -> None:
    painted, nothing = (
        roughness(sampling_config(scheduler="unipc", steps=16, segment=40, carried=carried, faded=0), 400)[0]
        for carried in (12, 0)
    )
    assert 1.3 < painted < 2.0
    assert nothing > 2.5


def test_one_window_is_sampled_as_the_scheduler_alone_would_do_it() -> None:
    config = sampling_config(scheduler="ddim", steps=10)
    steps, latents = Steps("ddim", NOISE, 10), frame_noise(0, range(9), SHAPE)
    for step, time in enumerate(steps.times):
        velocity = along_time(latents[None], time, np.arange(9)[None])[0]
        latents = steps.take(step, velocity, latents, torch.zeros)
    assert torch.allclose(film(along_time, 9, config), latents, atol=1e-6)


def test_what_the_network_sees_does_not_grow_with_length() -> None:
    seen: list[tuple[tuple[int, ...], int]] = []

    def noting(latents: Tensor, time: int, frames: np.ndarray) -> Tensor:
        seen.append((tuple(latents.shape), int(frames.max())))
        return frame_by_frame(latents, time, frames)

    config = sampling_config(steps=1, segment=40, carried=12, windows_at_once=2)
    film(noting, 500, config)
    assert {shape[0] for shape, _ in seen} <= {1, 2}
    assert {shape[2] for shape, _ in seen} == {12}
    assert max(last for _, last in seen) == 499
    assert len(seen) == call_count(500, config)


def test_settings_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match="overlap must be less than window"):
        sampling_config(overlap=12)
    with pytest.raises(InputError, match="carried must be less than segment"):
        sampling_config(segment=12)
    with pytest.raises(InputError, match="faded cannot be more than carried"):
        sampling_config(carried=5)
    with pytest.raises(InputError, match="did you mean official"):
        sampling_config("oficial")
