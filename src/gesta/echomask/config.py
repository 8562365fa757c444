"""The settings of the generator: its sizes, what it may hear, how frames are masked, how it is trained; with presets.

`official` has the arithmetic and the behaviour of the released code, quirks included; `gesta` is what we would train.
Every difference between them is one field here, so that each can be tried by a flag.
"""

from typing import Literal, Self, get_args

from pydantic import Field, model_validator

from gesta.errors import unknown_name
from gesta.settings import Settings

MASK_POLICIES = ("speech_query", "as_published", "random", "loss", "motion_energy", "none")
ResidualForm = Literal["levels", "sum"]
ResidualReads = Literal["features", "codes"]
Residuals = Literal["likeliest", "expected"]
Order = Literal["surest", "earliest"]
MaskPolicy = Literal["speech_query", "as_published", "random", "loss", "motion_energy", "none"]


class Sizes(Settings):
    """How large the generator is. The defaults are the published network's."""

    window: int = Field(64, ge=16, le=1024, multiple_of=4, description="motion frames T that are generated at once")
    seed_frames: int = Field(
        4, ge=4, le=512, multiple_of=4, description="frames that continue what came before a window"
    )
    latent: int = Field(256, ge=8, le=4096, description="width of speech and motion features and of the codes")
    width: int = Field(768, ge=8, le=8192, description="width of the transformers")
    heads: int = Field(4, ge=1, le=128, description="attention heads")
    feed_forward: int = Field(1536, ge=8, le=32768, description="inner width of the transformer layers")
    face_layers: int = Field(4, ge=1, le=32, description="layers of the face decoder")
    cross_layers: int = Field(
        8, ge=1, le=32, description="layers of the cross-attention that scores frames and moves bodies"
    )
    cross_feed_forward: int = Field(2048, ge=8, le=32768, description="its inner width")
    exchange_feed_forward: int = Field(
        512, ge=8, le=32768, description="inner width where parts tell each other, and in MAM"
    )
    classifier: int = Field(768, ge=8, le=32768, description="inner width of the base classifiers")
    residual_layers: int = Field(3, ge=1, le=16, description="layers for each residual level")
    residual_heads: int = Field(8, ge=1, le=128, description="attention heads for the residual levels")
    residual_feed_forward: int = Field(1024, ge=8, le=32768, description="inner width for the residual levels")
    alignment_layers: int = Field(2, ge=1, le=16, description="layers of each of MAM's three encoders")
    alignment_heads: int = Field(4, ge=1, le=128, description="attention heads in MAM and in the exchange")
    motion_layers: int = Field(3, ge=1, le=16, description="convolution layers that read the visible motion")
    token_layers: int = Field(
        0,
        ge=0,
        le=32,
        description="transformer layers that read known tokens; 0: frames only, as published",
    )
    nearby: int = Field(
        0,
        ge=0,
        le=8192,
        description="inner width of the perceptron that reads the known tokens next to each token; 0: there is none",
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        for name, width, heads in (
            ("heads", self.width, self.heads),
            ("residual_heads", self.latent, self.residual_heads),
            ("alignment_heads", self.latent, self.alignment_heads),
        ):
            if width % heads:
                raise ValueError(f"a width of {width} cannot be shared among {heads} {name}")
        if self.seed_frames >= self.window:
            raise ValueError("a window must be longer than its seed frames")
        if self.nearby and not self.token_layers:
            raise ValueError(
                "known tokens next to a token (nearby) are read only where known tokens are (token_layers)"
            )
        return self


class Masking(Settings):
    """Which frames a training clip loses."""

    policy: MaskPolicy = Field("speech_query", description="what decides; see docs/echomask.md")
    ratio: float = Field(0.375, ge=0.0, le=1.0, description="share of the frames that are masked")
    most: float = Field(
        0.0,
        ge=0.0,
        le=1.0,
        description="where this is more than the ratio, each clip's share is drawn between both: decoding in steps "
        "meets every share",
    )
    directed: float = Field(0.2, ge=0.0, le=1.0, description="share that the scores decide, hard or soft")
    pool: float = Field(0.4, ge=0.0, le=1.0, description="share of frames, by rank, that the soft choice draws from")
    spare_seed: bool = Field(True, description="seed frames are never masked")
    whole_tokens: bool = Field(False, description="a token's frames are masked together, as those to be predicted are")
    parts: tuple[Literal["face", "hands", "upper", "lower"], ...] = Field(
        ("hands", "upper", "lower"), min_length=1, description="whose speech queries score frames"
    )
    teacher_decay: float = Field(0.9999, ge=0.0, lt=1.0, description="moving average that makes the teacher")
    teacher_warm_up: bool = Field(True, description="the teacher follows quickly at first: (1 + n) / (10 + n)")


class Alignment(Settings):
    """The losses that bring speech queries and motion together (MAM)."""

    temperature: float = Field(0.1, gt=0.0, description="of the contrastive loss")
    cross_clip: bool = Field(True, description="other clips of the batch are negatives too")
    symmetric: bool = Field(True, description="from speech to motion and from motion to speech")
    detach_target: bool = Field(True, description="the regression's motion target gets no gradient")
    match_negatives: bool = Field(True, description="the match loss sees shuffled pairs as well as true ones")


class Losses(Settings):
    """What the generator is trained with."""

    latents: float = Field(3.0, ge=0.0, description="weight of the squared error of the codes' vectors")
    residual_sum: float = Field(
        1.0,
        ge=0.0,
        description="weight of the share of the further levels' sum that is not explained, where that is said at once",
    )
    tokens: float = Field(1.0, ge=0.0, description="weight of the cross-entropy of the codes, 1/(level+1) of it")
    speed: float = Field(
        0.0,
        ge=0.0,
        description="weight of the squared error of how fast each part moves in each token, told from base latents: "
        "speech says when bodies move long before it says which token they move to",
    )
    alignment: float = Field(1.0, ge=0.0, description="weight of MAM's losses")
    seed_contrast: float = Field(1.0, ge=0.0, description="weight of the contrast of face and hands in the seed pass")
    alignment_every_pass: bool = Field(False, description="count MAM once for each pass, as published, not once")
    masked_only: bool = Field(False, description="cross-entropy on tokens with a masked frame only")
    decoded_share: float = Field(
        0.5, ge=0.0, le=1.0, description="share of clips whose visible frames went through the tokenizers"
    )
    seedless_share: float = Field(
        0.1, ge=0.0, le=1.0, description="share of clips whose seed frames are hidden in the seed pass: how takes begin"
    )
    own_share: float = Field(
        0.0,
        ge=0.0,
        le=1.0,
        description="share of clips that go on from tokens as the generator itself told them, as it has to when it "
        "speaks; see gesta.echomask.own",
    )
    own_from: float = Field(
        0.0,
        ge=0.0,
        le=1.0,
        description="progress of training from which they do: before, there is little to go on from",
    )
    longest_seed: int = Field(
        0,
        ge=0,
        le=1024,
        multiple_of=4,
        description="frames, up to which the beginning that the seed pass sees is drawn; 0: always the seed frames",
    )
    short_share: float = Field(
        0.0, ge=0.0, le=1.0, description="share of steps whose clips are cut short, so that any frame may be the last"
    )
    level_passes: Literal["all", "one"] = Field(
        "all",
        description="in which passes levels after the base one are trained: in all, or in one that each step draws, "
        "which takes a quarter less time",
    )
    passes: tuple[Literal["seed", "self", "word"], ...] = Field(
        ("seed", "self", "word"), description="the passes of a step: seed only; masked without audio; masked with it"
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.own_share and not {"seed", "word"} <= set(self.passes):
            raise ValueError("own tokens (own_share) are told by the pass word and seen by the pass seed: take both")
        return self


class Decoding(Settings):
    """How tokens are chosen when a take is made."""

    method: Literal["single", "iterative"] = Field(
        "iterative", description="one pass for a window, as published, or several, each of which accepts some tokens"
    )
    steps: int = Field(6, ge=1, le=64, description="passes of the iterative method")
    order: Order = Field(
        "surest",
        description="which tokens a pass of the iterative method accepts: those it is surest of, or the earliest ones; "
        "the surest of a body are those at rest",
    )
    temperature: float = Field(0.0, ge=0.0, le=5.0, description="of the base tokens' choice; 0 takes the likeliest")
    top_k: int = Field(0, ge=0, le=4096, description="only the k likeliest base tokens are drawn from; 0: all")
    residuals: Residuals = Field(
        "likeliest",
        description="how further levels follow a base token: by the likeliest code, or by what is to be expected, "
        "which is smoother where they are in doubt",
    )
    guidance: float = Field(
        1.0,
        ge=0.0,
        le=10.0,
        description="how far bodies follow the speech, 1: as they are; 0: as if deaf",
    )
    style_guidance: float = Field(
        1.0,
        ge=0.0,
        le=10.0,
        description="how far styles differ from the usual one, 1: as learned; 0: all are the usual one",
    )
    past: int = Field(
        0,
        ge=0,
        le=1024,
        multiple_of=4,
        description="frames that a window sees of those before; 0: the seed frames",
    )
    ahead: int = Field(
        0,
        ge=0,
        le=1024,
        multiple_of=4,
        description="frames at a window's end that are heard and not spoken yet",
    )
    stream_window: int = Field(
        0,
        ge=0,
        le=1024,
        multiple_of=4,
        description="frames that each pass of a live stream sees, half of them heard ahead at most; 0: a whole window",
    )

    def changed_by(self, text: str) -> "Decoding":
        """These settings with what a user wrote: a method, further settings as key=value, or both, with commas between.

        >>> Decoding().changed_by("iterative,steps=8,temperature=0.7").steps
        8

        Raises:
            InputError: an unknown method or setting, or a value that does not fit.
        """
        words = [word.strip() for word in text.split(",")]
        methods = get_args(type(self).model_fields["method"].annotation)
        for word in words:
            if "=" not in word and word not in methods:
                raise unknown_name("decoding", word, methods)
        return self.with_changes([word if "=" in word else f"method={word}" for word in words])


class GeneratorConfig(Settings):
    """The whole generator."""

    sizes: Sizes = Sizes()
    masking: Masking = Masking()
    alignment: Alignment = Alignment()
    losses: Losses = Losses()
    motion_input: Literal["joints", "parts"] = Field(
        "parts", description="visible motion as 55 joints, translation, contacts (337) or as all parts, face included"
    )
    speech_low: int = Field(256, ge=1, le=8192, description="channels of the lower level of the speech features")
    speech_high: int = Field(256, ge=1, le=8192, description="channels of the higher level of the speech features")
    learned_projection: bool = Field(True, description="speech features pass a learned layer first")
    own_frame: bool = Field(
        True,
        description="speech queries begin with the speech of their own frame (published: they have to find it)",
    )
    speakers: int = Field(25, ge=1, le=10_000, description="speakers or styles the generator tells apart")
    traits: tuple[str, ...] = Field((), description="numbers of a style that it is told, beside the speaker")
    residual_form: ResidualForm = Field(
        "levels",
        description="how levels after the base one are said: each classified in turn, as published, or their sum at "
        "once, from which the nearest codes are taken",
    )
    residual_reads: ResidualReads = Field(
        "codes", description="what a residual level reads of earlier ones: features, as published, or the chosen codes"
    )
    speaker_in_body: bool = Field(True, description="the body's speaker reaches the cross-attention (published: lost)")
    speaker_dropout: float = Field(0.0, ge=0.0, le=1.0, description="share of training clips without a speaker")
    look_ahead: int | None = Field(
        None,
        ge=0,
        le=1_000_000,
        description="frames of speech and motion after a frame that it may attend to; none: all",
    )
    dropout: float = Field(0.1, ge=0.0, lt=1.0, description="dropout while training")
    reseed: Literal["decoded", "as_published"] = Field(
        "decoded", description="how a window continues: with all decoded parts, or jaw and eyes at rest"
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.losses.own_share and self.masking.policy == "loss":
            raise ValueError(
                "own tokens (losses.own_share) are told before the pass seed, with which the mask policy loss begins"
            )
        return self


SMALL_SIZES = {
    "latent": 96,
    "width": 128,
    "feed_forward": 256,
    "face_layers": 2,
    "cross_layers": 3,
    "cross_feed_forward": 256,
    "exchange_feed_forward": 192,
    "classifier": 128,
    "residual_layers": 1,
    "residual_heads": 4,
    "residual_feed_forward": 192,
    "alignment_layers": 1,
    "token_layers": 2,
}
MINI_SIZES = SMALL_SIZES | {
    "latent": 48,
    "width": 64,
    "feed_forward": 128,
    "cross_layers": 2,
    "cross_feed_forward": 128,
    "exchange_feed_forward": 96,
    "classifier": 64,
    "residual_feed_forward": 96,
}
OFFICIAL = {
    "masking": {"policy": "as_published", "spare_seed": False, "teacher_warm_up": False},
    "alignment": {"cross_clip": False, "symmetric": False, "detach_target": False, "match_negatives": False},
    "losses": {"alignment_every_pass": True, "decoded_share": 0.0, "seedless_share": 0.0},
    "motion_input": "joints",
    "learned_projection": False,
    "own_frame": False,
    "residual_reads": "features",
    "speaker_in_body": False,
    "reseed": "as_published",
}
OUR_MASKING = {"parts": ("face", "hands", "upper", "lower"), "whole_tokens": True}
GESTA = {"sizes": {"token_layers": 4}, "masking": OUR_MASKING}
SHORT = {"masking": OUR_MASKING | {"teacher_decay": 0.999}}
"""As `gesta`, with a teacher that suits trainings of minutes or hours."""
PRESETS: dict[str, dict[str, object]] = {
    "official": {**OFFICIAL},
    "gesta": {**GESTA},
    "small": {**SHORT, "sizes": SMALL_SIZES},
    "mini": {**SHORT, "sizes": MINI_SIZES},
}
"""Presets by name: what differs from the fields' defaults. With the tokenizers of the same name the generator has 223
(official), 249 (gesta), 9 (small) and 2 (mini) million parameters."""


def generator_config(preset: str = "gesta", **changes: object) -> GeneratorConfig:
    """A preset with some top-level fields replaced; InputError for an unknown preset or field."""
    if preset not in PRESETS:
        raise unknown_name("generator preset", preset, PRESETS)
    return GeneratorConfig.checked({**PRESETS[preset], **changes}, f"the generator preset '{preset}'")
