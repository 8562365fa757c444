"""Who moves, as the generator is told: a speaker by number, and the numbers of a style.

A speaker has a learned vector. The numbers of a style (`traits`, for example how large gestures are) pass a small
network whose output is added to it, so that any mixture and any number in between can be asked for. Whoever is unknown
has a vector of their own and no traits; training hides some speakers, which guidance and unknown speakers need.

B clips, S traits, D width.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from gesta.echomask.grouped import LEAK


@dataclass(frozen=True)
class Who:
    """Who moves in each clip.

    Attributes:
        speakers: (B,) indices.
        traits: (B, S) numbers of the style, as they are; NaN where nobody knows. None where no generator asks.
    """

    speakers: Tensor
    traits: Tensor | None = None

    def repeat(self, times: int) -> "Who":
        """The same clips so many times, one row of them after another."""
        return Who.together([self] * times)

    @staticmethod
    def together(whos: "Sequence[Who]") -> "Who":
        """One row of clips after another; all have traits or none has."""
        traits = [who.traits for who in whos if who.traits is not None]
        return Who(torch.cat([who.speakers for who in whos]), torch.cat(traits) if traits else None)

    def same(self, other: "Who") -> bool:
        """Whether others are the same, clip by clip."""
        if (self.traits is None) != (other.traits is None) or not torch.equal(self.speakers, other.speakers):
            return False
        return self.traits is None or other.traits is None or torch.equal(self.traits, other.traits)

    def without(self, hidden: Tensor, unknown: int) -> "Who":
        """Some clips (B,) bool with nobody in particular: the speaker `unknown` and no traits."""
        traits = None if self.traits is None else self.traits.masked_fill(hidden[:, None], torch.nan)
        return Who(torch.where(hidden, unknown, self.speakers), traits)


class Speakers(nn.Embedding):
    """A vector for each speaker."""

    def of(self, who: Who, manner: Tensor | None) -> Tensor:
        """(B, D), with the manner (B, D) in which they move added, where it is known."""
        vectors = self(who.speakers)
        return vectors if manner is None else vectors + manner


class Manner(nn.Module):
    """The numbers of a style as two vectors: for the face's speaker and for the body's.

    Attributes:
        centre, scale: (S,) mean and deviation of the traits; set them with `fit` before training.
    """

    centre: Tensor
    scale: Tensor

    def __init__(self, traits: int, width: int) -> None:
        super().__init__()
        self.register_buffer("centre", torch.zeros(traits))
        self.register_buffer("scale", torch.ones(traits))
        self.inner = nn.Linear(traits, width)
        self.outer = nn.Linear(width, 2 * width)

    @torch.no_grad()
    def fit(self, traits: Sequence[Sequence[float]] | Tensor) -> None:
        """Take centre and scale from the traits (N, S) of what is trained on; one that never differs counts nothing."""
        rows = torch.as_tensor(traits, dtype=torch.float32)
        rows = rows[~rows.isnan().any(dim=1)]
        if len(rows):
            self.centre.copy_(rows.mean(dim=0))
            deviation = rows.std(dim=0, correction=0)
            self.scale.copy_(torch.where(deviation > 0.0, deviation, torch.inf))

    def forward(self, traits: Tensor) -> tuple[Tensor, Tensor]:
        """(B, S) to two (B, D); zero where a trait is unknown."""
        unknown = traits.isnan().any(dim=1, keepdim=True)
        scaled = ((traits - self.centre) / self.scale).masked_fill(unknown, 0.0)
        found = self.outer(functional.leaky_relu(self.inner(scaled), LEAK)).masked_fill(unknown, 0.0)
        face, body = found.chunk(2, dim=-1)
        return face, body
