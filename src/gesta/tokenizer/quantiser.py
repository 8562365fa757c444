"""Residual vector quantisation: each level chooses, from a codebook of its own, the code nearest to what is left.

Codebooks are moving averages of the vectors that chose them (van den Oord et al. 2017, arXiv 1711.00937, appendix A.1);
they begin as vectors of the first batch, and codes that fall out of use become vectors of the current one. All of that
state is in buffers, so that a resumed training goes on where it stopped. Chance comes from torch's own generator, which
the training loop seeds. Numbers: EchoMask's (arXiv 2504.09209; residual_vq.py and quantizer.py at commit
1e86a4a); levels can be dropped while training, as in SoundStream (Zeghidour et al. 2021, arXiv 2107.03312), so that a
few levels make sense without the others.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gesta.tokenizer.config import TokenizerConfig

NOISE = 0.01
"""Spread of copies, times 1 / sqrt(width), where a codebook has more codes than a batch has vectors."""


@dataclass(frozen=True)
class Quantised:
    """What the quantiser made of (B, K, D) latents.

    Attributes:
        vectors: (B, K, D) sum of the chosen codes over the kept levels; gradients pass to the latents unchanged.
        indices: (B, K, Q) int64 chosen codes, of dropped levels too.
        commitment: mean squared distance of the latents from their codes, over all levels that were kept.
        perplexity: (Q,) how many codes each level really uses, 1 to the size of the codebook.
    """

    vectors: Tensor
    indices: Tensor
    commitment: Tensor
    perplexity: Tensor


def closeness(latents: Tensor, codes: Tensor) -> Tensor:
    """How near latents (..., N, D) are to codes (..., M, D), greatest for the nearest: (..., N, M)."""
    return 2.0 * latents @ codes.mT - codes.square().sum(dim=-1)[..., None, :]


class Codebook(nn.Module):
    """The codes of one level and their moving averages."""

    vectors: Tensor
    sums: Tensor
    counts: Tensor
    initialised: Tensor

    def __init__(self, config: TokenizerConfig) -> None:
        super().__init__()
        self.decay, self.dead = config.codebook_decay, config.dead_code_usage
        vectors = torch.randn(config.codes, config.width) / config.width**0.5
        self.register_buffer("vectors", vectors)
        self.register_buffer("sums", vectors.clone())
        self.register_buffer("counts", torch.ones(config.codes))
        self.register_buffer("initialised", torch.tensor(False))

    def set_codes(self, vectors: Tensor) -> None:
        """Take (codes, D) codes as they are, with moving averages as if each had been used once."""
        self.vectors.copy_(vectors)
        self.sums.copy_(vectors)
        self.counts.fill_(1.0)
        self.initialised.fill_(True)

    def choose(self, latents: Tensor, temperature: float = 0.0) -> Tensor:
        """The nearest code of each of (N, D) latents: (N,) int64.

        With a temperature, Gumbel noise is added to minus the squared distance divided by it.
        """
        near = closeness(latents, self.vectors)
        if temperature > 0.0:
            smallest = torch.finfo(near.dtype).tiny
            uniform = torch.rand_like(near).clamp_(min=smallest)
            gumbel = -torch.log(-torch.log(uniform).clamp_(max=-smallest))
            near = near / temperature + gumbel
        return near.argmax(dim=1)

    @torch.no_grad()
    def begin(self, latents: Tensor) -> None:
        """Make (N, D) latents the first codes, if nothing was learnt before."""
        if not self.initialised and len(latents):
            self.set_codes(self._drawn(latents))

    @torch.no_grad()
    def learn(self, latents: Tensor, chosen: Tensor) -> None:
        """Move the codes towards the (N, D) latents that chose them, (N,) indices, and renew those out of use."""
        sums = torch.zeros_like(self.sums).index_add_(0, chosen, latents)
        counts = torch.bincount(chosen, minlength=len(self.counts)).to(self.counts)
        self.sums.lerp_(_over_processes(sums), 1.0 - self.decay)
        self.counts.lerp_(_over_processes(counts), 1.0 - self.decay)
        dead = self.counts < self.dead
        if len(latents):
            # A renewed code starts as if it had just been used enough, so that its average does not recall the old one.
            renewed = self._drawn(latents)
            self.sums.copy_(torch.where(dead[:, None], renewed * self.dead, self.sums))
            self.counts.masked_fill_(dead, self.dead)
        self.vectors.copy_(self.sums / self.counts.clamp(min=1e-6)[:, None])

    def _drawn(self, latents: Tensor) -> Tensor:
        """As many of (N, D) latents as there are codes, by chance; slightly different copies where they are too few."""
        codes, width = self.vectors.shape
        if len(latents) < codes:
            copies = -(-codes // len(latents))
            latents = latents.repeat(copies, 1)
            latents = latents + torch.randn_like(latents) * (NOISE / width**0.5)
        return latents[torch.randperm(len(latents), device=latents.device)[:codes]]


def _over_processes(values: Tensor) -> Tensor:
    """The sum over all training processes, where there are several."""
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        torch.distributed.all_reduce(values)
    return values


class ResidualQuantiser(nn.Module):
    """Q codebooks, each of which sees what the ones before it left over."""

    def __init__(self, config: TokenizerConfig) -> None:
        super().__init__()
        self.temperature, self.dropout = config.sampling_temperature, config.quantise_dropout
        self.levels = nn.ModuleList(Codebook(config) for _ in range(config.levels))

    def forward(self, latents: Tensor, present: Tensor | None = None) -> Quantised:
        """Quantise; while training, also learn the codebooks.

        Args:
            latents: (B, K, D).
            present: (B,) bool, the clips that count; all if not given.
        """
        with torch.autocast(latents.device.type, enabled=False):
            return self._quantise(latents.float(), present)

    def _quantise(self, latents: Tensor, present: Tensor | None) -> Quantised:
        kept = self._kept_levels(latents, present)
        left, total = latents, torch.zeros_like(latents)
        indices, distances, perplexity = [], [], []
        for level, codebook in enumerate(self.levels):
            counted = kept[:, level]
            chosen = self._at_level(codebook, left, counted)
            codes = nn.functional.embedding(chosen, codebook.vectors)
            distances.append((left - codes).square().mean((1, 2)) * counted)
            perplexity.append(_perplexity(chosen[counted], len(codebook.vectors)))
            indices.append(chosen)
            left = left - codes
            total = total + codes * counted[:, None, None]
            if self.training:
                with torch.no_grad():
                    codebook.learn((left + codes)[counted].flatten(0, 1), chosen[counted].flatten())
        commitment = torch.stack(distances).sum() / kept.sum().clamp(min=1)
        vectors = latents + (total - latents).detach()
        return Quantised(vectors, torch.stack(indices, dim=-1), commitment, torch.stack(perplexity))

    def _at_level(self, codebook: Codebook, left: Tensor, counted: Tensor) -> Tensor:
        """The codes that one level chooses for (B, K, D) vectors: (B, K) int64."""
        flat = left.detach().flatten(0, 1)
        if self.training:
            codebook.begin(left.detach()[counted].flatten(0, 1))
        return codebook.choose(flat, self.temperature if self.training else 0.0).unflatten(0, left.shape[:2])

    def _kept_levels(self, latents: Tensor, present: Tensor | None) -> Tensor:
        """(B, Q) bool: which levels count for each clip."""
        clips, levels = len(latents), len(self.levels)
        number = torch.full((clips,), levels, device=latents.device)
        if self.training and self.dropout > 0.0:
            some = torch.randint(1, levels + 1, (clips,), device=latents.device)
            number = torch.where(torch.rand(clips, device=latents.device) < self.dropout, some, number)
        kept = torch.arange(levels, device=latents.device) < number[:, None]
        return kept if present is None else kept & present[:, None]

    def tokenize(self, latents: Tensor) -> Tensor:
        """The nearest codes of (B, K, D) latents, level after level: (B, K, Q) int64."""
        left, indices = latents.detach().float(), []
        for codebook in self.levels:
            chosen = codebook.choose(left.flatten(0, 1)).unflatten(0, left.shape[:2])
            left = left - nn.functional.embedding(chosen, codebook.vectors)
            indices.append(chosen)
        return torch.stack(indices, dim=-1)

    def codes(self, indices: Tensor) -> Tensor:
        """The vectors of (B, K, q) indices of the first q <= Q levels: (B, q, K, D)."""
        return torch.stack(
            [
                nn.functional.embedding(chosen.long(), codebook.vectors)
                for chosen, codebook in zip(indices.unbind(-1), self.levels, strict=False)
            ],
            dim=1,
        )


def _perplexity(chosen: Tensor, codes: int) -> Tensor:
    """Exponential of the entropy of how often each code was chosen; 1 where none was."""
    share = torch.bincount(chosen.flatten(), minlength=codes).float()
    share = share / share.sum().clamp(min=1.0)
    return torch.exp(-torch.special.xlogy(share, share).sum())
