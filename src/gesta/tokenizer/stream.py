"""Decoding tokens as they come: the same frames that a whole take would have given."""

from collections.abc import Mapping

import torch
from torch import Tensor

from gesta.errors import InputError
from gesta.tokenizer.blocks import Memory
from gesta.tokenizer.tokenizers import Tokenizers
from gesta.units import TOKEN_FRAMES

LEAST_STRETCH = 64
"""Tokens that are decoded at once where decoders look ahead, but at the end."""
Indices = Mapping[str, Tensor]
"""For each part (B, k, q) indices, the same parts each time."""
Channels = dict[str, Tensor]
"""For each part (B, T, C) channels, as `Tokenizers.decode` gives them."""


class StreamingDecoder:
    """Decodes a stream of tokens whose decoders look back only; every frame is computed once, at once."""

    def __init__(self, tokenizers: Tokenizers, start: Tensor | None = None) -> None:
        """
        Args:
            tokenizers: trained with a causal decoder.
            start: (B, 3) metres, where the pelvis is in the first frame; its x and z count.

        Raises:
            InputError: the decoders look ahead.
        """
        if not tokenizers.config.causal_decoder:
            raise InputError(
                "These tokenizers cannot decode a stream: train them with causal_decoder = true, or decode whole takes."
            )
        self._tokenizers = tokenizers
        self._path = tokenizers.path(start)
        self._memory: Memory = {}

    @torch.no_grad()
    def push(self, indices: Indices) -> Channels:
        """The frames of the next tokens, four for each."""
        return self._tokenizers.decode_stretch(indices, self._path, self._memory)


class DelayedDecoder:
    """Decodes a stream of tokens whose decoders look ahead as well: stretch after stretch, when all is there."""

    def __init__(self, tokenizers: Tokenizers, start: Tensor | None = None) -> None:
        """
        Args:
            tokenizers: of any kind.
            start: as in `StreamingDecoder`.
        """
        self._tokenizers = tokenizers
        self._path = tokenizers.path(start)
        self._before, self._after = tokenizers.decoding_reach
        self._held: dict[str, Tensor] = {}
        self._done = 0

    def push(self, indices: Indices) -> list[Channels]:
        """The stretches that are ready with the next tokens, which may be none."""
        self._held = {
            part: torch.cat([self._held[part], chosen], dim=1) if self._held else chosen
            for part, chosen in indices.items()
        }
        return self._stretches(self._known() - self._after, LEAST_STRETCH)

    def finish(self) -> list[Channels]:
        """The rest."""
        return self._stretches(self._known(), 1)

    def _known(self) -> int:
        return next(iter(self._held.values())).shape[1] if self._held else 0

    @torch.no_grad()
    def _stretches(self, until: int, least: int) -> list[Channels]:
        found = []
        while until - self._done >= least:
            stop = min(until, self._done + LEAST_STRETCH)
            first = max(0, self._done - self._before)
            read = {part: held[:, first : min(held.shape[1], stop + self._after)] for part, held in self._held.items()}
            kept = slice((self._done - first) * TOKEN_FRAMES, (stop - first) * TOKEN_FRAMES)
            found.append(self._tokenizers.decode_stretch(read, self._path, kept=kept))
            # What lies further back than decoders reach is not needed again.
            drop = max(0, stop - self._before)
            self._held = {part: held[:, drop:] for part, held in self._held.items()}
            self._done, until = stop - drop, until - drop
        return found
