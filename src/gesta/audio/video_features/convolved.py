"""The first half of a speech network, its convolutions, over recordings of any length: exactly what all at once gives.

Convolutions see 400 samples, so chunks of them fit together. What would not fit is the normalisation of networks such
as wav2vec2-base, whose first layer brings each of its channels to mean 0 and variance 1 over the whole recording: there
the first layer runs over the recording once before, to know those numbers.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from gesta.audio.encoders.loading import SpeechNetwork
from gesta.audio.encoders.waveform import Waveform

CHUNK_ROWS = 250
"""Rows that are computed at once (5 s): it bounds memory and changes no number."""


def convolved(network: SpeechNetwork, waveform: Waveform) -> Iterator[np.ndarray]:
    """What the convolutions give: `waveform.feature_count` rows of (conv channels) float32 in all, 50 a second.

    Args:
        network: whose convolutions; loaded here if it is not yet.
        waveform: the recording as the network hears it.
    """
    first, *others = network.module.feature_extractor.conv_layers
    over_time = isinstance(getattr(first, "layer_norm", None), nn.GroupNorm)
    normal = _whole_statistics(first, waveform, network) if over_time else None
    for samples in waveform.chunks(CHUNK_ROWS):
        with torch.inference_mode():
            hidden = _given(samples, network)
            hidden = first(hidden) if normal is None else _first_layer(first, hidden, *normal)
            for layer in others:
                hidden = layer(hidden)
            yield hidden[0].T.float().cpu().numpy()


def _given(samples: np.ndarray, network: SpeechNetwork) -> Tensor:
    """(S,) samples as (1, 1, S) on the network's device, in its arithmetic."""
    return torch.from_numpy(samples)[None, None].to(network.device, network.module.dtype)


def _first_layer(layer: Any, samples: Tensor, mean: Tensor, variance: Tensor) -> Tensor:
    """The first layer on (1, 1, S) samples, with the whole recording's mean and variance (C, 1) of each channel."""
    norm = layer.layer_norm
    hidden = layer.conv(samples)
    level = (hidden.float() - mean) * torch.rsqrt(variance + norm.eps)
    scaled = level * norm.weight.float()[:, None] + norm.bias.float()[:, None]
    return layer.activation(scaled.to(hidden.dtype))


def _whole_statistics(layer: Any, waveform: Waveform, network: SpeechNetwork) -> tuple[Tensor, Tensor]:
    """Mean and variance of each channel of the first convolution over a recording: (C, 1) float32 each."""
    (reach,), (step,) = layer.conv.kernel_size, layer.conv.stride
    waiting = np.zeros(0, np.float32)
    sums = torch.zeros(2, layer.conv.out_channels, dtype=torch.float64)
    count = 0
    for block in waveform.blocks():
        waiting = np.concatenate([waiting, block])
        places = (len(waiting) - reach) // step + 1
        if places < 1:
            continue
        with torch.inference_mode():
            hidden = layer.conv(_given(waiting, network))[0].double()
            sums += torch.stack([hidden.sum(dim=1), hidden.square().sum(dim=1)]).cpu()
        count += places
        waiting = waiting[places * step :]
    mean, square = sums / count
    variance = (square - mean.square()).clamp(min=0.0)
    return mean.float()[:, None].to(network.device), variance.float()[:, None].to(network.device)
