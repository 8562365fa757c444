"""The second half of a speech network, its transformer: what each layer gives for rows that were convolved before."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from gesta.audio.encoders.loading import SpeechNetwork


def last_layer(network: SpeechNetwork, rows: np.ndarray) -> np.ndarray:
    """What the whole transformer gives: (n, conv channels) to (n, C) float32."""
    with torch.inference_mode():
        return _transformed(network, rows)[0].float().cpu().numpy()


def all_layers(network: SpeechNetwork, rows: np.ndarray) -> np.ndarray:
    """What each of the L layers gives: (n, conv channels) to (n, L, C) float32.

    What the first layer is given is not among them. Where a normalisation follows the last layer, it is applied. The
    rows are gathered as they pass, since the transformer alone, called without its model, does not hand them out
    (transformers 5.23).
    """
    passed: list[Tensor] = []

    def note(_layer: Any, _given: Any, gave: Any) -> None:
        passed.append(gave[0] if isinstance(gave, tuple) else gave)

    hooks = [layer.register_forward_hook(note) for layer in network.module.encoder.layers]
    try:
        with torch.inference_mode():
            last = _transformed(network, rows)
            return torch.cat([*passed[:-1], last]).transpose(0, 1).float().cpu().numpy()
    finally:
        for hook in hooks:
            hook.remove()


def _transformed(network: SpeechNetwork, rows: np.ndarray) -> Tensor:
    """(n, conv channels) to (1, n, C)."""
    given = torch.from_numpy(rows)[None].to(network.device, network.module.dtype)
    projected, _ = network.module.feature_projection(given)
    return network.module.encoder(projected).last_hidden_state
