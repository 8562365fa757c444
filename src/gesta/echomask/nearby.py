"""The known tokens next to each token: what a body goes on from, and what it is to arrive at.

A body goes on as it moved: two code vectors before a token say more of it than all speech. A transformer learns to copy
them to the right place only after thousands of steps; here they are carried there. `Sizes.nearby` says how wide the
perceptron is that reads them.

G parts, B clips, K tokens, C latent channels.
"""

import torch
from torch import Tensor
from torch.nn import functional

from gesta.echomask.config import Sizes
from gesta.echomask.known import KnownTokens
from gesta.echomask.sight import Sight
from gesta.units import TOKEN_FRAMES

NEIGHBOURS = 3
"""The nearest known token before, the one known before that, and the nearest one after."""
NOWHERE = -1
"""Place of a neighbour that there is not."""


def farthest(sizes: Sizes) -> int:
    """The longest distance between two tokens that is told apart."""
    return sizes.window // TOKEN_FRAMES


def nearby_width(sizes: Sizes) -> int:
    """How many numbers `nearby` gives for each token."""
    return NEIGHBOURS * (sizes.latent + farthest(sizes) + 1)


def nearby(known: KnownTokens, see: Sight, sizes: Sizes) -> Tensor:
    """What is known next to each token of the same part: (G, B, K, `nearby_width`).

    Three code vectors, zero where there is no such token, then for each how far away it is (one of so many; 0: none).

    Args:
        known: the tokens; what is not known is not read.
        see: what a token may attend to; where it may not look ahead, nothing after it is near.
        sizes: of the generator.
    """
    found = neighbours(known.there, ahead=see.tokens is None)
    tokens = torch.arange(found.shape[-1], device=found.device)
    distances = (tokens - found).abs().clamp(max=farthest(sizes)).masked_fill(found == NOWHERE, 0)
    vectors = [_at(known.vectors, places) for places in found]
    steps = functional.one_hot(distances, farthest(sizes) + 1).to(known.vectors.dtype)
    return torch.cat([*vectors, *steps], dim=-1)


def neighbours(there: Tensor, ahead: bool = True) -> Tensor:
    """Places of the `NEIGHBOURS` of each token, itself left out: (3, ...) and the shape of `there`, (..., K) bool."""
    tokens = there.shape[-1]
    places = torch.arange(tokens, device=there.device).expand(there.shape)
    last = torch.where(there, places, NOWHERE).cummax(dim=-1).values
    before = functional.pad(last[..., :-1], (1, 0), value=NOWHERE)
    second = before.gather(-1, before.clamp(min=0)).masked_fill(before == NOWHERE, NOWHERE)
    if not ahead:
        return torch.stack([before, second, torch.full_like(before, NOWHERE)])
    first = torch.where(there, places, tokens).flip(-1).cummin(dim=-1).values.flip(-1)
    after = functional.pad(first[..., 1:], (0, 1), value=tokens)
    return torch.stack([before, second, after.masked_fill(after == tokens, NOWHERE)])


def _at(vectors: Tensor, places: Tensor) -> Tensor:
    """Vectors (G, B, K, C) at places (G, B, K), zero where there is none."""
    found = vectors.gather(2, places.clamp(min=0)[..., None].expand(*places.shape, vectors.shape[-1]))
    return torch.where((places == NOWHERE)[..., None], 0.0, found)
