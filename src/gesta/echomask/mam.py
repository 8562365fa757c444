"""MAM, the motion-audio alignment module: speech queries that learn to be like the motion that goes with the speech.

Each part has one learnable query, placed at every frame. It attends to the lower level of the speech (how it is said),
then to the higher level (what is said), with an encoder before, between and after. Motion latents pass the same three
encoders, so that both end in one space. As published, a query finds the speech of its own frame by attention alone,
which takes thousands of steps to learn; with `own_frame` it begins with it. Source: EchoMask (arXiv 2504.09209),
walked through in docs/echomask.md.

G parts, B clips, T frames, K tokens, C latent channels.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from gesta.echomask.config import Alignment, Sizes
from gesta.echomask.dropout import Dropout
from gesta.echomask.grouped import GroupedDecoderLayer, GroupedEncoderLayer, GroupedPerceptron
from gesta.echomask.parts import ALL_PARTS
from gesta.echomask.sight import Sight, positions
from gesta.units import TOKEN_FRAMES

STAGES = 3
"""Encoders that both branches share: before, between and after the two attentions to speech."""


class MotionAudioAlignment(nn.Module):
    """Speech queries for all parts, and motion in the same space."""

    def __init__(self, sizes: Sizes, dropout: float, own_frame: bool = False) -> None:
        """Build with random weights; `own_frame` adds the speech of its own frame to each query before it attends."""
        super().__init__()
        self.own_frame = own_frame
        groups, latent = len(ALL_PARTS), sizes.latent
        layer = (groups, latent, sizes.alignment_heads, sizes.exchange_feed_forward, dropout)
        self.queries = nn.Parameter(torch.zeros(groups, 1, 1, latent))
        self.encoders = nn.ModuleList(
            nn.ModuleList(GroupedEncoderLayer(*layer) for _ in range(sizes.alignment_layers)) for _ in range(STAGES)
        )
        self.low, self.high = GroupedDecoderLayer(*layer), GroupedDecoderLayer(*layer)
        self.regressor = GroupedPerceptron(groups, latent, latent, latent)
        self.matcher = GroupedPerceptron(groups, 2 * latent, latent, 2)
        self.drop = Dropout(dropout)
        self.period = sizes.window

    def speech(self, low: Tensor, high: Tensor, see: Sight) -> Tensor:
        """Motion-aligned speech features.

        Args:
            low, high: (B, T, C) both levels of the speech.
            see: what a frame may attend to.

        Returns:
            (G, B, T, C).
        """
        batch, frames, latent = low.shape
        place = positions(frames, latent, self.period, low.device)
        # Before it hears anything a query is the same for every clip; only dropout makes a difference.
        clips = batch if self.training else 1
        query = self.drop(self.queries + place).expand(-1, clips, -1, -1)
        query = self._encode(0, query, see.frames).expand(-1, batch, -1, -1)
        for number, (decoder, features) in enumerate(((self.low, low), (self.high, high)), start=1):
            memory = self.drop(features + place).expand(len(ALL_PARTS), -1, -1, -1)
            query = query + features if self.own_frame else query
            query = self._encode(number, decoder(query, memory, see.frames, see.ahead), see.frames)
        return query

    def motion(self, latents: Tensor, see: Sight) -> Tensor:
        """Motion latents (G, B, K, C), summed over the levels, in the space of the queries: (G, B, K, C)."""
        place = positions(latents.shape[2], latents.shape[3], self.period, latents.device)
        values = self.drop(latents + place)
        for number in range(STAGES):
            values = self._encode(number, values, see.tokens)
        return values

    def _encode(self, number: int, values: Tensor, mask: Tensor | None) -> Tensor:
        for layer in self.encoders[number]:
            values = layer(values, mask)
        return values

    def losses(
        self, queries: Tensor, motion: Tensor, clips: Tensor, tokens: Tensor, how: Alignment
    ) -> dict[str, Tensor]:
        """What training minimises: each the sum over the parts.

        Args:
            queries: (G, B, T, C) from `speech`.
            motion: (G, B, K, C) from `motion`.
            clips: (G, B) bool, which clips really have the part.
            tokens: (B, K) bool, which tokens are real.
            how: which of the losses' forms are used.

        Returns:
            contrast, regression and match, scalars.
        """
        heard = token_means(queries)
        real = clips[:, :, None] & tokens
        target = motion.detach() if how.detach_target else motion
        error = (self.regressor(heard) - target).square().mean(dim=-1)
        return {
            "contrast": contrast(heard, motion, real, how),
            "regression": part_mean(error, real).sum(),
            "match": self._match(heard, motion, real, how),
        }

    def _match(self, heard: Tensor, motion: Tensor, real: Tensor, how: Alignment) -> Tensor:
        """Whether speech and motion belong together, from their means over time: cross-entropy, summed over parts."""
        share = real[..., None] / real.sum(dim=2).clamp(min=1)[..., None, None]
        speech, moved = (heard * share).sum(dim=2), (motion * share).sum(dim=2)
        clips = real.any(dim=2)
        pairs = [(moved, clips, 1)]
        if how.match_negatives and len(real[0]) > 1:
            pairs.append((moved.roll(1, dims=1), clips & clips.roll(1, dims=1), 0))
        total = heard.new_zeros(())
        for other, known, label in pairs:
            answer = self.matcher(torch.cat([speech, other], dim=-1)).log_softmax(dim=-1)[..., label]
            total = total - part_mean(answer, known).sum() / len(pairs)
        return total


def token_means(frames: Tensor) -> Tensor:
    """Means of the frames of each token: (..., T, C) -> (..., K, C)."""
    return frames.unflatten(-2, (-1, TOKEN_FRAMES)).mean(dim=-2)


def part_mean(values: Tensor, real: Tensor) -> Tensor:
    """(G, ...) -> (G,): means over what is real, 0 for a part that is never real."""
    counts = real.flatten(1).sum(dim=1)
    return (values * real).flatten(1).sum(dim=1) / counts.clamp(min=1)


def contrast(heard: Tensor, motion: Tensor, real: Tensor, how: Alignment) -> Tensor:
    """InfoNCE between speech tokens and motion tokens, the same token of the same clip being the positive.

    Args:
        heard, motion: (G, B, K, C).
        real: (G, B, K) bool; tokens that are not real are neither positives nor negatives.
        how: temperature, negatives from other clips, one direction or both.

    Returns:
        A scalar: the sum over the parts.
    """
    groups, batch, tokens = real.shape
    rows = (1, batch * tokens) if how.cross_clip else (batch, tokens)
    speech, moved = (functional.normalize(item, dim=-1).view(groups, *rows, -1) for item in (heard, motion))
    known = real.view(groups, *rows)
    logits = speech @ moved.transpose(-1, -2) / how.temperature
    directions = [logits, logits.transpose(-1, -2)] if how.symmetric else [logits]
    total = heard.new_zeros(())
    for direction in directions:
        others = direction.masked_fill(~known[:, :, None], torch.finfo(direction.dtype).min)
        own = direction.diagonal(dim1=-2, dim2=-1)
        total = total + part_mean(others.logsumexp(dim=-1) - own, known).sum()
    return total / len(directions)
