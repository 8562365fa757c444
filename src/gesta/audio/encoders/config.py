"""Which speech encoder, with its settings."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from gesta.devices import Device
from gesta.settings import Settings

HUBS = {
    "hubert": "facebook/hubert-large-ls960-ft",
    "wavlm": "microsoft/wavlm-large",
    "wav2vec2": "facebook/wav2vec2-base-960h",
}
"""The models that are meant where none is named."""
PINNED = {
    "facebook/hubert-large-ls960-ft": "ece5fabbf034c1073acae96d5401b25be96709d8",
    "microsoft/wavlm-large": "c1423ed94bb01d80a3f5ce5bc39f6026a0f4828c",
    "facebook/wav2vec2-base-960h": "22aad52d435eb6dbaf354bdad9b0da84ce7d6156",
}
"""The hub's commits (2022-05-24, 2022-02-02, and 2022-11-14 with weights in safetensors) that are meant where none is
given."""
Precision = Literal["float32", "bfloat16", "float16"]
"""Arithmetic that a network can run in, by torch's names."""
FEATURE_RATE = 50
"""Frames a second of the networks' own features (a convolution of stride 320 at 16 kHz)."""


class EncoderConfig(Settings):
    """A speech encoder. All fields but `kind` belong to the networks (hubert, wavlm)."""

    kind: Literal["spectral", "accented", "hubert", "wavlm"] = Field(
        "spectral", description="spectral and accented (with accents marked) need no download"
    )
    model: str | None = Field(None, description="folder, or name on the hub; none: the large model of its kind")
    revision: str | None = Field(
        None,
        pattern="^[0-9a-f]{40}$",
        description="the hub's commit, 40 hexadecimal digits; known for the usual models",
    )
    low_layer: int = Field(
        11, ge=0, le=200, description="hidden state of the lower level; 0 is what the first block is given"
    )
    as_published: bool = Field(
        False, description="the network hears 22,050 Hz samples as if they were 16,000 Hz, frames come at hop 533"
    )
    projection: Literal["none", "official"] = Field(
        "none", description="official: EchoMask's fixed orthonormal projection to 256 channels"
    )
    projection_file: Path | None = Field(None, description="the official projection's torch file; none: made from seed")
    chunk_s: float = Field(20.0, ge=1.0, le=120.0, description="seconds that the network hears at once")
    device: Device = Field("auto", description="where the network runs")
    precision: Precision = Field("float32", description="the network's arithmetic")

    @model_validator(mode="after")
    def _whole_chunks(self) -> Self:
        if (self.chunk_s * FEATURE_RATE) % 1.0:
            raise ValueError(f"chunk_s must be a multiple of {1.0 / FEATURE_RATE:g} s")
        return self

    @property
    def model_name(self) -> str:
        """The folder or name that is meant."""
        return self.model or HUBS.get(self.kind, "")

    @property
    def pinned_revision(self) -> str | None:
        """The hub's commit that is meant; none for a folder, or for a name that nothing is known of."""
        return self.revision or PINNED.get(self.model_name)
