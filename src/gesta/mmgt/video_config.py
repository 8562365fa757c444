"""The settings of the video network, stage 2 of MMGT: its sizes, its pictures, how it hears, its noise; with presets.

`official` has the arithmetic and the behaviour of the released code, quirks included; `gesta` is what we would train.
Every difference between them is one field here, so that each can be tried by a flag. Source: MMGT (arXiv 2505.23120)
and its released code.
"""

import math
from typing import Literal, Self

from pydantic import Field, model_validator

from gesta.audio.video_features.spectral import SIZE as SPECTRAL_SIZE
from gesta.errors import unknown_name
from gesta.keypoints.drawing import DrawingStyle
from gesta.keypoints.mask_steps import MaskSteps
from gesta.keypoints.masks import FULL_VARIANTS
from gesta.settings import Settings

Betas = Literal["linear", "scaled_linear"]
Place = Literal["down", "mid", "up"]
RegionWeights = tuple[float, float, float]
"""Weights of the regions full, face and lip."""
PICTURE_CHANNELS = 3


class VideoSizes(Settings):
    """How large the networks are. The defaults are the published ones."""

    widths: tuple[int, ...] = Field(
        (320, 640, 1280, 1280), min_length=2, max_length=6, description="channels at each resolution, finest first"
    )
    layers: int = Field(2, ge=1, le=8, description="layers at each resolution on the way down; one more on the way up")
    heads: int = Field(8, ge=1, le=64, description="attention heads, of every kind")
    groups: int = Field(32, ge=1, le=64, description="groups of the group normalisations")
    image_token: int = Field(768, ge=3, le=8192, description="size E of the token that stands for the picture")
    audio_tokens: int = Field(32, ge=1, le=256, description="audio tokens N of a frame")
    audio_token: int = Field(768, ge=1, le=8192, description="size of an audio token")
    audio_hidden: int = Field(512, ge=1, le=8192, description="inner width of the audio projection")
    audio_layers: int = Field(12, ge=1, le=64, description="layers L of the speech features")
    audio_channels: int = Field(768, ge=1, le=8192, description="channels of one layer of the speech features")
    audio_span: int = Field(5, ge=1, le=65, description="frames of speech that a frame hears, itself in the middle")
    pose_widths: tuple[int, ...] = Field(
        (16, 32, 96, 256),
        min_length=1,
        max_length=8,
        description="channels of the pose guider at each size, picture first",
    )
    longest_window: int = Field(32, ge=1, le=1024, description="frames that the motion modules can tell apart")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        for width in self.widths:
            if width < 1 or width % self.heads or width % self.groups:
                raise ValueError(f"a width of {width} is not shared by {self.heads} heads and {self.groups} groups")
        if self.audio_span % 2 == 0:
            raise ValueError("audio_span must be odd, for a frame to be in its middle")
        return self


class PictureSettings(Settings):
    """What pictures are to the network."""

    side: int = Field(512, ge=8, le=4096, description="side of the square canvas in pixels")
    factor: int = Field(8, ge=1, le=64, description="pixels along a side for one latent; a power of two")
    latent_channels: int = Field(4, ge=1, le=4096, description="channels of a latent")
    autoencoder: Literal["kl", "convolutional", "patches"] = Field(
        "kl",
        description="Stable Diffusion's autoencoder, a small one that the stage autoencoder trains, or patches of "
        "pixels as they are (nothing to train or fetch)",
    )
    image_token: Literal["clip", "grid"] = Field(
        "clip", description="CLIP's embedding of the picture, or its mean colours over a grid (nothing to fetch)"
    )

    positions: Literal["none", "sines"] = Field(
        "none",
        description="whether spatial attention is told where in the picture a place is; published: it is not, and need "
        "not be where it begins with Stable Diffusion's weights",
    )

    @property
    def grid(self) -> int:
        """Latents along a side of the canvas."""
        return self.side // self.factor

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.factor & (self.factor - 1):
            raise ValueError(f"the factor {self.factor} is no power of two")
        if self.side % self.factor:
            raise ValueError(f"a side of {self.side} pixels is no multiple of the factor {self.factor}")
        if self.autoencoder == "patches" and self.latent_channels != PICTURE_CHANNELS * self.factor**2:
            raise ValueError(
                f"patches of {self.factor} pixels have {PICTURE_CHANNELS * self.factor**2} latent channels"
            )
        return self


class HearingSettings(Settings):
    """MM-HAA, the motion-masked hierarchical audio attention."""

    places: tuple[Place, ...] = Field(
        ("down", "mid", "up"),
        description="where it stands; the paper's figure: everywhere, the released code: down; none: nothing is heard",
    )
    inner_width: Literal["own", "input"] = Field(
        "own", description="the width it works at: its layer's, or as published that of what enters the block"
    )
    mask: Literal["after_output", "before_output", "none"] = Field(
        "after_output",
        description="mask a region's answer, or as published only what its output layer reads; none, for comparison: "
        "every region hears everywhere",
    )
    zero_exit: bool = Field(True, description="begin as the identity; published: only regions' answers begin at zero")
    training_weights: RegionWeights = Field(
        (1.0, 2.0, 3.0), description="weights of the regions full, face and lip while training"
    )
    sampling_weights: RegionWeights = Field((1.0, 2.0, 3.0), description="the same while sampling")


class NoiseSettings(Settings):
    """The noise schedule: v-prediction, trailing steps."""

    steps: int = Field(1000, ge=2, le=10_000, description="noise levels")
    schedule: Betas = Field("scaled_linear", description="how the noise grows with the level")
    sampling_schedule: Literal["same", "linear", "scaled_linear"] = Field(
        "same", description="the schedule while sampling; the released code trains with one and samples with another"
    )
    beta_start: float = Field(0.00085, gt=0.0, lt=1.0, description="of the first level")
    beta_end: float = Field(0.012, gt=0.0, lt=1.0, description="of the last level")
    zero_terminal_snr: bool = Field(True, description="nothing of the picture is left at the last level")
    answer: Literal["velocity", "clean"] = Field(
        "velocity",
        description="what the last layer says: the velocity, as published, or the clean latent, which it follows from; "
        "the noise of many latent channels does not fit through a narrow network",
    )

    @property
    def sampling(self) -> Betas:
        """The schedule while sampling."""
        return self.schedule if self.sampling_schedule == "same" else self.sampling_schedule


class VideoConfig(Settings):
    """The whole video network."""

    sizes: VideoSizes = VideoSizes()
    picture: PictureSettings = PictureSettings()
    hearing: HearingSettings = HearingSettings()
    noise: NoiseSettings = NoiseSettings()
    pose: Literal["drawn", "withheld"] = Field(
        "drawn", description="whether the network is shown drawn keypoints or, for comparison, not"
    )
    window: int = Field(12, ge=1, le=1024, description="frames that are trained and denoised together")
    full_mask: str = Field(
        "outside_lips", description="what the region full is: a name in FULL_VARIANTS of the keypoints"
    )
    mask_steps: MaskSteps = Field(
        "smooth", description="masks that move as evenly as the points, or as published in bytes and whole pixels"
    )
    drawing: DrawingStyle = Field(
        "released_code", description="how poses are coloured: as the released code or its example film has them"
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        sizes, picture = self.sizes, self.picture
        wanted = 1 + int(math.log2(picture.factor))
        if len(sizes.pose_widths) != wanted:
            raise ValueError(f"a factor of {picture.factor} needs {wanted} pose_widths, one for each size")
        if picture.grid % 2 ** (len(sizes.widths) - 1):
            raise ValueError(f"{picture.grid} latents along a side cannot be halved {len(sizes.widths) - 1} times")
        cells = sizes.image_token // PICTURE_CHANNELS
        if picture.image_token == "grid" and PICTURE_CHANNELS * math.isqrt(cells) ** 2 != sizes.image_token:
            raise ValueError("image_token must be three colours on a square grid, for example 3 x 16 = 48")
        if picture.positions == "sines" and any(width % 4 for width in sizes.widths):
            raise ValueError("positions need widths that are multiples of 4")
        if self.full_mask not in FULL_VARIANTS:
            raise ValueError(f"full_mask must be one of {', '.join(FULL_VARIANTS)}")
        if self.window > sizes.longest_window:
            raise ValueError(f"a window of {self.window} frames is longer than {sizes.longest_window}")
        return self


OFFICIAL: dict[str, object] = {
    "hearing": {
        "places": ("down",),
        "inner_width": "input",
        "mask": "before_output",
        "zero_exit": False,
        # What runs: training asks for 1, 2 and 3 and does not pass them on, sampling asks for 1, 1 and 2.
        "training_weights": (1.0, 1.0, 1.0),
        "sampling_weights": (1.0, 1.0, 2.0),
    },
    "noise": {"sampling_schedule": "linear"},
    "full_mask": "everything_and_lips",
    "mask_steps": "as_published",
}
SMALL_SIZES: dict[str, object] = {
    "widths": (64, 64, 96),
    "layers": 1,
    "heads": 2,
    "image_token": 48,
    "audio_tokens": 8,
    "audio_token": 64,
    "audio_hidden": 128,
    "audio_layers": 1,
    "audio_channels": SPECTRAL_SIZE,
    "pose_widths": (16, 32, 64),
}
MINI_SIZES: dict[str, object] = SMALL_SIZES | {
    "widths": (32, 24),
    "groups": 8,
    "audio_tokens": 4,
    "audio_token": 32,
    "audio_hidden": 32,
    "pose_widths": (8, 16, 16),
}
PATCHES: dict[str, object] = {
    "factor": 4,
    "latent_channels": 48,
    "autoencoder": "patches",
    "image_token": "grid",
}
VIDEO_PRESETS: dict[str, dict[str, object]] = {
    "official": {**OFFICIAL},
    "gesta": {},
    "small": {"sizes": SMALL_SIZES, "picture": PATCHES | {"side": 128}, "noise": {"answer": "clean"}},
    "mini": {"sizes": MINI_SIZES, "picture": PATCHES | {"side": 64}, "noise": {"answer": "clean"}},
}
"""Presets by name: what differs from the fields' defaults. They have 2,302 (official), 2,602 (gesta), 8.5 (small) and
0.92 (mini) million parameters."""


def video_config(preset: str = "gesta", **changes: object) -> VideoConfig:
    """A preset with some top-level fields replaced; InputError for an unknown preset or field."""
    if preset not in VIDEO_PRESETS:
        raise unknown_name("video preset", preset, VIDEO_PRESETS)
    return VideoConfig.checked({**VIDEO_PRESETS[preset], **changes}, f"the video preset '{preset}'")
