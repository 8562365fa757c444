"""The residual predictor: after the base level of the tokens, each further level, with another look at the speech.

Level k reads the base latents and all earlier levels' features, attends to the speech queries and adds to what it read.
It works on features, not on chosen codes: nothing is sampled between the levels. Source: EchoMask, released code.

G parts, B clips, K tokens, T frames, C latent channels, Q levels.
"""

import torch
from torch import Tensor, nn

from gesta.echomask.config import Sizes
from gesta.echomask.grouped import GroupedDecoderLayer, GroupedLinear, GroupedPerceptron
from gesta.echomask.sight import Sight


class ResidualLevel(nn.Module):
    """One level of all parts."""

    def __init__(self, groups: int, level: int, sizes: Sizes, codes: int, dropout: float) -> None:
        super().__init__()
        latent = sizes.latent
        self.join = GroupedLinear(groups, level * latent, latent) if level > 1 else None
        self.layers = nn.ModuleList(
            GroupedDecoderLayer(groups, latent, sizes.residual_heads, sizes.residual_feed_forward, dropout)
            for _ in range(sizes.residual_layers)
        )
        self.classifier = GroupedPerceptron(groups, latent, latent, codes)

    def forward(self, earlier: list[Tensor], queries: Tensor, see: Sight) -> Tensor:
        """Features (G, B, K, C) of this level from those of all earlier ones and speech queries (G, B, T, C)."""
        read = earlier[0] if self.join is None else self.join(torch.cat(earlier, dim=-1))
        values = read
        for layer in self.layers:
            values = layer(values, queries, see.tokens, see.token_frames)
        return values + read


class ResidualPredictor(nn.Module):
    """Levels 1 to Q - 1 of all parts."""

    def __init__(self, groups: int, sizes: Sizes, codes: int, levels: int, dropout: float) -> None:
        super().__init__()
        self.levels = nn.ModuleList(ResidualLevel(groups, level, sizes, codes, dropout) for level in range(1, levels))

    def forward(self, base: Tensor, queries: Tensor, see: Sight) -> tuple[list[Tensor], list[Tensor]]:
        """From the base latents (G, B, K, C): for each further level logits (G, B, K, codes) and features."""
        features, logits = [base], []
        for level in self.levels:
            features.append(level(features, queries, see))
            logits.append(level.classifier(features[-1]))
        return logits, features[1:]
