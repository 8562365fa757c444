"""A batch of training clips of the generator, and what a pass may know of them.

G parts, B clips, T frames, K tokens, Q levels, C latent channels.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from gesta.echomask.config import GeneratorConfig
from gesta.echomask.known import KnownTokens
from gesta.echomask.masking import whole_tokens
from gesta.echomask.who import Who
from gesta.units import TOKEN_FRAMES


@dataclass(frozen=True)
class Clips:
    """A batch of training clips.

    Attributes:
        motion: (B, T, channels) what the generator may see.
        known: (B, T, channels) bool: real frames, channels that the clip has.
        real: (B, T) bool: frames of the clip, not padding.
        low, high: (B, T, ...) both levels of the speech features.
        who: who moves.
        valid: (G, B) bool, which clips have which part.
        codes: (G, B, Q, K) int64.
        latents: (G, B, Q, K, C) the codes' vectors.
        energy: (B, T) how fast the motion is.
        speeds: (G, B, K) how fast each part is, as a logarithm.
        place: (B, 3) metres, where the pelvis is in the first frame; None: at the origin.
        said: (G, B, K, C) what is known in the place of the true codes' vectors, summed over levels; None: they are.
    """

    motion: Tensor
    known: Tensor
    real: Tensor
    low: Tensor
    high: Tensor
    who: Who
    valid: Tensor
    codes: Tensor
    latents: Tensor
    energy: Tensor
    speeds: Tensor
    place: Tensor | None = None
    said: Tensor | None = None


def some_shortened(clips: Clips, config: GeneratorConfig) -> Clips:
    """The clips, in some steps cut to a drawn number of tokens, so that any frame may be the last one that is heard."""
    if torch.rand(()).item() >= config.losses.short_share:
        return clips
    shortest = config.sizes.seed_frames // TOKEN_FRAMES + 1
    tokens = int(torch.randint(shortest, config.sizes.window // TOKEN_FRAMES + 1, ()))
    frames = tokens * TOKEN_FRAMES
    return replace(
        clips,
        **{name: getattr(clips, name)[:, :frames] for name in ("motion", "known", "real", "low", "high", "energy")},
        codes=clips.codes[..., :tokens],
        speeds=clips.speeds[..., :tokens],
        latents=clips.latents[:, :, :, :tokens],
    )


def real_tokens(clips: Clips) -> Tensor:
    """(B, K) bool: tokens with four real frames."""
    return whole_tokens(clips.real)


def known_tokens(clips: Clips, visible: Sequence[Tensor]) -> KnownTokens:
    """The tokens of which a pass sees all frames (B, T), pass after pass."""
    possible = clips.valid[:, :, None] & real_tokens(clips)
    there = torch.cat([possible & whole_tokens(frames) for frames in visible], dim=1)
    vectors = clips.latents.sum(dim=2) if clips.said is None else clips.said
    return KnownTokens(vectors.repeat(1, len(visible), 1, 1), there)
