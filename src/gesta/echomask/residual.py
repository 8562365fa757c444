"""The residual predictor: after the base level of the tokens, each further level, with another look at the speech.

Level k reads the base latents and all earlier levels, attends to the speech queries and adds to what it read. As
published it reads earlier levels' features, so that nothing is chosen between the levels; then a base code that was
drawn, not the likeliest, gets the residuals of another one. Reading the vectors of the codes that were chosen (the true
ones while training) mends that. As published it finds the speech of its own frames by attention alone; with `own_frame`
it reads that too: nods, which are small, are in these levels. Source: EchoMask, released code.

G parts, B clips, K tokens, T frames, C latent channels, Q levels.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from gesta.echomask.books import Books
from gesta.echomask.config import ResidualReads, Sizes
from gesta.echomask.grouped import GroupedDecoderLayer, GroupedLinear, GroupedPerceptron
from gesta.echomask.mam import token_means
from gesta.echomask.sight import Sight


class ResidualLevel(nn.Module):
    """One level of all parts."""

    def __init__(self, groups: int, read: int, sizes: Sizes, codes: int, dropout: float) -> None:
        """Build a level that reads `read` earlier features or vectors."""
        super().__init__()
        latent = sizes.latent
        self.join = GroupedLinear(groups, read * latent, latent) if read > 1 else None
        self.layers = nn.ModuleList(
            GroupedDecoderLayer(groups, latent, sizes.residual_heads, sizes.residual_feed_forward, dropout)
            for _ in range(sizes.residual_layers)
        )
        self.classifier = GroupedPerceptron(groups, latent, latent, codes)

    def forward(self, earlier: Sequence[Tensor], queries: Tensor, see: Sight) -> Tensor:
        """Features (G, B, K, C) of this level from what it reads of earlier ones and speech queries (G, B, T, C)."""
        read = earlier[0] if self.join is None else self.join(torch.cat([*earlier], dim=-1))
        values = read
        for layer in self.layers:
            values = layer(values, queries, see.tokens, see.token_frames)
        return values + read


class ResidualPredictor(nn.Module):
    """Levels 1 to Q - 1 of all parts."""

    def __init__(
        self,
        groups: int,
        sizes: Sizes,
        codes: int,
        levels: int,
        dropout: float,
        reads: ResidualReads = "features",
        own_frame: bool = False,
    ) -> None:
        super().__init__()
        self.reads_codes, self.own_frame = reads == "codes", own_frame
        more = int(self.reads_codes) + int(own_frame)
        self.levels = nn.ModuleList(
            ResidualLevel(groups, level + more, sizes, codes, dropout) for level in range(1, levels)
        )

    def forward(
        self, base: Tensor, queries: Tensor, see: Sight, told: Tensor | None = None
    ) -> tuple[list[Tensor], list[Tensor]]:
        """From the base latents (G, B, K, C): for each further level logits (G, B, K, codes) and features.

        Args:
            base: of the base level.
            queries: (G, b, T, C), b divides B.
            see: what a position may attend to.
            told: (G, B, Q, K, C) true codes' vectors, needed where levels read codes.
        """
        if self.reads_codes and told is None:
            raise ValueError("levels that read codes must be told them")
        earlier, logits, features = self._begun(base, queries), [], []
        for number, level in enumerate(self.levels):
            if self.reads_codes and told is not None:
                earlier.append(told[:, :, number])
            features.append(level(earlier, queries, see))
            logits.append(level.classifier(features[-1]))
            if not self.reads_codes:
                earlier.append(features[-1])
        return logits, features

    def _begun(self, base: Tensor, queries: Tensor) -> list[Tensor]:
        """What every level reads: the base latents, and the queries (G, b, T, C) of their own frames."""
        if not self.own_frame:
            return [base]
        heard = token_means(queries)
        return [base, heard.repeat(1, base.shape[1] // heard.shape[1], 1, 1)]

    def choose(self, base: Tensor, base_codes: Tensor, queries: Tensor, see: Sight, books: Books) -> Tensor:
        """The likeliest code of each further level after those chosen before it: all codes (G, B, Q, K).

        Args:
            base, queries, see: as in `forward`.
            base_codes: (G, B, K) of the base level.
            books: the tokenizers' codebooks.
        """
        earlier, codes = self._begun(base, queries), [base_codes]
        for number, level in enumerate(self.levels):
            if self.reads_codes:
                earlier.append(books.vectors(number, codes[-1]))
            features = level(earlier, queries, see)
            codes.append(level.classifier(features).argmax(dim=-1))
            if not self.reads_codes:
                earlier.append(features)
        return torch.stack(codes, dim=2)

    def expect(self, base: Tensor, base_codes: Tensor, queries: Tensor, see: Sight, books: Books) -> Tensor:
        """All codes (G, B, Q, K) nearest to what is to be expected after the base codes; arguments as in `choose`.

        Where a level is in doubt, the mean of its codes, each as much as it is likely, adds little, and the likeliest
        one would add something that is probably wrong.
        """
        earlier = self._begun(base, queries)
        read = total = books.vectors(0, base_codes)
        for number, level in enumerate(self.levels, start=1):
            if self.reads_codes:
                earlier.append(read)
            features = level(earlier, queries, see)
            shares = level.classifier(features).float().softmax(dim=-1)
            read = torch.einsum("gbkn,gnc->gbkc", shares, books.codebook(number))
            total = total + read
            if not self.reads_codes:
                earlier.append(features)
        return books.nearest(total)
