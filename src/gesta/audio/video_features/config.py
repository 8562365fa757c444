"""Which video features, with their settings."""

from typing import Literal, Self

from pydantic import Field, model_validator

from gesta.audio.encoders.config import HUBS, PINNED, Precision
from gesta.devices import Device
from gesta.settings import Settings
from gesta.units import VIDEO_FPS

NETWORKS = {"wavlm_handmade": "wavlm", "wav2vec2": "wav2vec2"}
"""Kinds that need a speech network, with the kind of network."""


class VideoFeaturesConfig(Settings):
    """Video features. All fields but `kind` belong to the networks (wavlm_handmade, wav2vec2)."""

    kind: Literal["spectral", "wavlm_handmade", "wav2vec2"] = Field(
        "spectral", description="spectral needs no download; the others are MMGT's for keypoints and for pictures"
    )
    model: str | None = Field(None, description="folder, or name on the hub; none: the usual model of its kind")
    revision: str | None = Field(
        None,
        pattern="^[0-9a-f]{40}$",
        description="the hub's commit, 40 hexadecimal digits; known for the usual models",
    )
    context: Literal["whole", "slices"] = Field(
        "whole", description="slices: wavlm_handmade hears each 3.2 s on its own, as published when speaking"
    )
    padded_to: int = Field(
        1, ge=1, le=1000, description="wav2vec2 hears silence up to a multiple of so many frames; 80 as published"
    )
    chunk_s: float = Field(20.0, ge=3.2, le=120.0, description="seconds whose features are computed at once")
    surround_s: float = Field(4.0, ge=0.0, le=30.0, description="seconds heard besides on each side of a chunk")
    device: Device = Field("auto", description="where the network runs")
    precision: Precision = Field("float32", description="the network's arithmetic")

    @model_validator(mode="after")
    def _whole_frames(self) -> Self:
        for name in ("chunk_s", "surround_s"):
            if not float(getattr(self, name) * VIDEO_FPS).is_integer():
                raise ValueError(f"{name} must be a multiple of {1.0 / VIDEO_FPS:g} s")
        return self

    @property
    def network(self) -> str:
        """The kind of network that is meant; empty for spectral."""
        return NETWORKS.get(self.kind, "")

    @property
    def model_name(self) -> str:
        """The folder or name that is meant."""
        return self.model or HUBS.get(self.network, "")

    @property
    def pinned_revision(self) -> str | None:
        """The hub's commit that is meant; none for a folder, or for a name that nothing is known of."""
        return self.revision or PINNED.get(self.model_name)

    @property
    def chunk_frames(self) -> int:
        """`chunk_s` in video frames."""
        return round(self.chunk_s * VIDEO_FPS)

    @property
    def surround_frames(self) -> int:
        """`surround_s` in video frames."""
        return round(self.surround_s * VIDEO_FPS)
