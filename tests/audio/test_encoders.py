"""HuBERT and WavLM as speech encoders: what transformers computes, once for each chunk, at one row a motion frame."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gesta.audio.encoders.config import EncoderConfig
from gesta.audio.encoders.make import make_encoder
from gesta.audio.encoders.network import NetworkEncoder
from gesta.audio.encoders.projection import made_projection
from gesta.audio.encoders.rates import interpolated
from gesta.audio.read import speech_from_samples
from gesta.errors import InputError
from gesta.records import Speech
from gesta.units import SAMPLE_RATE, frame_count
from tests.audio.made_sounds import speech_like
from tests.audio.tiny_networks import HIDDEN, LAYERS, save_tiny, transformers_module
from tests.hub import hub_module, unplug

SOUND = speech_like(seed=2, duration_s=26.0)
LOW_LAYER = 2


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("networks")
    return {kind: save_tiny(root / kind, kind) for kind in ("hubert", "wavlm")}


def spoken(duration_s: float) -> Speech:
    return speech_from_samples(SOUND[: round(duration_s * SAMPLE_RATE)], SAMPLE_RATE)


def encoder_of(folder: Path, kind: str = "hubert", **settings: Any) -> NetworkEncoder:
    config = {"kind": kind, "model": str(folder), "low_layer": LOW_LAYER, "device": "cpu"} | settings
    encoder = make_encoder(EncoderConfig.model_validate(config))
    assert isinstance(encoder, NetworkEncoder)
    return encoder


def heard(folder: Path, kind: str, pieces: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Both levels at 50 Hz of pieces of a normalised waveform, by plain calls of transformers."""
    transformers = transformers_module()
    network = getattr(transformers, {"hubert": "HubertModel", "wavlm": "WavLMModel"}[kind]).from_pretrained(folder)
    low, high = [], []
    for piece in pieces:
        with torch.inference_mode():
            said = network.eval()(torch.from_numpy(piece)[None], output_hidden_states=True)
        low.append(said.hidden_states[LOW_LAYER][0].numpy())
        high.append(said.last_hidden_state[0].numpy())
    return np.concatenate(low), np.concatenate(high)


def normalised(samples: np.ndarray) -> np.ndarray:
    exact = samples.astype(np.float64)
    return ((exact - exact.mean()) / np.sqrt(exact.var() + 1e-7)).astype(np.float32)


def at_frames(rows: np.ndarray, frames: int) -> np.ndarray:
    channels = torch.from_numpy(rows.T[None].astype(np.float64))
    return torch.nn.functional.interpolate(channels, size=frames, mode="linear", align_corners=True)[0].T.numpy()


@pytest.mark.parametrize("kind", ["hubert", "wavlm"])
@pytest.mark.parametrize("duration_s", [0.1, 0.7, 3.0])
def test_both_levels_are_those_of_a_plain_call(folders: dict[str, Path], kind: str, duration_s: float) -> None:
    speech = spoken(duration_s)
    features = encoder_of(folders[kind], kind).encode(speech)
    samples = np.concatenate(list(speech.source.blocks()))
    low, high = heard(folders[kind], kind, [normalised(samples)])
    np.testing.assert_allclose(features.low, at_frames(low, speech.frame_count), atol=2e-4)
    np.testing.assert_allclose(features.high, at_frames(high, speech.frame_count), atol=2e-4)


def test_chunks_are_cut_as_published(folders: dict[str, Path]) -> None:
    speech = spoken(5.2)
    features = encoder_of(folders["hubert"], chunk_s=2.0).encode(speech)
    samples = normalised(np.concatenate(list(speech.source.blocks())))
    pieces = [samples[:32_080], samples[32_000:64_080], samples[64_000:]]
    low, high = heard(folders["hubert"], "hubert", pieces)
    assert len(low) == (len(samples) - 80) // 320
    np.testing.assert_allclose(features.low, at_frames(low, speech.frame_count), atol=2e-4)
    np.testing.assert_allclose(features.high, at_frames(high, speech.frame_count), atol=2e-4)


@pytest.mark.parametrize(("left_over", "calls"), [(0, 2), (79, 2), (80, 2), (399, 2), (400, 3)])
def test_a_rest_is_heard_if_it_holds_a_kernel(folders: dict[str, Path], left_over: int, calls: int) -> None:
    speech = speech_from_samples(SOUND[: 2 * 32_000 + left_over], SAMPLE_RATE)
    encoder = encoder_of(folders["hubert"], chunk_s=2.0)
    made: list[int] = []
    encoder.network.register_forward_hook(lambda *_: made.append(1))
    assert encoder.encode(speech).frame_count == speech.frame_count
    assert len(made) == calls, "one forward for each chunk gives both levels"


@pytest.mark.parametrize("as_published", [False, True])
@pytest.mark.parametrize("duration_s", [0.1, 0.133, 0.5, 1.01, 19.99, 20.0, 20.02, 25.0])
def test_one_row_for_each_frame(folders: dict[str, Path], duration_s: float, as_published: bool) -> None:
    speech = spoken(duration_s)
    features = encoder_of(folders["hubert"], as_published=as_published).encode(speech)
    assert features.frame_count == speech.frame_count == frame_count(round(duration_s * SAMPLE_RATE))
    assert features.low.shape == features.high.shape == (speech.frame_count, HIDDEN)


def test_as_published_hears_slow_speech_at_hop_533(folders: dict[str, Path]) -> None:
    speech = spoken(4.0)
    encoder = encoder_of(folders["hubert"], as_published=True)
    given: list[int] = []
    encoder.network.register_forward_pre_hook(lambda _, arguments: given.append(arguments[0].shape[1]))
    published = encoder.encode(speech)
    assert sum(given) == pytest.approx(4.0 * 22_050, abs=40)
    plain = encoder_of(folders["hubert"]).encode(speech)
    assert np.abs(published.high - plain.high).max() > 0.1
    # 64,000 samples at hop 533 give 120 frames, as many as ours; a longer recording gives more, which are cut.
    longer = spoken(25.0)
    features = encoder.encode(longer)
    assert (25 * SAMPLE_RATE) // 533 == 750 == features.frame_count


def test_published_frames_beyond_ours_are_cut() -> None:
    rows = np.arange(300, dtype=np.float32)[:, np.newaxis]
    cut = np.concatenate(list(interpolated(iter([rows[:100], rows[100:]]), 300, 182, 180)))[:, 0]
    np.testing.assert_allclose(cut, np.linspace(0, 299, 182)[:180], rtol=1e-6)
    repeated = np.concatenate(list(interpolated(iter([rows]), 300, 179, 180)))[:, 0]
    np.testing.assert_allclose(repeated[-2:], 299.0)


def test_a_network_that_wants_plain_samples_gets_them(tmp_path: Path) -> None:
    folder = save_tiny(tmp_path / "plain", normalise=False, feat_extract_norm="group", do_stable_layer_norm=False)
    speech = spoken(1.0)
    features = encoder_of(folder).encode(speech)
    low, _ = heard(folder, "hubert", [np.concatenate(list(speech.source.blocks()))])
    np.testing.assert_allclose(features.low, at_frames(low, speech.frame_count), atol=2e-4)


def test_stretches_follow_each_other(folders: dict[str, Path]) -> None:
    encoder = encoder_of(folders["hubert"], chunk_s=1.0)
    parts = list(encoder.stretches(spoken(4.5)))
    assert len(parts) == 5
    assert [part.start_frame for part in parts[1:]] == np.cumsum([part.frame_count for part in parts])[:-1].tolist()
    assert max(part.frame_count for part in parts) <= 31


def test_layers_are_counted_from_the_embedding(folders: dict[str, Path]) -> None:
    speech = spoken(1.0)
    last = encoder_of(folders["hubert"], low_layer=LAYERS).encode(speech)
    first = encoder_of(folders["hubert"], low_layer=0).encode(speech)
    assert np.abs(last.low - first.low).max() > 0.01
    with pytest.raises(InputError, match=f"low_layer is {LAYERS + 1}"):
        encoder_of(folders["hubert"], low_layer=LAYERS + 1)


def test_fingerprints_differ_whenever_numbers_do(folders: dict[str, Path], tmp_path: Path) -> None:
    usual = encoder_of(folders["hubert"]).fingerprint
    other_weights = save_tiny(tmp_path / "other", intermediate_size=32)
    fingerprints = {
        usual,
        encoder_of(folders["wavlm"], "wavlm").fingerprint,
        encoder_of(other_weights).fingerprint,
        encoder_of(folders["hubert"], low_layer=1).fingerprint,
        encoder_of(folders["hubert"], as_published=True).fingerprint,
        encoder_of(folders["hubert"], chunk_s=5.0).fingerprint,
        encoder_of(folders["hubert"], precision="bfloat16").fingerprint,
    }
    assert len(fingerprints) == 7
    assert all(len(text) < 40 and text.replace("-", "").isalnum() for text in fingerprints)
    assert encoder_of(folders["hubert"]).fingerprint == usual


def test_half_precision_is_close(folders: dict[str, Path]) -> None:
    speech = spoken(1.0)
    whole = encoder_of(folders["hubert"]).encode(speech)
    half = encoder_of(folders["hubert"], precision="bfloat16").encode(speech)
    assert 0.0 < np.abs(whole.high - half.high).mean() < 0.05 * whole.high.std()


def test_official_projection(tmp_path: Path) -> None:
    folder = save_tiny(tmp_path / "wide", hidden_size=288, num_hidden_layers=2, num_attention_heads=4)
    speech = spoken(0.5)
    plain, projected = encoder_of(folder), encoder_of(folder, projection="official")
    assert (projected.low_size, projected.high_size) == (256, 256)
    matrix = made_projection(288)
    torch.testing.assert_close(matrix.T @ matrix, torch.eye(256), atol=1e-5, rtol=0)
    expected = plain.encode(speech).high @ matrix.numpy()
    np.testing.assert_allclose(projected.encode(speech).high, expected, atol=1e-4)
    torch.save(matrix.flip(1), tmp_path / "rop.pt")
    from_file = encoder_of(folder, projection="official", projection_file=tmp_path / "rop.pt")
    np.testing.assert_allclose(from_file.encode(speech).high, expected[:, ::-1], atol=1e-4)
    assert len({plain.fingerprint, projected.fingerprint, from_file.fingerprint}) == 3
    torch.save(torch.ones(288, 256), tmp_path / "wrong.pt")
    with pytest.raises(InputError, match="not orthonormal"):
        _ = encoder_of(folder, projection="official", projection_file=tmp_path / "wrong.pt").high_size


def test_only_a_block_at_a_time_is_read(folders: dict[str, Path]) -> None:
    waiting = [0]

    class Counting:
        def blocks(self) -> Iterator[np.ndarray]:
            for start in range(0, 8 * SAMPLE_RATE, SAMPLE_RATE):
                waiting[0] += 1
                yield SOUND[start : start + SAMPLE_RATE]

    speech = Speech("counted", 8 * SAMPLE_RATE, "0" * 64, Counting())
    stretches = encoder_of(folders["hubert"], chunk_s=1.0).stretches(speech)
    next(stretches)
    assert waiting[0] <= 8 + 3, "the first pass reads all, the second only what a chunk needs"


def test_missing_files_are_named(tmp_path: Path, folders: dict[str, Path]) -> None:
    with pytest.raises(InputError, match=r"config\.json.*not there"):
        encoder_of(tmp_path / "nowhere")
    with pytest.raises(InputError, match=r"model\.safetensors or pytorch_model\.bin"):
        folder = tmp_path / "half"
        folder.mkdir()
        (folder / "config.json").write_text((folders["hubert"] / "config.json").read_text())
        encoder_of(folder)
    with pytest.raises(InputError, match="of type 'hubert', not wavlm"):
        encoder_of(folders["hubert"], "wavlm")
    with pytest.raises(InputError, match="give the revision"):
        make_encoder(EncoderConfig(kind="hubert", model="somebody/hubert"))


def test_without_a_network_the_sentence_says_which_files_to_put_where(monkeypatch: pytest.MonkeyPatch) -> None:
    unplug(monkeypatch)
    with pytest.raises(InputError, match=r"'facebook/hubert-large-ls960-ft'.*put config\.json.*into a folder"):
        make_encoder(EncoderConfig(kind="hubert", revision="0" * 40))


def test_a_pinned_revision_comes_from_the_hub(monkeypatch: pytest.MonkeyPatch, folders: dict[str, Path]) -> None:
    hub = hub_module()
    asked: list[dict[str, Any]] = []

    def fetch(name: str, **settings: Any) -> str:
        asked.append({"name": name, **settings})
        if settings.get("local_files_only"):
            raise hub.errors.LocalEntryNotFoundError("not here yet")
        return str(folders["hubert"])

    monkeypatch.setattr(hub, "snapshot_download", fetch)
    monkeypatch.setattr(hub.HfApi, "list_repo_files", lambda *_, **__: ["pytorch_model.bin", "modeling.py"])
    encoder = make_encoder(EncoderConfig(kind="hubert", revision="a" * 40, low_layer=1))
    assert encoder.high_size == HIDDEN
    make_encoder(EncoderConfig(kind="hubert", low_layer=1))
    assert [(request["name"], request["revision"]) for request in asked] == [
        ("facebook/hubert-large-ls960-ft", revision)
        for revision in ("a" * 40, "ece5fabbf034c1073acae96d5401b25be96709d8")
        for _ in range(2)
    ]
    assert asked[-1]["allow_patterns"] == ["config.json", "preprocessor_config.json", "pytorch_model.bin"]


def test_damaged_weights_are_refused(tmp_path: Path, folders: dict[str, Path]) -> None:
    from safetensors.torch import load_file, save_file

    folder = save_tiny(tmp_path / "damaged")
    weights = folder / "model.safetensors"
    tensors = load_file(weights)
    name = "encoder.layers.1.attention.k_proj.weight"
    save_file({key: value for key, value in tensors.items() if key != name}, weights, metadata={"format": "pt"})
    with pytest.raises(InputError, match=f"lack {name}"):
        encoder_of(folder).encode(spoken(0.2))
    weights.write_bytes(weights.read_bytes()[:200])
    with pytest.raises(InputError, match="cannot be loaded"):
        encoder_of(folder).encode(spoken(0.2))


def test_other_convolutions_are_refused(tmp_path: Path) -> None:
    folder = save_tiny(tmp_path / "odd")
    described = json.loads((folder / "config.json").read_text())
    described["conv_stride"][0] = 4
    (folder / "config.json").write_text(json.dumps(described))
    with pytest.raises(InputError, match="not 400 and 320"):
        encoder_of(folder)


def test_settings_are_checked() -> None:
    with pytest.raises(InputError, match="chunk_s must be a multiple"):
        EncoderConfig.checked({"kind": "hubert", "chunk_s": 1.234}, "a recipe")
    with pytest.raises(InputError, match="revision"):
        EncoderConfig.checked({"kind": "hubert", "revision": "main"}, "a recipe")
