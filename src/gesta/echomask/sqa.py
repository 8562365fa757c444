"""SQA, speech-queried attention: speech queries look at motion; what they look at gives the body its hints and frames
their scores.

One stack of cross-attention layers serves all parts. As hints, its outputs move the body. As scores, the attention that
a motion frame receives, averaged over layers and queries, says how much the speech asks of that frame; training masks
such frames first. Source: EchoMask (arXiv 2504.09209).

P parts with speech queries, B clips, T frames, D width, C latent channels.
"""

from typing import cast

import torch
from torch import Tensor, nn

from gesta.echomask.config import Sizes
from gesta.echomask.grouped import GroupedDecoderLayer, GroupedLinear, KeysValues
from gesta.echomask.parts import ALL_PARTS, BODY_PARTS
from gesta.echomask.sight import Sight

FIRST_PART_WEIGHT = 0.33


class SpeechQueriedAttention(nn.Module):
    """The shared cross-attention from the speech queries of some parts to motion."""

    def __init__(self, sizes: Sizes, dropout: float, scoring_parts: tuple[str, ...]) -> None:
        super().__init__()
        self.parts = tuple(part for part in ALL_PARTS if part in BODY_PARTS or part in scoring_parts)
        self.body = [self.parts.index(part) for part in BODY_PARTS]
        self.scoring = [self.parts.index(part) for part in scoring_parts]
        self.into = GroupedLinear(len(self.parts), sizes.latent, sizes.width)
        self.layers = nn.ModuleList(
            GroupedDecoderLayer(1, sizes.width, sizes.heads, sizes.cross_feed_forward, dropout)
            for _ in range(sizes.cross_layers)
        )
        self.part_weights = nn.Parameter(torch.full((len(self.parts),), FIRST_PART_WEIGHT))

    def hints(self, queries: Tensor, motion: Tensor, valid: Tensor, see: Sight) -> Tensor:
        """What speech makes of the motion so far.

        Args:
            queries: (G, b, T, C) of ALL_PARTS; b divides B.
            motion: (B, T, D) the memory.
            valid: (G, B) which clips really have which part.
            see: what a frame may attend to.

        Returns:
            (B, T, D), the weighted mean over the body's parts.
        """
        asked, memories = self._asked(queries, self.body, len(motion)), self._memories(motion)
        for layer, memory in zip(self.layers, memories, strict=True):
            asked = layer(asked, memory, see.frames, see.ahead)
        return self._part_mean(asked.view(len(self.body), len(motion), *asked.shape[2:]), self.body, valid)

    def scores(self, queries: Tensor, motion: Tensor, valid: Tensor, see: Sight) -> Tensor:
        """How much each frame of the motion is attended to: (B, T), 1 / T on average before the parts' weights."""
        asked, memories = self._asked(queries, self.scoring, len(motion)), self._memories(motion)
        received = queries.new_zeros(asked.shape[1], motion.shape[1])
        for layer, memory in zip(self.layers, memories, strict=True):
            asked, weights = cast(GroupedDecoderLayer, layer).with_weights(asked, memory, see.frames, see.ahead)
            received = received + weights[0].mean(dim=1) / len(self.layers)
        return self._part_mean(received.view(len(self.scoring), len(motion), -1), self.scoring, valid)

    def _asked(self, queries: Tensor, chosen: list[int], batch: int) -> Tensor:
        """Speech queries of some parts for B clips, one batch of P B: (1, P B, T, D)."""
        first = ALL_PARTS.index(self.parts[0])
        asked = self.into(queries[first : first + len(self.parts)])
        if len(chosen) < len(self.parts):
            asked = asked[chosen]
        return asked.repeat(1, batch // asked.shape[1], 1, 1).flatten(0, 1)[None]

    def _memories(self, motion: Tensor) -> list[KeysValues]:
        """Each layer's keys and values, made once for all parts."""
        return [cast(GroupedDecoderLayer, layer).cross.keys_values(motion[None]) for layer in self.layers]

    def _part_mean(self, values: Tensor, chosen: list[int], valid: Tensor) -> Tensor:
        """(P, B, ...) -> (B, ...): each part by its learned weight, over the parts that a clip has."""
        groups = [ALL_PARTS.index(self.parts[number]) for number in chosen]
        has = valid[groups].to(values.dtype)
        share = self.part_weights[chosen][:, None] * has / has.sum(dim=0).clamp(min=1.0)
        return (values * share.view(*share.shape, *[1] * (values.dim() - 2))).sum(dim=0)
