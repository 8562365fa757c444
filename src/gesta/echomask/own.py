"""Clips that go on from what the generator itself has said, as it will have to when it speaks.

In training every known token is a true one; when a take is made, all of them are the generator's own, whose further
levels are expectations and therefore smaller than true ones. A generator that has never seen its own tokens takes them
for those of a body that comes to rest, and takes go still. So in a share of the clips the passes `seed` and `self`
continue beginnings in which the tokens that the pass `word` had to tell are replaced by what it told: its own further
levels on the true base code or, in half of these clips, on a base code that it drew. As the true tokens around were
known to that pass, what it told leads to what really came next.

The general idea is scheduled sampling (Bengio et al. 2015, arXiv 1506.03099).

G parts, B clips, T frames, K tokens, Q levels, C latent channels.
"""

from dataclasses import replace
from typing import Protocol

import torch
from torch import Tensor

from gesta.echomask.books import Books
from gesta.echomask.clips import Clips, known_tokens
from gesta.echomask.generator import Generator, Predicted
from gesta.echomask.masking import whole_tokens

DRAWN_SHARE = 0.5
"""Share of the clips with own tokens whose base codes are drawn too."""


class Tokens(Protocol):
    """What tokens stand for: vectors, and motion."""

    def books(self) -> Books:
        """The vectors of all codes."""
        ...

    def shown(self, codes: Tensor, start: Tensor | None = None) -> Tensor:
        """Generator input (B, T, channels) of codes (G, B, Q, K); the path begins at start (B, 3)."""
        ...


@torch.no_grad()
def with_own_tokens(
    generator: Generator, clips: Clips, own: Tensor, told: Predicted, visible: Tensor, queries: Tensor, tokens: Tokens
) -> Clips:
    """The clips, of which some are known as the generator has told them.

    Args:
        generator: what is trained.
        clips: the batch.
        own: (B,) bool, which clips.
        told: by a pass over these clips.
        visible: (B, T) bool, the frames that this pass saw: what it did not see is replaced.
        queries: (G, B, T, C) speech queries.
        tokens: what tokens stand for.
    """
    books = tokens.books()
    drawn = torch.rand(own.shape, device=own.device) < DRAWN_SHARE
    true = clips.codes[:, :, 0]
    likely = told.logits[:, :, 0].float().softmax(dim=-1)
    guessed = torch.multinomial(likely.flatten(0, -2), 1).view(true.shape)
    base = torch.where(drawn[:, None], guessed, true)
    known = known_tokens(clips, [visible]) if generator.token_reader is not None else None
    levels = generator.choose(told.latents[:, :, 0], base, queries, books, "expected", known)
    hidden = own[:, None] & ~whole_tokens(visible)
    codes = torch.where(hidden[:, None], levels, clips.codes)
    motion = clips.motion.clone()
    if own.any():
        motion[own] = tokens.shown(codes[:, own], None if clips.place is None else clips.place[own])
    return replace(clips, motion=motion, said=books.summed(codes))
