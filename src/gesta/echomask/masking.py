"""Which frames a training clip loses: some by score, in a curriculum from soft to hard, the others by chance.

A share of the frames is masked. Of these, some are decided by scores: the hard part takes the highest, the soft
part draws from a pool of the next ranks with probability by score. With training the hard part grows and the soft part
shrinks. What is left is drawn from all other frames alike. With `whole_tokens` all this is done with the four frames of
a token together. Source: EchoMask; there the soft part's pool is as large as
what is drawn from it, so that the curriculum has no effect (`as_published`).

Policies say where the scores come from: `speech_query` and `as_published` from SQA, `loss` from how badly the model
predicts a frame, `motion_energy` from how fast it moves; `random` uses none, `none` masks nothing.

B clips, T frames.
"""

from collections.abc import Mapping

import torch
from torch import Tensor

from gesta.echomask.config import Masking
from gesta.units import TOKEN_FRAMES

SCORED_POLICIES = ("speech_query", "as_published", "loss", "motion_energy")
SMALLEST = 1e-12
STILL = 0.01
"""Energy that makes no difference to the speed of a token: a hundredth of the channels' deviations a frame."""


def masked_frames(config: Masking, scores: Tensor | None, candidates: Tensor, progress: float) -> Tensor:
    """Choose the frames to mask; chance comes from torch's own generator.

    Args:
        config: policy and shares.
        scores: (B, T), higher is masked first; None for the policies `random` and `none`.
        candidates: (B, T) bool, the frames that may be masked: real ones, seeds left out where they are spared.
        progress: of training, 0 to 1.

    Returns:
        (B, T) bool, true where masked: round(ratio * T) frames, or all candidates where there are fewer; of whole
        tokens round(ratio * K), those of which every frame is a candidate. Where the share is drawn, each clip has its
        own, and what is more than `ratio` is drawn from all frames alike.
    """
    if not config.whole_tokens:
        return _masked(config, scores, candidates, progress)
    means = None if scores is None else scores.unflatten(1, (-1, TOKEN_FRAMES)).mean(dim=2)
    return _masked(config, means, whole_tokens(candidates), progress).repeat_interleave(TOKEN_FRAMES, dim=1)


def whole_tokens(frames: Tensor) -> Tensor:
    """(B, K, ...) bool: the tokens of whose frames (B, T, ...) all are true."""
    return frames.unflatten(1, (-1, TOKEN_FRAMES)).all(dim=2)


def _masked(config: Masking, scores: Tensor | None, candidates: Tensor, progress: float) -> Tensor:
    """As `masked_frames`, of frames or of tokens."""
    frames = candidates.shape[1]
    if config.policy == "none":
        return torch.zeros_like(candidates)
    least = round(config.ratio * frames)
    masked = torch.zeros_like(candidates)
    if scores is not None and config.policy in SCORED_POLICIES:
        masked = _directed(config, scores, candidates, progress, least)
    chance = torch.rand(candidates.shape, device=candidates.device)
    wanted = _counts(config, candidates)
    return masked | _highest(chance, candidates & ~masked, wanted - masked.sum(dim=1))


def _counts(config: Masking, candidates: Tensor) -> Tensor:
    """How many frames each clip loses: (B,)."""
    clips, frames = candidates.shape
    more = max(0.0, config.most - config.ratio) * torch.rand(clips, device=candidates.device)
    return torch.round((config.ratio + more) * frames).long()


def _directed(config: Masking, scores: Tensor, candidates: Tensor, progress: float, wanted: int) -> Tensor:
    """The frames that the scores decide."""
    frames = candidates.shape[1]
    directed = min(round(config.directed * frames), wanted)
    hard = min(round(config.directed * progress * frames), directed)
    pool = directed if config.policy == "as_published" else max(directed, round(config.pool * frames))
    rank = _rank(scores, candidates)
    above = scores - scores.masked_fill(~candidates, torch.inf).amin(dim=1, keepdim=True)
    # The largest of log-weight plus Gumbel noise are a draw without replacement with those weights.
    noise = -torch.log(-torch.log(torch.rand(scores.shape, device=scores.device).clamp(SMALLEST, 1 - 1e-7)))
    keys = torch.log(above.clamp(min=SMALLEST)) + noise
    taken = candidates & (rank < hard)
    soft = torch.full_like(taken[:, 0], directed - hard, dtype=torch.long)
    return taken | _highest(keys, candidates & (rank >= hard) & (rank < pool), soft)


def _rank(values: Tensor, among: Tensor) -> Tensor:
    """(B, T) rank of each value, 0 for the highest; what is not among them comes last."""
    order = values.masked_fill(~among, -torch.inf).argsort(dim=1, descending=True)
    return torch.empty_like(order).scatter_(
        1, order, torch.arange(order.shape[1], device=order.device).expand_as(order)
    )


def _highest(values: Tensor, among: Tensor, counts: Tensor) -> Tensor:
    """(B, T) bool: in each clip the counts (B,) highest values among those allowed."""
    return among & (_rank(values, among) < counts[:, None])


def motion_energy(channels: Mapping[str, Tensor]) -> Tensor:
    """How fast each frame moves: (B, T), the root mean square change of all parts' channels (B, T, C) a frame."""
    every = torch.cat([*channels.values()], dim=-1)
    change = (every[:, 1:] - every[:, :-1]).square().mean(dim=-1).sqrt()
    return torch.cat([change[:, :1], change], dim=1)


def token_speeds(energy: Tensor) -> Tensor:
    """How fast tokens are, as training tells them: logarithms of the mean energy (..., T) of their frames: (..., K)."""
    return (energy.unflatten(-1, (-1, TOKEN_FRAMES)).mean(dim=-1) + STILL).log()
