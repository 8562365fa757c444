"""The model that is made on the spot: always the same, and able to speak."""

import numpy as np
import pytest
import torch

from gesta.audio.encoders import make
from gesta.audio.encoders.accented import AccentedEncoder
from gesta.bundles.debug import debug_bundle
from gesta.bundles.folder import Bundle
from gesta.echomask.speaker import EchoMaskSpeaker
from gesta.errors import InputError
from gesta.models.echomask import EchoMaskModel
from gesta.motion.kinematics import forward
from gesta.motion.skeleton import skeleton
from gesta.records import SpeechFeatures


def test_it_is_always_the_same_and_leaves_chance_alone() -> None:
    before = torch.random.get_rng_state()
    first, second = debug_bundle(), debug_bundle()
    assert torch.equal(torch.random.get_rng_state(), before)
    assert first.config == second.config
    both = first.model.state_dict(), second.model.state_dict()
    assert all(torch.equal(both[0][name], both[1][name]) for name in both[0])


def test_it_speaks_gently() -> None:
    bundle = debug_bundle()
    sizes = bundle.config.generator
    drawn = np.random.default_rng(0).standard_normal((150, sizes.speech_low + sizes.speech_high)).astype(np.float32)
    low, high = np.split(drawn, [sizes.speech_low], axis=1)
    speaker = EchoMaskSpeaker(bundle.model, decoding=bundle.config.decoding)
    motions = list(speaker.finish(SpeechFeatures(low, high, "made")))
    assert sum(motion.frame_count for motion in motions) == 150
    motion = motions[0]
    places = forward(motion.rotations, motion.translation).positions
    wrist, head = (places[:, skeleton().index(name)] for name in ("left_wrist", "head"))
    assert (wrist[:, 1] < head[:, 1] - 0.2).all(), "arms hang"
    assert np.ptp(wrist, axis=0).max() > 1e-4, "it moves"
    assert np.abs(np.diff(wrist, axis=0)).max() < 0.1, "not wildly"
    assert np.abs(motion.translation - motion.translation[0]).max() < 1e-3, "it stays where it is"


def test_another_encoder_than_it_was_trained_with_is_refused() -> None:
    bundle = debug_bundle()
    hears = bundle.config.generator.model_copy(update={"speech_low": 256})
    other = Bundle(bundle.config.model_copy(update={"generator": hears}), bundle.model)
    with pytest.raises(InputError, match=r"'accented' gives \d+ and \d+ channels, but 'debug' hears 256 and"):
        EchoMaskModel("debug", other).speak(np.zeros(16_000, np.float32), sample_rate=16_000)


def test_who_hears_is_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = []
    monkeypatch.setattr(make, "make_encoder", lambda config: loaded.append(config) or AccentedEncoder())
    model = EchoMaskModel("debug", debug_bundle())
    takes = [model.speak(np.zeros(8000, np.float32), sample_rate=16_000) for _ in range(2)]
    assert len(loaded) == 1
    assert np.array_equal(takes[0].motion.rotations, takes[1].motion.rotations)
