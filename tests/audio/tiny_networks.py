"""Tiny HuBERT, WavLM and wav2vec2 models with random weights, saved as their makers save the large ones."""

import json
from pathlib import Path
from typing import Any

import pytest

LAYERS = 3
HIDDEN = 32
SHAPE: dict[str, Any] = {
    "hidden_size": HIDDEN,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": 2,
    "intermediate_size": 48,
    "conv_dim": [16] * 7,
    "num_conv_pos_embeddings": 16,
    "num_conv_pos_embedding_groups": 2,
    "do_stable_layer_norm": True,
    "feat_extract_norm": "layer",
    "conv_bias": True,
}


def transformers_module() -> Any:
    return pytest.importorskip("transformers", reason="transformers is not installed (extra: research)")


def save_tiny(folder: Path, kind: str = "hubert", normalise: bool = True, **changes: Any) -> Path:
    """A folder with configuration, preprocessor configuration and weights."""
    import torch

    transformers = transformers_module()
    configuration, network = {
        "hubert": (transformers.HubertConfig, transformers.HubertModel),
        "wavlm": (transformers.WavLMConfig, transformers.WavLMModel),
        "wav2vec2": (transformers.Wav2Vec2Config, transformers.Wav2Vec2Model),
    }[kind]
    with torch.random.fork_rng():
        torch.manual_seed(7)
        network(configuration(**(SHAPE | changes))).save_pretrained(folder)
    prepared = {"sampling_rate": 16_000, "feature_size": 1, "do_normalize": normalise}
    (folder / "preprocessor_config.json").write_text(json.dumps(prepared))
    return folder
