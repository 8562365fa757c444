"""A pretrained speech network from its folder: described at once, its weights read when it first has to hear."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError

from gesta.audio.encoders.hub import CONFIG, PREPROCESSOR, model_folder, weights_file
from gesta.audio.encoders.waveform import KERNEL, STRIDE
from gesta.devices import torch_device
from gesta.errors import InputError
from gesta.extras import extra_module
from gesta.hashing import file_sha256
from gesta.settings import read_table
from gesta.units import SAMPLE_RATE

CLASSES = {"hubert": "HubertModel", "wavlm": "WavLMModel", "wav2vec2": "Wav2Vec2Model"}
"""Kinds of network (`model_type`) and what transformers calls them."""
TRAINING_ONLY = "masked_spec_embed"
"""A tensor that only masks while the network learns; files may lack it."""


class SpeechNetwork:
    """A network's files, and the network in them.

    Attributes:
        kind: a name in CLASSES.
        purpose: what needs it, as the beginning of the sentence a user reads.
        folder: holds its files.
        described, prepared: its own configuration and its preprocessor's, as plain tables.
    """

    def __init__(self, kind: str, name: str, revision: str | None, device: str, precision: str, purpose: str) -> None:
        """Find the network's files and check what they say; nothing large is read.

        Args:
            kind: a name in CLASSES.
            name: a folder, or a name on the hub.
            revision: the hub's commit; without one nothing is fetched.
            device: where the network runs, a name in gesta.devices.
            precision: its arithmetic, a name of torch's such as "float32".
            purpose: see the class.

        Raises:
            InputError: files are missing and cannot be fetched, or are of another kind, rate or convolution.
        """
        self.kind = kind
        self.purpose = purpose
        self.folder = model_folder(name, revision, purpose)
        self.described = read_table(self.folder / CONFIG, "model configuration")
        self.prepared = read_table(self.folder / PREPROCESSOR, "preprocessor configuration")
        self._device, self._precision = device, precision
        _check(self.described, self.prepared, kind, self.folder)

    @property
    def size(self) -> int:
        """Channels of every layer."""
        return int(self.described["hidden_size"])

    @property
    def layers(self) -> int:
        """Number of transformer layers L."""
        return int(self.described["num_hidden_layers"])

    @property
    def normalised(self) -> bool:
        """Whether its own preprocessor brings recordings to mean 0 and variance 1."""
        return bool(self.prepared.get("do_normalize", True))

    @cached_property
    def files_sha256(self) -> list[str]:
        """Digests of its configuration and of its weights."""
        return [file_sha256(self.folder / CONFIG), file_sha256(weights_file(self.folder))]

    @cached_property
    def module(self) -> Any:
        """The loaded network, on its device, ready to hear.

        Raises:
            InputError: the weights are damaged or lack tensors, or transformers is not installed.
        """
        transformers = extra_module("transformers", self.purpose)
        kind: Any = getattr(transformers, CLASSES[self.kind])
        weights = weights_file(self.folder)
        try:
            with _quiet():
                network, told = kind.from_pretrained(
                    self.folder,
                    local_files_only=True,
                    use_safetensors=weights.suffix == ".safetensors",
                    dtype=getattr(torch, self._precision),
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
        return torch_device(self._device)


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


def _check(described: Mapping[str, Any], prepared: Mapping[str, Any], kind: str, folder: Path) -> None:
    """Refuse a network of another kind, rate or convolution."""
    if described.get("model_type") != kind:
        raise InputError(f"'{folder}' holds a model of type '{described.get('model_type')}', not {kind}.")
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
