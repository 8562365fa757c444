"""HuBERT and WavLM as speech encoders, through transformers: one forward for each chunk gives both levels.

The lower level is a hidden state (11 as published: what the eleventh block gives), the higher one the last. Both come
at 50 features a second and are interpolated to motion frames. With `as_published` everything is as in the code that
EchoMask was released with: the network hears 22,050 Hz samples as if they were 16,000 Hz ones, and frame i stands at
sample 533 i (30.02 Hz), of which there are S // 533. Those are paired with motion frame i by their number, as in
the published training: cut to the motion's frames, the last one repeated if one is lacking. That drifts by 1.1 frames
a minute, which is why it is an option.
"""

import hashlib
import json
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gesta.audio.encoders.config import FEATURE_RATE, EncoderConfig
from gesta.audio.encoders.loading import SpeechNetwork
from gesta.audio.encoders.projection import PROJECTED_SIZE, made_projection, read_projection
from gesta.audio.encoders.protocol import SpeechEncoder
from gesta.audio.encoders.rates import interpolated
from gesta.audio.encoders.waveform import Waveform
from gesta.errors import InputError
from gesta.records import Speech, SpeechFeatures

PUBLISHED_HOP = 533
"""Samples at 16 kHz between the published code's frames: int(16000 / 30)."""
DIGEST_LENGTH = 16


class NetworkEncoder(SpeechEncoder):
    """A speech network with its settings. Its files are looked up at once; it is loaded when first needed."""

    def __init__(self, config: EncoderConfig) -> None:
        """Find the network's files.

        Raises:
            InputError: they are not there and cannot be fetched, or do not fit the settings.
        """
        self.config = config
        purpose = f"The speech encoder '{config.kind}'"
        self.files = SpeechNetwork(
            config.kind, config.model_name, config.pinned_revision, config.device, config.precision, purpose
        )
        _check(self.files, config)

    @property
    def name(self) -> str:
        """The kind of network."""
        return self.config.kind

    @property
    def low_size(self) -> int:
        """Channels of the lower level."""
        return self.high_size

    @property
    def high_size(self) -> int:
        """Channels of the higher level."""
        if self.projection is not None:
            return int(self.projection.shape[1])
        return self.files.size

    @cached_property
    def fingerprint(self) -> str:
        """The kind, and a digest of the weights' contents and of every setting that changes the numbers."""
        projection = self.projection
        values = {
            "files": self.files.files_sha256,
            "settings": self.config.model_dump(include={"low_layer", "as_published", "chunk_s", "precision"}),
            "normalised": self.files.normalised,
            "projection": None if projection is None else hashlib.sha256(projection.numpy().tobytes()).hexdigest(),
        }
        digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
        return f"{self.config.kind}-{digest[:DIGEST_LENGTH]}"

    @cached_property
    def projection(self) -> Tensor | None:
        """The fixed projection, where the settings ask for it: (hidden size, 256)."""
        if self.config.projection == "none":
            return None
        if self.config.projection_file is not None:
            return read_projection(self.config.projection_file, self.files.size)
        return made_projection(self.files.size)

    @property
    def network(self) -> Any:
        """The loaded network, on its device, ready to hear.

        Raises:
            InputError: the weights are damaged or lack tensors.
        """
        return self.files.module

    def stretches(self, speech: Speech) -> Iterator[SpeechFeatures]:
        """Consecutive features of a recording, one stretch for each chunk that the network hears."""
        waveform = Waveform.of(speech, self.config.as_published, self.files.normalised)
        frames = speech.frame_count
        places = speech.sample_count // PUBLISHED_HOP if self.config.as_published else frames
        heard = (self._hear(chunk) for chunk in waveform.chunks(round(self.config.chunk_s * FEATURE_RATE)))
        start = 0
        for rows in interpolated(heard, waveform.feature_count, places, frames):
            low, high = np.split(rows, [self.low_size], axis=1)
            yield SpeechFeatures(low, high, self.fingerprint, start)
            start += len(rows)

    def _hear(self, chunk: np.ndarray) -> np.ndarray:
        """(S,) samples to (n, low_size + high_size) features: both levels from one forward."""
        given = torch.from_numpy(chunk)[None].to(self.files.device, self.network.dtype)
        with torch.inference_mode():
            said = self.network(given, output_hidden_states=True)
            levels = torch.stack([said.hidden_states[self.config.low_layer][0], said.last_hidden_state[0]]).float()
            if self.projection is not None:
                levels = levels @ self.projection.to(self.files.device)
            return torch.cat(list(levels), dim=1).cpu().numpy()


def _check(network: SpeechNetwork, config: EncoderConfig) -> None:
    """Refuse a layer that the network does not have, and a projection that it is too narrow for."""
    if config.low_layer > network.layers:
        raise InputError(
            f"low_layer is {config.low_layer}, but the model in '{network.folder}' has {network.layers} layers."
        )
    if config.projection == "official" and network.size < PROJECTED_SIZE:
        said = f"has {network.size} channels; the projection needs {PROJECTED_SIZE} or more"
        raise InputError(f"The model in '{network.folder}' {said}.")
