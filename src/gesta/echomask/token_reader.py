"""Reads the tokens that are known already: a transformer over the tokens of all parts, each beside what it hears.

As published, known motion reaches the generator as frames only, and speech reaches the body through the attention to
them. Both ways take long to learn; a training of hours ends deaf and does not go on from what it sees. The code vectors
of known tokens say the same motion in the language of what is to be predicted, as in masked token models (MaskGIT,
Chang et al. 2022, arXiv 2202.04200). `Sizes.token_layers` says how many layers read them; with 0 there is no reader.

G parts (face, hands, upper, lower), B clips, T frames, K tokens, C latent channels, D width.
"""

import torch
from torch import Tensor, nn

from gesta.echomask.config import Sizes
from gesta.echomask.dropout import Dropout
from gesta.echomask.grouped import GroupedEncoderLayer, GroupedLinear, GroupedNorm, GroupedPerceptron
from gesta.echomask.known import KnownTokens
from gesta.echomask.nearby import nearby_width
from gesta.echomask.parts import ALL_PARTS
from gesta.echomask.sight import Sight, positions
from gesta.units import TOKEN_FRAMES


class TokenReader(nn.Module):
    """From known tokens and speech queries to what they say of every token."""

    def __init__(self, sizes: Sizes, dropout: float) -> None:
        super().__init__()
        groups, latent, width = len(ALL_PARTS), sizes.latent, sizes.width
        self.period = sizes.window
        self.norm = GroupedNorm(groups, latent)
        self.hidden = nn.Parameter(torch.zeros(groups, 1, 1, latent))
        self.deaf = nn.Parameter(torch.zeros(groups, 1, 1, width))
        self.moved = GroupedLinear(groups, latent, width)
        self.heard = GroupedLinear(groups, TOKEN_FRAMES * latent, width)
        self.drop = Dropout(dropout)
        self.layers = nn.ModuleList(
            GroupedEncoderLayer(1, width, sizes.heads, sizes.feed_forward, dropout) for _ in range(sizes.token_layers)
        )
        self.out = (
            GroupedPerceptron(groups, width + nearby_width(sizes), sizes.nearby, latent)
            if sizes.nearby
            else GroupedLinear(groups, width, latent)
        )

    def forward(
        self,
        known: KnownTokens,
        queries: Tensor,
        who: Tensor,
        hearing: int | None,
        see: Sight,
        near: Tensor | None = None,
    ) -> Tensor:
        """What known tokens and speech say of each token: (G, B, K, C), to be added to the base latents.

        Args:
            known: the tokens.
            queries: (G, b, T, C); b divides B.
            who: (B, D) the body's speaker.
            hearing: how many clips, from the first on, hear; all if not given.
            see: what a token may attend to.
            near: (G, B, K, ...) what is known next to each token, where that is read (`gesta.echomask.nearby`).
        """
        groups, clips, tokens = known.there.shape
        values = torch.where(known.there[..., None], self.norm(known.vectors), self.hidden)
        heard = self.heard(queries.unflatten(2, (tokens, TOKEN_FRAMES)).flatten(3))
        heard = heard.repeat(1, clips // heard.shape[1], 1, 1)
        if hearing is not None and hearing < clips:
            deaf = self.deaf.expand(-1, clips - hearing, tokens, -1)
            heard = torch.cat([heard[:, :hearing], deaf], dim=1)
        place = positions(tokens, heard.shape[-1], self.period, heard.device)
        read = self.drop(self.moved(values) + heard + who[:, None] + place)
        # One row for each clip, all parts one after the other: each token may attend to every part's.
        row = read.transpose(0, 1).flatten(1, 2)[None]
        mask = None if see.tokens is None else see.tokens.repeat(groups, groups)
        for layer in self.layers:
            row = layer(row, mask)
        said = row[0].unflatten(1, (groups, tokens)).transpose(0, 1)
        return self.out(said if near is None else torch.cat([said, near], dim=-1))
