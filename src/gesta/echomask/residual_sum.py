"""What all levels after the base one add up to, said at once: instead of one classifier after the other, a vector.

The published predictor classifies each further level (`gesta.echomask.residual`). In a training of hours its levels
stay in doubt, and what they are asked for in the end is their mean. This says the mean itself, from the base code that
was chosen, the known tokens next to it and the speech of the token; the codes are those nearest to it.

G parts, B clips, K tokens, T frames, C latent channels.
"""

import torch
from torch import Tensor, nn

from gesta.echomask.config import Sizes
from gesta.echomask.grouped import GroupedPerceptron
from gesta.echomask.mam import token_means
from gesta.echomask.nearby import nearby_width


class ResidualSum(nn.Module):
    """The sum of levels 1 to Q - 1 of all parts."""

    def __init__(self, groups: int, sizes: Sizes) -> None:
        super().__init__()
        read = 3 * sizes.latent + (nearby_width(sizes) if sizes.nearby else 0)
        self.perceptron = GroupedPerceptron(groups, read, sizes.residual_feed_forward, sizes.latent)

    def forward(self, base: Tensor, chosen: Tensor, queries: Tensor, near: Tensor | None) -> Tensor:
        """The sum (G, B, K, C).

        Args:
            base: (G, B, K, C) latents of the base level.
            chosen: (G, B, K, C) vectors of the base codes.
            queries: (G, b, T, C) speech queries, b divides B.
            near: (G, B, K, ...) from `gesta.echomask.nearby`, where the generator reads it.
        """
        heard = token_means(queries)
        heard = heard.repeat(1, base.shape[1] // heard.shape[1], 1, 1)
        read = [base, chosen, heard] if near is None else [base, chosen, heard, near]
        return self.perceptron(torch.cat(read, dim=-1))
