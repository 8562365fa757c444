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
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from torch import Tensor

from gesta.audio.encoders.config import FEATURE_RATE, EncoderConfig
from gesta.audio.encoders.hub import CONFIG, PREPROCESSOR, model_folder, weights_file
from gesta.audio.encoders.projection import PROJECTED_SIZE, made_projection, read_projection
from gesta.audio.encoders.protocol import SpeechEncoder
from gesta.audio.encoders.rates import interpolated
from gesta.audio.encoders.waveform import KERNEL, STRIDE, Waveform
from gesta.devices import torch_device
from gesta.errors import InputError
from gesta.extras import extra_module
from gesta.hashing import file_sha256
from gesta.records import Speech, SpeechFeatures
from gesta.settings import read_table
from gesta.units import SAMPLE_RATE

CLASSES = {"hubert": "HubertModel", "wavlm": "WavLMModel"}
TRAINING_ONLY = "masked_spec_embed"
"""A tensor that only masks while the network learns; files may lack it."""
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
        self.purpose = f"The speech encoder '{config.kind}'"
        self.folder = model_folder(config.model_name, config.pinned_revision, self.purpose)
        self.described = read_table(self.folder / CONFIG, "model configuration")
        self.prepared = read_table(self.folder / PREPROCESSOR, "preprocessor configuration")
        _check(self.described, self.prepared, config, self.folder)

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
        return int(self.described["hidden_size"])

    @cached_property
    def fingerprint(self) -> str:
        """The kind, and a digest of the weights' contents and of every setting that changes the numbers."""
        projection = self.projection
        values = {
            "files": [file_sha256(self.folder / CONFIG), file_sha256(weights_file(self.folder))],
            "settings": self.config.model_dump(include={"low_layer", "as_published", "chunk_s", "precision"}),
            "normalised": self._normalised,
            "projection": None if projection is None else hashlib.sha256(projection.numpy().tobytes()).hexdigest(),
        }
        digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
        return f"{self.config.kind}-{digest[:DIGEST_LENGTH]}"

    @cached_property
    def projection(self) -> Tensor | None:
        """The fixed projection, where the settings ask for it: (hidden size, 256)."""
        if self.config.projection == "none":
            return None
        size = int(self.described["hidden_size"])
        if self.config.projection_file is not None:
            return read_projection(self.config.projection_file, size)
        return made_projection(size)

    @cached_property
    def network(self) -> Any:
        """The loaded network, on its device, ready to hear.

        Raises:
            InputError: the weights are damaged or lack tensors.
        """
        transformers = extra_module("transformers", self.purpose)
        kind: Any = getattr(transformers, CLASSES[self.config.kind])
        weights = weights_file(self.folder)
        try:
            with _quiet():
                network, told = kind.from_pretrained(
                    self.folder,
                    local_files_only=True,
                    use_safetensors=weights.suffix == ".safetensors",
                    dtype=getattr(torch, self.config.precision),
                    output_loading_info=True,
                )
        except (OSError, RuntimeError, ValueError, SafetensorError) as error:
            said = str(error).partition("\n")[0].rstrip(".")
            raise InputError(f"The weights '{weights}' cannot be loaded; fetch them again ({said}).") from None
        if missing := sorted(set(told["missing_keys"]) - {TRAINING_ONLY}):
            raise InputError(f"The weights '{weights}' lack {missing[0]} ({len(missing)} tensors); fetch them again.")
        return network.eval().requires_grad_(False).to(self.device)

    @cached_property
    def device(self) -> torch.device:
        """Where the network runs."""
        return torch_device(self.config.device)

    def stretches(self, speech: Speech) -> Iterator[SpeechFeatures]:
        """Consecutive features of a recording, one stretch for each chunk that the network hears."""
        waveform = Waveform.of(speech, self.config.as_published, self._normalised)
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
        given = torch.from_numpy(chunk)[None].to(self.device, self.network.dtype)
        with torch.inference_mode():
            said = self.network(given, output_hidden_states=True)
            levels = torch.stack([said.hidden_states[self.config.low_layer][0], said.last_hidden_state[0]]).float()
            if self.projection is not None:
                levels = levels @ self.projection.to(self.device)
            return torch.cat(list(levels), dim=1).cpu().numpy()

    @property
    def _normalised(self) -> bool:
        """Whether the network's own preprocessor brings recordings to mean 0 and variance 1."""
        return bool(self.prepared.get("do_normalize", True))


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep transformers from drawing progress bars and tables: what is wrong is said by our own errors."""
    told = extra_module("transformers.utils.logging", "Loading")
    level, drawing = told.get_verbosity(), told.is_progress_bar_enabled()
    told.set_verbosity_error()
    told.disable_progress_bar()
    try:
        yield
    finally:
        told.set_verbosity(level)
        if drawing:
            told.enable_progress_bar()


def _check(described: Mapping[str, Any], prepared: Mapping[str, Any], config: EncoderConfig, folder: Path) -> None:
    """Refuse a network of another kind, rate or convolution, and a layer that it does not have."""
    if described.get("model_type") != config.kind:
        raise InputError(f"'{folder}' holds a model of type '{described.get('model_type')}', not {config.kind}.")
    if prepared.get("sampling_rate", SAMPLE_RATE) != SAMPLE_RATE:
        raise InputError(f"The model in '{folder}' hears {prepared['sampling_rate']} Hz, but {SAMPLE_RATE} are needed.")
    reach, step = 1, 1
    for kernel, stride in zip(described.get("conv_kernel", ()), described.get("conv_stride", ()), strict=False):
        reach, step = reach + (kernel - 1) * step, step * stride
    if (reach, step) != (KERNEL, STRIDE):
        raise InputError(f"The model in '{folder}' has convolutions of {reach} and {step} samples, not 400 and 320.")
    size, layers = described.get("hidden_size"), described.get("num_hidden_layers")
    if not isinstance(size, int) or not isinstance(layers, int):
        raise InputError(f"The model configuration in '{folder}' lacks hidden_size or num_hidden_layers.")
    if config.low_layer > layers:
        raise InputError(f"low_layer is {config.low_layer}, but the model in '{folder}' has {layers} layers.")
    if config.projection == "official" and size < PROJECTED_SIZE:
        raise InputError(f"The model in '{folder}' has {size} channels; the projection needs {PROJECTED_SIZE} or more.")
