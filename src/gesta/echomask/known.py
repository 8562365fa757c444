"""Tokens that are known before anything is predicted: those spoken before a window, kept ones, accepted ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class KnownTokens:
    """Tokens that are known before anything is predicted; G parts, B clips, K tokens, C latent channels.

    Attributes:
        vectors: (G, B, K, C) of their codes, all levels summed; what is not known may be anything.
        there: (G, B, K) bool, which are known.
    """

    vectors: Tensor
    there: Tensor

    def repeat(self, times: int) -> "KnownTokens":
        """The same clips so many times, one row of them after another."""
        return KnownTokens(self.vectors.repeat(1, times, 1, 1), self.there.repeat(1, times, 1))

    def clips(self, rows: Sequence[slice]) -> "KnownTokens":
        """Of some clips, in the order asked for."""
        return KnownTokens(*(torch.cat([of[:, some] for some in rows], dim=1) for of in (self.vectors, self.there)))
