"""MMGT's audio features: what transformers and librosa compute, at exactly one row a video frame, however long."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gesta.audio.encoders.waveform import Waveform
from gesta.audio.read import speech_from_samples
from gesta.audio.video_features.config import VideoFeaturesConfig
from gesta.audio.video_features.convolved import convolved
from gesta.audio.video_features.handmade import HANDMADE_SIZE
from gesta.audio.video_features.make import make_video_features
from gesta.audio.video_features.wav2vec2 import Wav2Vec2Features
from gesta.audio.video_features.wavlm_handmade import WavlmHandmadeFeatures
from gesta.errors import InputError
from gesta.records import Speech
from gesta.units import SAMPLE_RATE
from tests.audio.made_sounds import speech_like
from tests.audio.tiny_networks import HIDDEN, LAYERS, save_tiny, transformers_module
from tests.hub import unplug

SOUND = speech_like(seed=3, duration_s=62.0)
KINDS = {"wav2vec2": Wav2Vec2Features, "wavlm_handmade": WavlmHandmadeFeatures}
# The shape of wav2vec2-base: its first layer is normalised over the whole recording.
BASE: dict[str, Any] = {"feat_extract_norm": "group", "do_stable_layer_norm": False, "conv_bias": False}
DURATIONS_S = [0.1, 0.1021, 0.4, 3.2, 3.2001, 3.24, 5.03]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("networks")
    return {
        "wav2vec2": save_tiny(root / "wav2vec2", "wav2vec2", **BASE),
        "wavlm_handmade": save_tiny(root / "wavlm", "wavlm"),
    }


def spoken(duration_s: float, begin_s: float = 0.0) -> Speech:
    first = round(begin_s * SAMPLE_RATE)
    return speech_from_samples(SOUND[first : first + round(duration_s * SAMPLE_RATE)], SAMPLE_RATE)


def features_of(folder: Path, kind: str, **settings: Any) -> Any:
    config = {"kind": kind, "model": str(folder), "device": "cpu"} | settings
    features = make_video_features(VideoFeaturesConfig.model_validate(config))
    assert isinstance(features, KINDS[kind])
    return features


def samples_of(speech: Speech) -> np.ndarray:
    return np.concatenate(list(speech.source.blocks()))


def normalised(samples: np.ndarray, least_variance: float = 1e-7) -> torch.Tensor:
    exact = samples.astype(np.float64)
    return torch.from_numpy((exact - exact.mean()) / np.sqrt(exact.var() + least_variance)).float()[None]


def at_frames(rows: torch.Tensor, frames: int) -> torch.Tensor:
    """(1, n, C) rows to (1, frames, C), first on first and last on last."""
    exact = torch.nn.functional.interpolate(rows.mT.double(), size=frames, mode="linear", align_corners=True)
    return exact.mT.float()


def published_wav2vec2(folder: Path, waveform: torch.Tensor, frames: int) -> np.ndarray:
    """(frames, L, C): the library's own forward, with the interpolation slipped in behind the convolutions."""
    network = transformers_module().Wav2Vec2Model.from_pretrained(folder).eval()
    convolutions = network.feature_extractor.forward
    network.feature_extractor.forward = lambda samples: at_frames(convolutions(samples).mT, frames).mT
    with torch.inference_mode():
        said = network(waveform, output_hidden_states=True)
    return torch.stack(said.hidden_states[1:], dim=2)[0].numpy()


@pytest.mark.parametrize("duration_s", [0.1, 0.4, 3.2, 7.3])
def test_wav2vec2_is_the_library_s_forward(folders: dict[str, Path], duration_s: float) -> None:
    speech = spoken(duration_s)
    features = features_of(folders["wav2vec2"], "wav2vec2").encode(speech)
    expected = published_wav2vec2(folders["wav2vec2"], normalised(samples_of(speech)), speech.video_frame_count)
    assert features.shape == (speech.video_frame_count, LAYERS, HIDDEN)
    np.testing.assert_allclose(features, expected, atol=1e-4)


def test_wav2vec2_hears_published_silence_at_the_end(folders: dict[str, Path]) -> None:
    speech = spoken(4.0)  # 100 frames; 160 with what fills up to 80
    padded = torch.nn.functional.pad(normalised(samples_of(speech)), (0, 60 * 640))
    expected = published_wav2vec2(folders["wav2vec2"], padded, 160)[:100]
    found = features_of(folders["wav2vec2"], "wav2vec2", padded_to=80).encode(speech)
    np.testing.assert_allclose(found, expected, atol=1e-4)


def published_wavlm(folder: Path, samples: np.ndarray) -> np.ndarray:
    """(frames, C) of a piece that is heard at once."""
    network = transformers_module().WavLMModel.from_pretrained(folder).eval()
    with torch.inference_mode():
        rows = network(normalised(samples, 1e-5)).last_hidden_state
    rows = torch.cat([rows, rows[:, -1:]], dim=1)
    return at_frames(rows, -(-rows.shape[1] // 2))[0].numpy()


def published_handmade(samples: np.ndarray) -> np.ndarray:
    """(frames, 35) by direct calls of librosa on a piece that is heard at once."""
    librosa = pytest.importorskip("librosa", reason="librosa is not installed (extra: research)")
    sound = librosa.resample(samples, orig_sr=16_000, target_sr=12_800)
    onset = librosa.onset.onset_strength(y=sound, sr=12_800)
    columns = [onset, *librosa.feature.mfcc(y=sound, sr=12_800, n_mfcc=20)]
    columns += [*librosa.feature.chroma_cens(y=sound, sr=12_800, hop_length=512, n_chroma=12)]
    peaks, beats = np.zeros(len(onset)), np.zeros(len(onset))
    peaks[librosa.onset.onset_detect(onset_envelope=onset, sr=12_800, hop_length=512)] = 1.0
    tempo = librosa.feature.tempo(y=librosa.resample(samples, orig_sr=16_000, target_sr=22_050))[0]
    beats[librosa.beat.beat_track(onset_envelope=onset, sr=12_800, start_bpm=tempo)[1]] = 1.0
    return np.column_stack([*columns, peaks, beats])


def test_3_2_seconds_are_as_published(folders: dict[str, Path]) -> None:
    speech = spoken(3.2)
    samples = samples_of(speech)
    network, handmade = published_wavlm(folders["wavlm_handmade"], samples), published_handmade(samples)
    assert (len(network), len(handmade)) == (80, 81), "the published counts; the last hand-made one is cut"
    for context in ("whole", "slices"):
        found = features_of(folders["wavlm_handmade"], "wavlm_handmade", context=context).encode(speech)
        assert found.shape == (80, 1, HIDDEN + HANDMADE_SIZE)
        np.testing.assert_allclose(found[:, 0, :HIDDEN], network, atol=1e-4)
        np.testing.assert_allclose(found[:, 0, HIDDEN:], handmade[:80], rtol=1e-5, atol=1e-4)
        assert (found[:, 0, -2:].sum(axis=0) > 2).all(), "onsets and beats are found"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("duration_s", DURATIONS_S)
def test_one_row_for_each_video_frame(folders: dict[str, Path], kind: str, duration_s: float) -> None:
    speech = spoken(duration_s)
    contexts = ["whole", "slices"] if kind == "wavlm_handmade" else ["whole"]
    for context in contexts:
        features = features_of(folders[kind], kind, context=context)
        found = features.encode(speech)
        assert found.shape == (speech.video_frame_count, features.layers, features.size)
        assert np.isfinite(found).all()


@pytest.mark.parametrize("samples", [51_200 + extra for extra in (0, 1, 16, 17, 79, 80, 399, 400, 640)])
def test_the_last_frame_is_there_wherever_a_recording_ends(folders: dict[str, Path], samples: int) -> None:
    speech = speech_from_samples(SOUND[:samples], SAMPLE_RATE)
    for kind, context in (("wav2vec2", "whole"), ("wavlm_handmade", "whole"), ("wavlm_handmade", "slices")):
        found = features_of(folders[kind], kind, context=context).encode(speech)
        assert len(found) == speech.video_frame_count


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_minute_comes_in_chunks(folders: dict[str, Path], kind: str) -> None:
    speech = spoken(61.0)
    for context in ("whole", "slices"):
        parts = list(features_of(folders[kind], kind, context=context).stretches(speech))
        assert sum(len(part) for part in parts) == 1525
        assert max(len(part) for part in parts) <= 501


def test_slices_are_heard_on_their_own(folders: dict[str, Path]) -> None:
    features = features_of(folders["wavlm_handmade"], "wavlm_handmade", context="slices")
    found = features.encode(spoken(8.0))
    alone = [features.encode(spoken(3.2, begin)) for begin in (0.0, 3.2, 4.8)]
    np.testing.assert_allclose(found[:80], alone[0], atol=1e-5)
    np.testing.assert_allclose(found[80:160], alone[1], atol=1e-5)
    np.testing.assert_allclose(found[160:], alone[2][40:], atol=1e-5)


@pytest.mark.parametrize("changes", [BASE, {}], ids=["group", "layer"])
def test_convolutions_in_chunks_are_those_of_the_whole(tmp_path: Path, changes: dict[str, Any]) -> None:
    folder = save_tiny(tmp_path / "network", "wav2vec2", **changes)
    network = features_of(folder, "wav2vec2").network
    speech = spoken(11.13)
    rows = np.concatenate(list(convolved(network, Waveform.of(speech, False, True))))
    with torch.inference_mode():
        expected = network.module.feature_extractor(normalised(samples_of(speech)))[0].T.numpy()
    np.testing.assert_allclose(rows, expected, atol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_chunks_agree_with_the_whole(folders: dict[str, Path], kind: str) -> None:
    """To 2 % of the spread, though the tiny network attends to near and far alike; the closer, the more context."""
    speech = spoken(16.0)
    whole = features_of(folders[kind], kind, chunk_s=20.0).encode(speech)[..., :HIDDEN]
    errors = []
    for surround_s in (0.0, 1.0, 4.0):
        chunks = features_of(folders[kind], kind, chunk_s=4.0, surround_s=surround_s).encode(speech)[..., :HIDDEN]
        errors.append(float(np.abs(chunks - whole).mean() / whole.std()))
    assert errors[2] < 0.02
    assert errors[0] > errors[1] > errors[2]


def test_local_handmade_features_do_not_depend_on_chunks(folders: dict[str, Path]) -> None:
    speech = spoken(16.0)
    whole, chunks = (
        features_of(folders["wavlm_handmade"], "wavlm_handmade", chunk_s=chunk_s).encode(speech)[:, 0, HIDDEN:]
        for chunk_s in (20.0, 4.0)
    )
    # MFCC are limited to 80 dB below the loudest that is heard at once, which moves them a little.
    np.testing.assert_allclose(chunks[:, :21], whole[:, :21], atol=0.3)
    assert np.abs(chunks[:, 21:33] - whole[:, 21:33]).mean() < 0.02
    assert np.mean(chunks[:, 33] != whole[:, 33]) < 0.05


def test_silence_is_heard(folders: dict[str, Path]) -> None:
    speech = speech_from_samples(np.zeros(SAMPLE_RATE, np.float32), SAMPLE_RATE)
    for kind in KINDS:
        assert np.isfinite(features_of(folders[kind], kind).encode(speech)).all()


def test_only_what_a_chunk_needs_is_read(folders: dict[str, Path]) -> None:
    read = [0]

    class Counting:
        def blocks(self) -> Iterator[np.ndarray]:
            for start in range(0, 20 * SAMPLE_RATE, SAMPLE_RATE):
                read[0] += 1
                yield SOUND[start : start + SAMPLE_RATE]

    speech = Speech("counted", 20 * SAMPLE_RATE, "0" * 64, Counting())
    next(features_of(folders["wav2vec2"], "wav2vec2", chunk_s=4.0, surround_s=1.0).stretches(speech))
    assert read[0] <= 2 * 20 + 7, "two passes for mean and variance, and what the first chunk takes"


def test_half_precision_is_close(folders: dict[str, Path]) -> None:
    speech = spoken(1.0)
    whole, half = (
        features_of(folders["wav2vec2"], "wav2vec2", precision=p).encode(speech) for p in ("float32", "bfloat16")
    )
    assert 0.0 < np.abs(whole - half).mean() < 0.05 * whole.std()


def test_fingerprints_differ_whenever_numbers_do(folders: dict[str, Path], tmp_path: Path) -> None:
    other = save_tiny(tmp_path / "other", "wav2vec2", **(BASE | {"intermediate_size": 32}))
    heard, pictured = folders["wavlm_handmade"], folders["wav2vec2"]
    fingerprints = [
        features_of(pictured, "wav2vec2").fingerprint,
        features_of(other, "wav2vec2").fingerprint,
        features_of(pictured, "wav2vec2", padded_to=80).fingerprint,
        features_of(pictured, "wav2vec2", chunk_s=8.0).fingerprint,
        features_of(pictured, "wav2vec2", surround_s=2.0).fingerprint,
        features_of(pictured, "wav2vec2", precision="bfloat16").fingerprint,
        features_of(heard, "wavlm_handmade").fingerprint,
        features_of(heard, "wavlm_handmade", context="slices").fingerprint,
    ]
    assert len(set(fingerprints)) == len(fingerprints)
    assert features_of(pictured, "wav2vec2", context="slices").fingerprint == fingerprints[0]
    assert features_of(heard, "wavlm_handmade", padded_to=80).fingerprint == fingerprints[6]


def test_weights_of_a_recogniser_fit(tmp_path: Path, folders: dict[str, Path]) -> None:
    """The usual model's file holds a network that spells, so its tensors have another beginning."""
    transformers = transformers_module()
    described = json.loads((folders["wav2vec2"] / "config.json").read_text())
    speller = transformers.Wav2Vec2ForCTC(transformers.Wav2Vec2Config(**described))
    speller.save_pretrained(tmp_path)
    prepared = (folders["wav2vec2"] / "preprocessor_config.json").read_text()
    (tmp_path / "preprocessor_config.json").write_text(prepared)
    features = features_of(tmp_path, "wav2vec2")
    assert features.encode(spoken(0.5)).shape == (13, LAYERS, HIDDEN)
    torch.testing.assert_close(
        features.network.module.encoder.layers[1].attention.k_proj.weight,
        speller.wav2vec2.encoder.layers[1].attention.k_proj.weight.detach(),
    )


def test_other_networks_are_refused(folders: dict[str, Path]) -> None:
    with pytest.raises(InputError, match="of type 'wavlm', not wav2vec2"):
        features_of(folders["wavlm_handmade"], "wav2vec2")


@pytest.mark.parametrize(
    ("kind", "name"), [("wav2vec2", "facebook/wav2vec2-base-960h"), ("wavlm_handmade", "microsoft/wavlm-large")]
)
def test_without_a_network_the_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch, kind: str, name: str) -> None:
    unplug(monkeypatch)
    with pytest.raises(InputError, match=f"'{name}'.*put config"):
        make_video_features(VideoFeaturesConfig.model_validate({"kind": kind}))
