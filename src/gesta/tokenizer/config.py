"""The settings of the tokenizers, with their presets.

Two presets describe one code: `official` has the arithmetic of the published networks, `gesta` is what we would train.
Every difference between them is a field here.
"""

from typing import Literal

from pydantic import Field

from gesta.errors import unknown_name
from gesta.settings import Settings


class TokenizerLosses(Settings):
    """The weight of each loss; a change is the first difference along time and the second one, added."""

    rotation: float = Field(1.0, ge=0.0, description="angle between rotations, radians")
    rotation_change: float = Field(1.0, ge=0.0, description="change of rotation matrices")
    channels: float = Field(
        0.0, ge=0.0, description="error of the body's channels as the networks see them: small movements count too"
    )
    channels_change: float = Field(0.0, ge=0.0, description="its change")
    position: float = Field(1.0, ge=0.0, description="squared distance of joints and tips, square metres")
    position_change: float = Field(1.0, ge=0.0, description="change of their positions, metres")
    face: float = Field(
        1.0, ge=0.0, description="squared error of the face's weights; where normalised, by their variance"
    )
    face_change: float = Field(1.0, ge=0.0, description="squared error of their change")
    contact: float = Field(1.0, ge=0.0, description="squared error of contacts")
    translation: float = Field(1.0, ge=0.0, description="error of the lower part's translation, as the network sees it")
    foot_slide: float = Field(20.0, ge=0.0, description="steps of soles that are said to stand, metres")
    commitment: float = Field(1.0, ge=0.0, description="squared distance of latents from their codes")
    root_velocity: float = Field(1.0, ge=0.0, description="global motion's vx and vz, metres per second, added")
    root_velocity_change: float = Field(5.0, ge=0.0, description="their change")
    root_position: float = Field(1.0, ge=0.0, description="the path that follows from them, metres")
    root_position_change: float = Field(5.0, ge=0.0, description="its change")


class TokenizerConfig(Settings):
    """Sizes and behaviour of the tokenizers of all parts and of the global-motion autoencoder."""

    width: int = Field(256, ge=8, le=4096, description="numbers in one code")
    hidden: int | None = Field(
        None, ge=8, le=4096, description="channels of every convolution; as many as a code has numbers if not given"
    )
    straight: bool = Field(
        False,
        description="a linear path from a token's frames to its latents and back beside the convolutions, which alone "
        "are long blind to what moves little (LAB.md)",
    )
    levels: int = Field(6, ge=1, le=16, description="quantiser levels Q: a base and its residuals")
    codes: int = Field(256, ge=2, le=4096, description="entries of each level's codebook")
    halvings: int = Field(2, ge=2, le=2, description="strided convolutions: 2 make one token of 4 frames")
    residual_depth: int = Field(3, ge=1, le=5, description="residual blocks after each change of rate")
    dilation_growth: int = Field(3, ge=1, le=3, description="factor between the dilations of neighbouring blocks")
    dropout: float = Field(0.2, ge=0.0, lt=1.0, description="dropout inside residual blocks while training")
    global_layers: int = Field(4, ge=1, le=8, description="layers on each side of the global-motion autoencoder")
    codebook_decay: float = Field(0.99, gt=0.0, lt=1.0, description="moving average of the codebooks")
    dead_code_usage: float = Field(1.0, ge=0.0, description="codes used less (moving count per batch) are renewed")
    sampling_temperature: float = Field(
        0.5,
        ge=0.0,
        description="Gumbel noise on the choice of codes while training, against squared distances, whatever their "
        "scale (published: 0.5); 0 takes the nearest, which reconstructs better",
    )
    quantise_dropout: float = Field(
        0.0, ge=0.0, le=1.0, description="share of training clips that keep only a random number of levels"
    )
    normalise: bool = Field(False, description="channels have mean 0 and deviation 1 before they are encoded")
    translation: Literal["position", "velocity"] = Field(
        "position", description="what the lower part's translation channels hold: x, y, z, or vx, y, vz"
    )
    root_point: Literal["smplx", "pelvis"] = Field(
        "smplx", description="the point that translation channels speak of: SMPL-X's `trans`, or the pelvis joint"
    )
    root: Literal["global_motion", "lower"] = Field(
        "global_motion", description="where the decoded translation comes from"
    )
    contacts_for_global_motion: bool = Field(
        False, description="the global-motion autoencoder sees contacts in training, as it does when used"
    )
    losses: TokenizerLosses = Field(TokenizerLosses(), description="what training minimises")
    emphasis: dict[str, float] = Field(
        {}, description="how many times as much the channels of a joint count in the losses of channels, by its name"
    )
    causal_decoder: bool = Field(False, description="decoders look back only, so that a stream can be decoded")

    @property
    def inner(self) -> int:
        """Channels of every convolution."""
        return self.hidden or self.width


GESTA: dict[str, object] = {
    "sampling_temperature": 0.0,
    "losses": {"commitment": 0.1},
    "quantise_dropout": 0.2,
    "normalise": True,
    "translation": "velocity",
    "root_point": "pelvis",
    "contacts_for_global_motion": True,
}
SMALL_SIZES: dict[str, object] = {
    "width": 96,
    "codes": 128,
    "residual_depth": 2,
    "dropout": 0.0,
    "global_layers": 2,
}
PRESETS: dict[str, dict[str, object]] = {
    "official": {},
    "gesta": GESTA,
    "small": {**GESTA, **SMALL_SIZES},
    "mini": {**GESTA, **SMALL_SIZES, "width": 48},
}
"""Presets by name: what differs from the published sizes and behaviour."""


def tokenizer_config(preset: str = "gesta", **changes: object) -> TokenizerConfig:
    """A preset with some fields changed; InputError for an unknown preset or field."""
    if preset not in PRESETS:
        raise unknown_name("tokenizer preset", preset, PRESETS)
    return TokenizerConfig.checked({**PRESETS[preset], **changes}, f"the tokenizer preset '{preset}'")
