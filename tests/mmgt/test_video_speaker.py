"""The whole of stage 2 with the smallest network: films of any length, resumed films, guidance, what it will cost."""

from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from gesta.errors import InputError
from gesta.mmgt.cost import Meter, Progress, shown_duration, warm_seconds
from gesta.mmgt.latent_cache import LatentCache
from gesta.mmgt.sampling import call_count
from gesta.mmgt.video_network import Conditions, References, VideoNetwork

pytest.importorskip("diffusers")
pytest.importorskip("cv2")

from tests.mmgt.speaking import FRAMES, PICTURE, SIDE, SIZES, features, filmed, keypoints, speaker, tiny_network

PER_SEGMENT = [6, 6, 4]
"""Calls of the denoiser."""
CALLS = sum(PER_SEGMENT)


class Calls:
    """Counts the calls of a network, and notes the shapes it sees."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shapes: list[tuple[int, ...]] = []
        self.references = 0
        denoise, read = VideoNetwork.denoise, VideoNetwork.read_reference

        def noting(network: VideoNetwork, latents: Tensor, *told: object) -> Tensor:
            self.shapes.append(tuple(latents.shape))
            return denoise(network, latents, *told)

        def reading(network: VideoNetwork, *told: Tensor) -> References:
            self.references += 1
            return read(network, *told)

        monkeypatch.setattr(VideoNetwork, "denoise", noting)
        monkeypatch.setattr(VideoNetwork, "read_reference", reading)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    return Calls(monkeypatch)


@pytest.fixture(scope="module")
def film() -> np.ndarray:
    return filmed(speaker())


def test_a_film_has_every_frame_and_follows_the_seed(film: np.ndarray) -> None:
    assert film.shape == (FRAMES, SIDE, SIDE, 3)
    assert film.dtype == np.uint8
    assert film.std() > 10.0
    np.testing.assert_array_equal(filmed(speaker()), film)
    assert np.any(filmed(speaker(), seed=4) != film)


@pytest.mark.parametrize("frames", [1, 2, 12, 13])
def test_any_length(frames: int) -> None:
    assert len(filmed(speaker(), frames)) == frames


@pytest.mark.parametrize("what", ["picture", "features"])
def test_everything_given_reaches_the_film(film: np.ndarray, what: str) -> None:
    other = {"picture": PICTURE[:, ::-1], "features": -features()}[what]
    assert np.any(filmed(speaker(), **{what: other}) != film)


def test_the_picture_is_read_once_and_guidance_is_one_call(calls: Calls) -> None:
    config = speaker().config
    filmed(speaker())
    assert calls.references == 1
    assert len(calls.shapes) == call_count(FRAMES, config) == CALLS
    assert {shape[0] for shape in calls.shapes} == {2}
    calls.shapes.clear()
    filmed(speaker(guidance=1.0))
    assert {shape[0] for shape in calls.shapes} == {1}


def test_what_the_network_sees_does_not_grow_with_length(calls: Calls) -> None:
    filmed(speaker(steps=1, guidance=1.0), 60)
    assert {shape[2] for shape in calls.shapes} == {6}


def test_guidance_is_what_two_calls_would_give(monkeypatch: pytest.MonkeyPatch) -> None:
    together = filmed(speaker(), 8)
    denoise = VideoNetwork.denoise

    def apart(network: VideoNetwork, latents: Tensor, time: Tensor, told: Conditions, references: References) -> Tensor:
        halves = []
        for half in (slice(0, 1), slice(1, 2)):
            assert told.audio is not None
            one = Conditions(
                image_token=told.image_token[half],
                pose=told.pose[half],
                audio=told.audio[half],
                masks={region: tuple(mask[half] for mask in masks) for region, masks in told.masks.items()},
                referenced=told.referenced[half],
            )
            halves.append(denoise(network, latents[half], time, one, references if one.referenced.any() else None))
        return torch.cat(halves)

    monkeypatch.setattr(VideoNetwork, "denoise", apart)
    assert np.abs(filmed(speaker(), 8).astype(int) - together).max() <= 1


def killed(cache: LatentCache, at: int) -> None:
    """Make the film until the denoiser's call number `at`, then stop as Ctrl-C does."""

    def stop(progress: Progress) -> None:
        if progress.calls == at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        filmed(speaker(), cache=cache, report=stop)


@pytest.mark.parametrize("at", [1, 8, 15])
def test_a_killed_film_goes_on_bit_for_bit(tmp_path: Path, film: np.ndarray, calls: Calls, at: int) -> None:
    killed(LatentCache(tmp_path), at)
    done = len(list(tmp_path.iterdir()))
    calls.shapes.clear()
    told: list[Progress] = []
    np.testing.assert_array_equal(filmed(speaker(), cache=LatentCache(tmp_path), report=told.append), film)
    assert len(calls.shapes) == CALLS - sum(PER_SEGMENT[:done])
    assert (told[-1].calls, told[-1].frames) == (CALLS, FRAMES)


def test_a_finished_film_is_not_made_again(tmp_path: Path, film: np.ndarray, calls: Calls) -> None:
    cache = LatentCache(tmp_path)
    np.testing.assert_array_equal(filmed(speaker(), cache=cache), film)
    calls.shapes.clear()
    calls.references = 0
    np.testing.assert_array_equal(filmed(speaker(offload=True), cache=LatentCache(tmp_path)), film)
    assert not calls.shapes
    assert not calls.references
    cache.remove()
    assert not list(tmp_path.iterdir())


def test_a_damaged_segment_alone_is_made_again(tmp_path: Path, film: np.ndarray, calls: Calls) -> None:
    filmed(speaker(), cache=LatentCache(tmp_path))
    second = sorted(tmp_path.iterdir())[1]
    content = bytearray(second.read_bytes())
    content[-100] ^= 255
    second.write_bytes(content)
    calls.shapes.clear()
    np.testing.assert_array_equal(filmed(speaker(), cache=LatentCache(tmp_path)), film)
    assert len(calls.shapes) == PER_SEGMENT[1]


def test_kept_latents_of_another_film_are_not_taken(tmp_path: Path, calls: Calls) -> None:
    def made(how: dict[str, Any], **settings: Any) -> int:
        calls.shapes.clear()
        filmed(speaker(steps=1, **settings), 6, cache=LatentCache(tmp_path), **how)
        return len(calls.shapes)

    assert made({}) == 1
    assert made({}) == 0
    for how in ({"seed": 4}, {"picture": PICTURE[::-1]}, {"features": 2.0 * features(frames=6)}):
        assert made(how) == 1
    for settings in ({"guidance": 2.0}, {"scheduler": "ddim"}, {"precision": "bfloat16"}, {"window": 5}):
        assert made({}, **settings) > 0


def test_what_has_changed_late_in_the_speech_leaves_early_segments_as_they_are(tmp_path: Path, calls: Calls) -> None:
    filmed(speaker(), cache=LatentCache(tmp_path))
    calls.shapes.clear()
    heard = features()
    heard[-1] = 0.0
    filmed(speaker(), cache=LatentCache(tmp_path), features=heard)
    assert len(calls.shapes) == PER_SEGMENT[-1]


def test_offloading_changes_nothing(film: np.ndarray) -> None:
    np.testing.assert_array_equal(filmed(speaker(offload=True)), film)


def test_windows_may_be_answered_together(film: np.ndarray) -> None:
    together = filmed(speaker(windows_at_once=4))
    assert np.abs(together.astype(int) - film).max() <= 1


def test_bfloat16_is_close_and_leaves_the_network_as_it_is(film: np.ndarray) -> None:
    rounded = speaker(precision="bfloat16")
    made = filmed(rounded)
    assert {values.dtype for values in rounded.network.parameters()} == {torch.bfloat16}
    assert {values.dtype for values in tiny_network().parameters()} == {torch.float32}
    assert np.abs(made.astype(int) - film).mean() < 0.1 * film.std()


def test_compiling_is_asked_of_torch(monkeypatch: pytest.MonkeyPatch, film: np.ndarray) -> None:
    asked = []

    def compiled(function: object) -> object:
        asked.append(function)
        return function

    monkeypatch.setattr(torch, "compile", compiled)
    np.testing.assert_array_equal(filmed(speaker(compile=True)), film)
    assert len(asked) == 1


def test_what_does_not_fit_is_refused_at_once() -> None:
    small = np.zeros((SIDE, SIDE - 1, 3), np.uint8)
    with pytest.raises(InputError, match=f"wants {SIDE} x {SIDE}"):
        speaker().frames(small, iter([keypoints()]), iter([features()]), FRAMES)
    with pytest.raises(InputError, match="end after 26 of 27"):
        list(speaker().frames(PICTURE, iter([keypoints()]), iter([features()]), FRAMES + 1))
    with pytest.raises(InputError, match="choose a window"):
        speaker(window=SIZES.longest_window + 1)


def test_the_cost_is_foretold_from_a_trial_of_three_calls_at_most(calls: Calls) -> None:
    cost = speaker().foretold(1000)
    assert len(calls.shapes) <= 3
    assert cost.calls == call_count(1000, speaker().config)
    assert cost.seconds == pytest.approx(cost.calls * cost.call_s + 1000 * cost.frame_s)
    assert cost.call_s > 0.0
    assert cost.memory_bytes > 10**7
    assert "1000 frames" in str(cost)


def test_a_trial_is_timed_warm_unless_it_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    for seconds, trials in ((1.0, 2), (60.0, 1)):
        made: list[None] = []
        clock = count(0.0, seconds)
        monkeypatch.setattr("gesta.mmgt.cost.time.perf_counter", lambda clock=clock: next(clock))
        assert warm_seconds(lambda made=made: made.append(None), torch.device("cpu")) == seconds
        assert len(made) == trials


def test_time_left_is_by_the_pace_of_what_was_really_made() -> None:
    told: list[Progress] = []
    now = iter([0.0, 1.0, 3.0, 6.0])
    meter = Meter(10, 50, told.append, lambda: next(now))
    meter.found(4)
    meter.called()
    meter.called()
    meter.given(5)
    assert [progress.seconds_left for progress in told] == [None, 5.0, 6.0, 12.0]
    assert (told[-1].calls, told[-1].frames) == (6, 5)


@pytest.mark.parametrize(("seconds", "said"), [(40.0, "40 seconds"), (150.0, "2 minutes"), (9000.0, "2 hours")])
def test_durations_are_said_in_a_unit_that_suits(seconds: float, said: str) -> None:
    assert shown_duration(seconds) == said
