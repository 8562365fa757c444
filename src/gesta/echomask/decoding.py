"""From predictions to tokens: in a single pass as published, or iteratively, the surest or the earliest tokens first.

Iterative decoding begins with what is visible (the seed, frames that the caller keeps). Each pass predicts all tokens;
some are accepted, decoded and shown to the next pass as visible frames. These are

* `surest`: those with the highest confidence, the probability of a token's base level, the minimum over the parts. How
  many by when follows a quarter of a cosine. Source of the schedule: MaskGIT (Chang et al. 2022, arXiv 2202.04200);
  MoMask uses it for motion. A generator that is in doubt is surest of rest, so that drawn takes come to rest, too.
* `earliest`: as many in each pass, in the order of time, as a body goes on from where it is.

G parts, B clips, T frames, K tokens, Q levels.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from gesta.echomask.books import Books
from gesta.echomask.config import Decoding, Order
from gesta.echomask.generator import Generator
from gesta.echomask.known import KnownTokens
from gesta.echomask.masking import whole_tokens
from gesta.echomask.who import Who
from gesta.units import TOKEN_FRAMES


@dataclass(frozen=True)
class Window:
    """What is known of a window before it is generated.

    Attributes:
        motion: (B, T, channels) generator input; what is not visible may be anything.
        visible: (B, T, channels) bool.
        queries: (G, B, T, C) speech queries.
        who: who moves.
        usual: whom guidance of styles leads away from; None where there is nobody other than `who`.
        known: tokens that are known; None where the generator does not read them.
    """

    motion: Tensor
    visible: Tensor
    queries: Tensor
    who: Who
    usual: Who | None = None
    known: KnownTokens | None = None

    def base(self, generator: Generator, whos: Sequence[Who], deaf: bool) -> list[Tensor]:
        """Base latents (G, B, K, C) of the clips once for each who, and at last of the first who without hearing."""
        times, clips = len(whos), len(self.motion)
        latents, _ = generator.base(
            self.motion.repeat(times, 1, 1),
            self.visible.repeat(times, 1, 1),
            self.queries,
            Who.together(whos),
            again_deaf=clips if deaf else 0,
            known=None if self.known is None else self.known.repeat(times),
        )
        return list(latents.split(clips, dim=1))


Show = Callable[[Tensor], Tensor]
"""Turns codes (G, B, Q, K) into generator input (B, T, channels)."""


def decode(
    generator: Generator,
    window: Window,
    how: Decoding,
    show: Show,
    books: Books,
    chance: torch.Generator,
    needed: int | None = None,
) -> Tensor:
    """The tokens of a window: (G, B, Q, K) int64.

    Args:
        generator: in evaluation mode.
        window: what is known.
        how: the method and how base tokens are drawn.
        show: decodes tokens to what the generator sees.
        books: the tokenizers' codebooks.
        chance: where drawing gets its numbers from; not used at temperature 0.
        needed: so many of the first tokens are used; when they are accepted, no further pass is made.
    """
    steps = 1 if how.method == "single" else how.steps
    tokens = window.motion.shape[1] // TOKEN_FRAMES
    accepted = whole_tokens(window.visible).any(dim=2)
    hidden = tokens - int(accepted.sum(dim=1).min())
    codes: Tensor | None = None
    current = window
    for step in range(1, steps + 1):
        base = _told(generator, current, how)
        chosen, confidence = choose(base.guided(how), how, chance)
        kept = chosen if codes is None else torch.where(accepted, codes[:, :, 0], chosen)
        levels = generator.choose(base.latents, kept, current.queries, books, how.residuals, current.known)
        codes = levels if codes is None else torch.where(accepted[:, None], codes, levels)
        if step == steps:
            break
        if how.order == "earliest":
            confidence = -torch.arange(tokens, device=confidence.device).expand_as(confidence).float()
        count = tokens - hidden + accepted_by(step, steps, hidden, how.order)
        accepted = accepted | _surest(confidence.masked_fill(accepted, math.inf), count)
        if bool(accepted[:, :needed].all()):
            break
        current = _with_accepted(window, codes, show(codes), books, accepted)
    assert codes is not None
    return codes


@dataclass(frozen=True)
class Told:
    """What a generator says of base tokens, and what it says when it is told less, from which guidance leads away.

    Attributes:
        latents: (G, B, K, C) of who moves and hears.
        logits: (G, B, K, codes) of them.
        deaf: the logits of a body that does not hear; None where speech needs no guidance.
        usual: the logits of the usual style; None where styles need no guidance.
    """

    latents: Tensor
    logits: Tensor
    deaf: Tensor | None = None
    usual: Tensor | None = None

    def guided(self, how: Decoding) -> Tensor:
        """Logits that hearing and style lead as much as is asked for."""
        logits = self.logits.float()
        led = logits
        if self.deaf is not None:
            led = led + (how.guidance - 1.0) * (logits - self.deaf.float())
        if self.usual is not None:
            led = led + (how.style_guidance - 1.0) * (logits - self.usual.float())
        return led


def _told(generator: Generator, window: Window, how: Decoding) -> Told:
    """All that is asked for in one batch; those that hear come first."""
    usual = [window.usual] if window.usual is not None and how.style_guidance != 1.0 else []
    deaf = how.guidance != 1.0
    latents = window.base(generator, [window.who, *usual], deaf)
    logits = [generator.classifier(each) for each in latents]
    return Told(latents[0], logits[0], logits[-1] if deaf else None, logits[1] if usual else None)


def accepted_by(step: int, steps: int, tokens: int, order: Order = "surest") -> int:
    """How many of the tokens are accepted after a step: at least one, all of them after the last."""
    if order == "earliest":
        return max(1, tokens * step // steps)
    return max(1, tokens - math.floor(tokens * math.cos(math.pi / 2 * step / steps)))


def choose(base: Tensor, how: Decoding, chance: torch.Generator) -> tuple[Tensor, Tensor]:
    """Base codes (G, B, K) from logits (G, B, K, codes), and the confidence (B, K) in each token.

    Args:
        base: logits of the base level, with guidance.
        how: whether and how warmly tokens are drawn.
        chance: where drawing gets its numbers from.
    """
    codes = _drawn(base / how.temperature, how.top_k, chance) if how.temperature > 0.0 else base.argmax(dim=-1)
    probability = base.softmax(dim=-1).gather(-1, codes[..., None]).squeeze(-1)
    return codes, probability.amin(dim=0)


def _drawn(logits: Tensor, top_k: int, chance: torch.Generator) -> Tensor:
    """One draw from each of (..., codes) logits."""
    if top_k:
        least = logits.topk(min(top_k, logits.shape[-1]), dim=-1).values[..., -1:]
        logits = logits.masked_fill(logits < least, -math.inf)
    probabilities = logits.softmax(dim=-1)
    # Drawn on the CPU, so that a seed gives the same take on every device.
    drawn = torch.multinomial(probabilities.flatten(0, -2).cpu(), 1, generator=chance)
    return drawn.view(probabilities.shape[:-1]).to(logits.device)


def _surest(confidence: Tensor, count: int) -> Tensor:
    """(B, K) bool: the `count` tokens of each clip with the highest confidence."""
    best = confidence.topk(count, dim=1).indices
    return torch.zeros_like(confidence, dtype=torch.bool).scatter_(1, best, True)


def _with_accepted(window: Window, codes: Tensor, shown: Tensor, books: Books, accepted: Tensor) -> Window:
    """The window with accepted tokens (B, K) visible; what was visible before stays as it was."""
    frames = accepted.repeat_interleave(TOKEN_FRAMES, dim=1)[..., None]
    motion = torch.where(window.visible, window.motion, shown)
    known = window.known
    if known is not None:
        vectors = torch.where(known.there[..., None], known.vectors, books.summed(codes))
        known = KnownTokens(vectors, known.there | accepted)
    return replace(window, motion=motion, visible=window.visible | frames, known=known)
