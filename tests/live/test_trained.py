"""A trained model live: token by token as a recording with the same look-ahead, resumed, idling in silence."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

import gesta
from gesta.api import EchoMaskModel
from gesta.audio.encoders.config import EncoderConfig
from gesta.audio.read import speech_from_samples
from gesta.errors import InputError
from gesta.live.state import StreamState
from gesta.motion.face import ARKIT_INDEX
from gesta.motion.rotations import angle_between
from gesta.units import MOTION_FPS, SAMPLE_RATE
from tests.live.voices import arrays, assert_identical, demo_voice, ended, pushed, samples_of, uneven

SOUND = samples_of(demo_voice(), 2.03)


@pytest.fixture(scope="module")
def model() -> EchoMaskModel:
    found = gesta.load("debug", device="cpu")
    assert isinstance(found, EchoMaskModel)
    return found


@pytest.mark.parametrize("look_ahead_s", [0.4])
def test_any_blocks_give_what_the_recording_gives(model: EchoMaskModel, look_ahead_s: float) -> None:
    take = model.speak(speech_from_samples(SOUND, SAMPLE_RATE), seed=3, look_ahead_s=look_ahead_s)
    stream = model.stream(look_ahead_s, seed=3)
    assert_identical(pushed(stream, uneven(SOUND, 1)) + ended(stream), [take.motion])
    assert take.motion.provenance["latency_s"] == pytest.approx(look_ahead_s + 4 / MOTION_FPS, abs=1e-3)


def test_without_end_it_speaks_as_for_a_file(model: EchoMaskModel) -> None:
    take = model.speak(speech_from_samples(SOUND, SAMPLE_RATE), seed=3, clean=False)
    stream = model.stream(float("inf"), seed=3)
    live = pushed(stream, [SOUND]) + ended(stream)
    translation = list(arrays(live))[1]
    np.testing.assert_allclose(translation, take.motion.translation, atol=1e-5)


def test_tokens_come_no_later_than_the_latency_says(model: EchoMaskModel) -> None:
    stream = model.stream(0.3)
    for number in range(1, 110):
        stream.push(SOUND[(number - 1) * 160 : number * 160])
        behind_s = number * 0.01 - stream.given / MOTION_FPS
        assert behind_s <= stream.latency_s + 0.01
    assert stream.given % 4 == 0
    assert stream.given > 0


def test_it_goes_on_from_a_file_as_if_nothing_had_been(model: EchoMaskModel, tmp_path: Path) -> None:
    stream = model.stream(0.4, seed=2, decoding="single,temperature=0.9")
    pushed(stream, [SOUND[:15_001]])
    StreamState.of(stream).save(tmp_path / "state.npz")
    here = pushed(stream, [SOUND[15_001:]]) + ended(stream)
    again = model.resume(StreamState.load(tmp_path / "state.npz"))
    assert_identical(pushed(again, uneven(SOUND[15_001:], 2)) + ended(again), here)


def test_another_models_state_is_refused(model: EchoMaskModel) -> None:
    state = StreamState.of(model.stream())
    with pytest.raises(InputError, match="model 'debug'"):
        gesta.load("procedural").resume(state)
    with pytest.raises(InputError, match="resume it with its own"):
        model.resume(dataclasses.replace(state, files={"generator.safetensors": "0" * 64}))


def test_in_long_silence_it_idles_and_comes_back_without_a_jump(model: EchoMaskModel) -> None:
    quiet = np.zeros(5 * SAMPLE_RATE, np.float32)
    stream, never = (model.stream(0.4) for _ in range(2))
    # What the network alone would have done, to see that somebody else idles meanwhile.
    never.body.idling = None  # type: ignore[attr-defined]
    sound = [SOUND, quiet, SOUND]
    live, alone = (list(arrays(pushed(one, sound) + ended(one))) for one in (stream, never))
    spoken = round(len(SOUND) / SAMPLE_RATE * MOTION_FPS)
    silent = slice(spoken + 4 * MOTION_FPS, spoken + 5 * MOTION_FPS)
    assert live[2][silent, ARKIT_INDEX["jawOpen"]].max() < 0.03
    apart = angle_between(live[0], alone[0]).max(axis=1)
    assert apart[silent].min() > 0.05
    assert apart[spoken - MOTION_FPS // 2 : spoken].max() < 1e-6
    steps = angle_between(live[0][1:], live[0][:-1])
    # Going over takes about a second: no faster than that share of the way from one to the other, and what both do.
    assert steps.max() < 0.12 * apart.max() + angle_between(alone[0][1:], alone[0][:-1]).max()


def test_models_that_cannot_be_streamed_say_so(model: EchoMaskModel) -> None:
    config = model.bundle.config
    ahead = config.model_copy(update={"tokenizer": config.tokenizer.model_copy(update={"causal_decoder": False})})
    hubert = config.model_copy(update={"encoder": EncoderConfig(kind="hubert")})
    for changed, said in ((ahead, "look ahead"), (hubert, "whole recordings")):
        other = EchoMaskModel("other", dataclasses.replace(model.bundle, config=changed))
        with pytest.raises(InputError, match=said):
            other.stream(0.4)
