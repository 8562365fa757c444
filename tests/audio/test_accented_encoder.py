"""The encoder that marks accents: the spectral one's numbers, events in their frames, and streams as files."""

from itertools import pairwise

import numpy as np
import pytest

from gesta.audio.encoders.accented import EVENTS, LOW_SIZE, AccentedEncoder, AccentedStream
from gesta.audio.encoders.spectral import SpectralEncoder
from gesta.audio.prosody import ProsodyAnalyser, analyse
from gesta.audio.read import open_speech
from gesta.records import SpeechFeatures
from gesta.units import MOTION_FPS
from tests.cli.running import VOICE

PLACES = {name: LOW_SIZE - len(EVENTS) + number for number, name in enumerate(EVENTS)}


@pytest.fixture(scope="module")
def heard() -> SpeechFeatures:
    return AccentedEncoder().encode(open_speech(VOICE))


def test_it_hears_what_the_spectral_one_hears(heard: SpeechFeatures) -> None:
    spectral = SpectralEncoder().encode(open_speech(VOICE))
    np.testing.assert_array_equal(heard.low[:, : spectral.low.shape[1]], spectral.low)
    np.testing.assert_array_equal(heard.high, spectral.high)
    assert heard.encoder != spectral.encoder


def test_accents_stand_in_their_frames(heard: SpeechFeatures) -> None:
    accents = analyse(open_speech(VOICE), 0.4).accents
    frames = np.ceil(accents.times_s * MOTION_FPS).astype(int)
    marked = np.flatnonzero(heard.low[:, PLACES["accents"]])
    assert len(frames) > 10
    assert set(marked) <= set(frames)
    assert len(marked) >= len(frames) - 2, "strengths of nothing are nothing"


def test_an_event_fades(heard: SpeechFeatures) -> None:
    """After an accent its memory falls by the same factor in each frame: 1 / e in 0.3 s."""
    marked = np.flatnonzero(heard.low[:, PLACES["accents"]])
    alone = next(frame for frame, after in pairwise(marked) if after - frame > 9)
    memory = heard.low[alone:, PLACES["remembered accents"]]
    assert memory[9] / memory[0] == pytest.approx(np.exp(-1.0), rel=1e-4)


@pytest.mark.parametrize(("look_ahead", "size"), [(0.1, 533), (0.1, 4001), (0.25, 777)])
def test_streams_of_any_look_ahead_hear_the_same(heard: SpeechFeatures, look_ahead: float, size: int) -> None:
    samples = np.concatenate(list(open_speech(VOICE).source.blocks()))
    analyser, stream = ProsodyAnalyser(look_ahead), AccentedStream()
    parts = [stream.push(analyser.push(samples[at : at + size])) for at in range(0, len(samples), size)]
    whole = SpeechFeatures.concatenate([*parts, stream.push(analyser.finish())])
    np.testing.assert_allclose(whole.low, heard.low, atol=1e-5)
    np.testing.assert_allclose(whole.high, heard.high, atol=1e-5)
