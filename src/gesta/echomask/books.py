"""The codebooks of all parts and levels side by side, as a generator needs them: one look-up instead of one per part.

They are taken from the tokenizers when they are asked for (`EchoMask.books`); training that changes the tokenizers must
ask again.

G parts, B clips, K tokens, Q levels, N codes, C latent channels.
"""

import torch
from torch import Tensor

from gesta.tokenizer.quantiser import closeness


class Books:
    """What codes stand for.

    Args:
        codes: (G, Q, N, C) vectors of all codes.
    """

    def __init__(self, codes: Tensor) -> None:
        self.codes = codes
        groups, levels, count, _ = codes.shape
        first = torch.arange(groups * levels, device=codes.device) * count
        self._rows, self._first = codes.flatten(0, 2), first.view(groups, 1, levels, 1)

    def codebook(self, level: int) -> Tensor:
        """All vectors of a level: (G, N, C)."""
        return self.codes[:, level]

    def vectors(self, level: int, codes: Tensor) -> Tensor:
        """The vectors (G, B, K, C) of one level's codes (G, B, K)."""
        return self._rows[codes + self._first[:, :, level]]

    def summed(self, codes: Tensor) -> Tensor:
        """What codes (G, B, Q, K) of all levels add up to: (G, B, K, C)."""
        return self._rows[codes + self._first].sum(dim=2)

    def nearest(self, latents: Tensor) -> Tensor:
        """The codes (G, B, Q, K) whose vectors, level after level, come nearest to latents (G, B, K, C)."""
        left, found = latents.detach().float().flatten(1, 2), []
        for level in range(self.codes.shape[1]):
            book = self.codebook(level)
            found.append(closeness(left, book).argmax(dim=-1))
            left = left - book.gather(1, found[-1][..., None].expand_as(left))
        return torch.stack(found, dim=1).unflatten(2, latents.shape[1:3]).transpose(1, 2)
