"""Where parts tell each other: hands, upper and lower body first as motion, then all four as tokens.

G parts (face, hands, upper, lower), B clips, T frames, K tokens, C latent channels, D width.
"""

from typing import cast

import torch
from torch import Tensor, nn

from gesta.echomask.config import Sizes
from gesta.echomask.dropout import Dropout
from gesta.echomask.grouped import GroupedDecoderLayer, GroupedHalving, GroupedLinear, GroupedPerceptron
from gesta.echomask.parts import BODY_PARTS, FACE, HANDS, LOWER, UPPER
from gesta.echomask.sight import Sight, positions

BODY_COUNT = len(BODY_PARTS)


class BodyExchange(nn.Module):
    """From one body feature to the base latents of hands, upper and lower body, each informed by the other two."""

    def __init__(self, sizes: Sizes, dropout: float) -> None:
        super().__init__()
        width, latent = sizes.width, sizes.latent
        self.period = sizes.window
        self.drop = Dropout(dropout)
        self.halving = GroupedHalving(1, width, width)
        self.speaker_halving = GroupedHalving(1, width, width)
        self.split = GroupedPerceptron(BODY_COUNT, width, width, width)
        self.decoder = GroupedDecoderLayer(BODY_COUNT, width, sizes.heads, sizes.feed_forward, dropout)
        self.narrow = GroupedLinear(BODY_COUNT, width, latent)
        self.last_halving = GroupedHalving(BODY_COUNT, latent, latent)

    def forward(self, body: Tensor, speaker: Tensor, valid: Tensor, see: Sight) -> Tensor:
        """Base latents (3, B, K, C) of BODY_PARTS.

        Args:
            body: (B, T, D).
            speaker: (B, D) the speaker's vector, the same at every frame.
            valid: (3, B) which clips really have which of BODY_PARTS.
            see: what may be attended to.
        """
        half = self.halving(body[None])
        who = self.speaker_halving(speaker[None, :, None].expand(-1, -1, 2, -1))
        split = self.split(half.expand(BODY_COUNT, -1, -1, -1))
        known = split * valid[:, :, None, None]
        others = known.sum(dim=0) - known
        place = positions(half.shape[2], half.shape[3], self.period, body.device)
        informed = self.decoder(self.drop(split + who + place), others, see.pairs, see.pairs)
        return self.last_halving(self.narrow(informed + split))


class PartExchange(nn.Module):
    """All four parts as tokens: hands and face from each other, then upper and lower body from the hands."""

    def __init__(self, sizes: Sizes, dropout: float) -> None:
        super().__init__()
        layer = (1, sizes.latent, sizes.alignment_heads, sizes.exchange_feed_forward, dropout)
        self.decoders = nn.ModuleDict(
            {part: GroupedDecoderLayer(*layer) for part in ("face", "hands", "upper", "lower")}
        )

    def forward(self, base: Tensor, valid: Tensor, see: Sight) -> Tensor:
        """Base latents (G, B, K, C) -> the same, informed; a clip's missing parts (valid (G, B)) tell nothing."""
        has = valid[:, :, None, None]
        face, hands, upper, lower = (base[part] for part in (FACE, HANDS, UPPER, LOWER))

        def told(part: str, target: Tensor, memory: Tensor) -> Tensor:
            layer = cast(GroupedDecoderLayer, self.decoders[part])
            return layer(target[None], memory[None], see.tokens, see.tokens)[0]

        new_hands = told("hands", hands, face * has[FACE])
        new_face = told("face", face, hands * has[HANDS])
        new_upper = told("upper", upper, new_hands * has[HANDS] + lower * has[LOWER])
        new_lower = told("lower", lower, upper * has[UPPER] + new_hands * has[HANDS])
        return torch.stack([new_face, new_hands, new_upper, new_lower])
