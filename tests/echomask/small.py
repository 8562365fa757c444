"""A generator small enough to test with, and clips for it."""

import numpy as np
import torch

from gesta.bundles.debug import LATENT, SIZES
from gesta.echomask.clips import Clips
from gesta.echomask.config import GeneratorConfig, generator_config
from gesta.echomask.generator import Generator
from gesta.echomask.known import KnownTokens
from gesta.echomask.model import EchoMask
from gesta.echomask.parts import ALL_PARTS
from gesta.echomask.who import Who
from gesta.records import SpeechFeatures
from gesta.tokenizer.config import tokenizer_config
from gesta.tokenizer.tokenizers import Tokenizers

CHANNELS, CODES, LEVELS, FRAMES = 20, 16, 3, 32
SMALL = {**SIZES, "window": FRAMES}
SUMS = {"residual_form": "sum", "sizes": SMALL | {"nearby": 24}}
"""Settings of a generator that reads the tokens next to each one and says further levels at once."""


def small_config(preset: str = "gesta", **changes: object) -> GeneratorConfig:
    sizes = SMALL | ({"token_layers": 0} if preset == "official" else {})
    config = generator_config(preset, sizes=sizes, speech_low=5, speech_high=7, speakers=3, learned_projection=True)
    return GeneratorConfig.checked({**config.model_dump(), **changes}, "a test")


def small_generator(preset: str = "gesta", **changes: object) -> Generator:
    torch.manual_seed(0)
    return Generator(small_config(preset, **changes), CHANNELS, CODES, LEVELS).eval()


def made_clips(batch: int = 4, seed: int = 0) -> Clips:
    """Clips whose every tensor is drawn, all parts there."""
    torch.manual_seed(seed)
    tokens = FRAMES // 4
    return Clips(
        motion=torch.randn(batch, FRAMES, CHANNELS),
        known=torch.ones(batch, FRAMES, CHANNELS, dtype=torch.bool),
        real=torch.ones(batch, FRAMES, dtype=torch.bool),
        low=torch.randn(batch, FRAMES, 5),
        high=torch.randn(batch, FRAMES, 7),
        who=Who(torch.arange(batch) % 3),
        valid=torch.ones(len(ALL_PARTS), batch, dtype=torch.bool),
        codes=torch.randint(CODES, (len(ALL_PARTS), batch, LEVELS, tokens)),
        latents=torch.randn(len(ALL_PARTS), batch, LEVELS, tokens, LATENT),
        energy=torch.rand(batch, FRAMES),
        speeds=torch.randn(len(ALL_PARTS), batch, tokens),
    )


def small_model(
    seed: int = 0, face_basis: str = "arkit52", preset: str = "gesta", causal: bool = False, **changes: object
) -> EchoMask:
    """A whole model of random weights, made from the same sizes."""
    torch.manual_seed(seed)
    tokenizer = tokenizer_config(
        preset,
        width=LATENT,
        codes=CODES,
        levels=LEVELS,
        residual_depth=1,
        global_layers=2,
        normalise=False,
        causal_decoder=causal,
    )
    return EchoMask(small_config(preset, **changes), Tokenizers(tokenizer, face_basis)).eval()


def known_tokens(clips: Clips, tokens: int = 1) -> KnownTokens:
    """The first tokens of all clips."""
    there = torch.zeros(clips.codes[:, :, 0].shape, dtype=torch.bool)
    there[..., :tokens] = True
    return KnownTokens(clips.latents.sum(dim=2), there)


def made_features(frames: int, seed: int = 0) -> SpeechFeatures:
    """Features of made-up speech."""
    drawn = np.random.default_rng(seed).standard_normal((frames, 12)).astype(np.float32)
    return SpeechFeatures(drawn[:, :5], drawn[:, 5:], "made")
