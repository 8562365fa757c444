"""Decoding tokens as they come: four frames for each, the same that a whole take would have given."""

from collections.abc import Mapping

import torch
from torch import Tensor

from gesta.errors import InputError
from gesta.tokenizer.blocks import Memory
from gesta.tokenizer.tokenizers import Tokenizers


class StreamingDecoder:
    """Decodes a stream of tokens; every frame is computed once."""

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
    def push(self, indices: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The frames of the next tokens.

        Args:
            indices: for each part (B, k, q) indices, the same parts each time.

        Returns:
            for each part (B, 4 k, C) channels, as `Tokenizers.decode` gives them.
        """
        return self._tokenizers.decode_stretch(indices, self._path, self._memory)
