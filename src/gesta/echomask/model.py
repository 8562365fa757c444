"""EchoMask as one network: tokenizers, generator and the motion that lies between them.

G parts, B clips, T frames, K tokens, Q levels, C channels of a part.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from gesta.echomask.books import Books
from gesta.echomask.config import GeneratorConfig
from gesta.echomask.generator import Generator
from gesta.echomask.motion_input import MotionInput
from gesta.echomask.parts import ALL_PARTS
from gesta.tokenizer.channels import LOWER
from gesta.tokenizer.root import RootPath
from gesta.tokenizer.tokenizers import Tokenizers

AT_REST_AGAIN = ("jaw",)
"""Blocks that the released code leaves at rest when it feeds a window's end to the next one."""


class EchoMask(nn.Module):
    """Tokenizers and the generator that speaks their tokens."""

    def __init__(self, config: GeneratorConfig, tokenizers: Tokenizers) -> None:
        """Join trained tokenizers with a generator of random weights.

        Raises:
            ValueError: the generator's latents are not as wide as the tokenizers' codes.
        """
        super().__init__()
        if config.sizes.latent != tokenizers.config.width:
            raise ValueError(f"latents of {config.sizes.latent} do not fit codes of {tokenizers.config.width} numbers")
        self.tokenizers = tokenizers
        self.motion_input = MotionInput(tokenizers.representation, config.motion_input)
        sizes = tokenizers.config
        self.generator = Generator(config, self.motion_input.channels, sizes.codes, sizes.levels)

    @property
    def config(self) -> GeneratorConfig:
        """The generator's settings."""
        return self.generator.config

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.generator.hidden.device

    def books(self) -> Books:
        """The codebooks as they are now."""
        parts = [self.tokenizers.parts[part].quantiser.levels for part in ALL_PARTS]
        return Books(torch.stack([torch.stack([level.vectors for level in levels]) for levels in parts]))

    def seen(self, parts: Mapping[str, Tensor], valid: Mapping[str, Tensor] | None = None) -> Tensor:
        """Generator input (B, T, channels) from parts (B, T, C) in the representation's channels."""
        return self.motion_input(self.encoded(parts, valid))

    def encoded(self, parts: Mapping[str, Tensor], valid: Mapping[str, Tensor] | None = None) -> dict[str, Tensor]:
        """The networks' channels of each part, from those of the representation (B, T, C)."""
        channels = self.tokenizers.channels
        return {
            part: channels.encode(part, values, None if valid is None else valid[part])
            for part, values in parts.items()
        }

    def decoded(self, codes: Tensor, start: Tensor | None = None) -> dict[str, Tensor]:
        """Parts (B, T, C) from codes (G, B, Q, K); the path begins at start (B, 3)."""
        return self.tokenizers.decode(by_part(codes), start)

    def shown(self, codes: Tensor, start: Tensor | None = None) -> Tensor:
        """What the generator sees of codes (G, B, Q, K): (B, T, channels)."""
        return self.fed_back(codes, self.decoded(codes, start), start)

    def fed_back(self, codes: Tensor, parts: dict[str, Tensor], start: Tensor | None = None) -> Tensor:
        """As `shown`, where the codes have been decoded already."""
        if self.config.reseed == "as_published":
            parts = self._as_published(codes, parts, start)
        return self.seen(parts)

    def _as_published(self, codes: Tensor, parts: dict[str, Tensor], start: Tensor | None) -> dict[str, Tensor]:
        """Parts as the released code feeds them back: the jaw at rest, the path from the lower tokenizer's channels."""
        channels, representation = self.tokenizers.channels, self.tokenizers.representation
        number = ALL_PARTS.index(LOWER)
        raw = channels.decode_moving(self.tokenizers.parts[LOWER].decode_indices(codes[number].transpose(1, 2)))
        path = RootPath("velocity", start).follow(channels.block(LOWER, "translation", raw))
        face = parts["face"].clone()
        for block in representation.parts["face"]:
            if block.name in AT_REST_AGAIN:
                face[..., representation.slice("face", block.name)] = self.motion_input.rest
        return parts | {LOWER: channels.with_translation(raw, path), "face": face}


def by_part(codes: Tensor) -> dict[str, Tensor]:
    """Codes (G, B, Q, K) as the tokenizers take them: for each part (B, K, Q)."""
    return {part: codes[number].transpose(1, 2) for number, part in enumerate(ALL_PARTS)}


def stacked(indices: Mapping[str, Tensor]) -> Tensor:
    """The inverse of `by_part`."""
    return torch.stack([indices[part].transpose(1, 2) for part in ALL_PARTS])
