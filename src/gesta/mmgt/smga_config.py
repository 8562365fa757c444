"""The settings of SMGA, which turns speech into keypoints: sizes, wiring, diffusion, losses, sampling; with presets.

`official` has the arithmetic and the behaviour of the released code, quirks included; `gesta` is what we would train.
Every difference between them is one field here, so that each can be tried by a flag.
Source: MMGT's released stage 1, which descends from EDGE (arXiv 2211.10658) and S2G-MDDiffusion (arXiv 2404.01862).
"""

from typing import Literal, Self

from pydantic import Field, model_validator

from gesta.errors import unknown_name
from gesta.settings import Settings

RotaryPlace = Literal["per_head", "full_width"]
Timing = Literal["in_step", "as_published"]


class SmgaSizes(Settings):
    """How large the network is. The defaults are the published network's."""

    frames: int = Field(80, ge=8, le=1024, description="video frames F that are generated at once (3.2 s)")
    width: int = Field(512, ge=8, le=8192, multiple_of=2, description="width of the transformers")
    feed_forward: int = Field(1024, ge=8, le=32768, description="inner width of the transformer layers")
    layers: int = Field(8, ge=1, le=64, description="decoder layers")
    heads: int = Field(8, ge=1, le=128, description="attention heads")
    audio_layers: int = Field(2, ge=0, le=32, description="layers of the audio encoder")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.width % (2 * self.heads):
            raise ValueError(f"a width of {self.width} cannot be shared among {self.heads} heads in pairs")
        return self


class KeypointDiffusion(Settings):
    """How training poses are covered with noise."""

    steps: int = Field(1000, ge=2, le=100_000, description="noise levels of the cosine schedule")
    offset: float = Field(0.008, ge=0.0, lt=1.0, description="s of the cosine schedule")
    largest_beta: float = Field(0.999, gt=0.0, lt=1.0, description="a level adds no more noise than this")
    limit: float = Field(1.0, gt=0.0, description="predicted numbers of poses are cut to within plus or minus this")
    continued_share: float = Field(
        0.9, ge=0.0, le=1.0, description="share of training clips whose first frames are known, where that is learned"
    )
    deaf_share: float = Field(0.25, ge=0.0, lt=1.0, description="share of training clips whose speech is withheld")
    first_share: float = Field(
        0.25,
        ge=0.0,
        le=1.0,
        description="share of training clips that begin a take, where the anchor is the take's",
    )
    stray: float = Field(
        0.3, ge=0.0, description="how far training clips begin beside their true place, to which they then find back"
    )


class KeypointLosses(Settings):
    """What the network is trained with: squared errors of positions and of their first and second differences."""

    velocity: float = Field(1.0, ge=0.0, description="weight of the differences from frame to frame")
    acceleration: float = Field(1.0, ge=0.0, description="weight of the second differences")
    face: float = Field(3.0, ge=0.0, description="weight of the same three for the 68 face points alone")
    lips: float = Field(
        0.0, ge=0.0, description="weight of positions and differences of lip points against the middle of the mouth"
    )
    scores: float = Field(0.5, ge=0.0, description="weight of a score's error, that of a coordinate's being 1")
    hidden_points: Literal["ignored", "counted"] = Field(
        "ignored", description="whether the places of points that nobody saw count, as published"
    )


class KeypointSampling(Settings):
    """How poses are made."""

    steps: int = Field(50, ge=1, le=1000, description="passes of the network for each window")
    eta: float = Field(0.0, ge=0.0, le=1.0, description="new chance in each step: 1 as published, 0 none (DDIM)")
    spacing: Literal["square", "even"] = Field(
        "square", description="steps lie closer where little noise is left, or evenly, as published"
    )
    guidance: float = Field(2.0, ge=0.0, le=20.0, description="how much more is made of the speech; 1: as learned")
    overlap: int = Field(16, ge=1, le=512, description="frames that a window shares with the one before it")
    candidates: int = Field(1, ge=1, le=64, description="continuations that the smoothest is chosen from")


class SmgaConfig(Settings):
    """The whole of stage 1."""

    sizes: SmgaSizes = SmgaSizes()
    diffusion: KeypointDiffusion = KeypointDiffusion()
    losses: KeypointLosses = KeypointLosses()
    sampling: KeypointSampling = KeypointSampling()
    audio_size: int = Field(1059, ge=1, le=65_536, description="numbers that are heard for each video frame")
    streams: Literal["split", "single"] = Field(
        "split", description="whether face and body have attention of their own, as published, or the pose has one"
    )
    entries: Literal["separate", "shared"] = Field(
        "separate", description="one input layer each for face and body, as in the paper, or one for both, as published"
    )
    wiring: Literal["both", "face_only"] = Field(
        "both", description="streams that a layer hands on; as published, the body's begins anew in each layer"
    )
    diffused: Literal["shapes", "displacements", "poses"] = Field(
        "shapes",
        description="what noise covers: how far points have gone from the initial pose, of face and hands against nose "
        "and wrists; the same without that; or whole poses",
    )
    anchor: Literal["take", "window"] = Field(
        "take", description="whose first pose a window is shown: its take's, to which it can find back, or its own"
    )
    first_pose: Literal["shapes", "places"] = Field(
        "shapes", description="how the pose is told that a window is shown: shapes of face and hands, or places alone"
    )
    rotary: RotaryPlace = Field(
        "per_head", description="where positions turn queries and keys: each head's own, or the full width before it"
    )
    score_scale: Literal["own", "as_published"] = Field(
        "own", description="scores have a scale of their own, or the coordinates', in which they drown in noise"
    )
    continuing: Literal["learned", "replaced"] = Field(
        "learned", description="how a window follows known frames: shown them in training, or by sampling alone"
    )
    timing: Timing = Field(
        "in_step", description="poses in step with the speech, or late by 40 ms twice, in training and afterwards"
    )
    legs: Literal["kept", "zeroed"] = Field("kept", description="whether knees and ankles are zeroed, as published")
    dropout: float = Field(0.1, ge=0.0, lt=1.0, description="dropout while training")

    @model_validator(mode="after")
    def _windows_advance(self) -> Self:
        if self.sampling.overlap > self.sizes.frames // 2:
            raise ValueError(f"windows of {self.sizes.frames} frames cannot share more than half with the one before")
        if self.streams == "single" and self.wiring == "face_only":
            raise ValueError("a single stream has no face that could be handed on alone; set wiring to both")
        return self


SMALL_SIZES = {"width": 128, "feed_forward": 256, "layers": 3, "heads": 4, "audio_layers": 1}
MINI_SIZES = {"frames": 32, "width": 48, "feed_forward": 96, "layers": 2, "heads": 2, "audio_layers": 1}
SMGA_PRESETS: dict[str, dict[str, object]] = {
    "official": {
        "losses": {"scores": 1.0, "hidden_points": "counted"},
        "sampling": {"eta": 1.0, "spacing": "even"},
        "entries": "shared",
        "wiring": "face_only",
        "diffused": "poses",
        "anchor": "window",
        "first_pose": "places",
        "rotary": "full_width",
        "continuing": "replaced",
        "score_scale": "as_published",
        "timing": "as_published",
        "legs": "zeroed",
    },
    "gesta": {},
    "small": {"sizes": SMALL_SIZES},
    "mini": {"sizes": MINI_SIZES, "sampling": {"overlap": 8}},
}
"""Presets by name: what differs from the fields' defaults. `official` and `gesta` have 73, `small` 2 and `mini`
(for tests) 0.4 million parameters. No preset smooths the poses with splines, as the released script does."""


def smga_config(preset: str = "gesta", **changes: object) -> SmgaConfig:
    """A preset with some top-level fields replaced; InputError for an unknown preset or field."""
    if preset not in SMGA_PRESETS:
        raise unknown_name("keypoint preset", preset, SMGA_PRESETS)
    return SmgaConfig.checked({**SMGA_PRESETS[preset], **changes}, f"the keypoint preset '{preset}'")
