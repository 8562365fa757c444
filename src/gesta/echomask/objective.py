"""What one training step of the generator minimises: three passes over the same clips, with MAM once for all of them.

Pass `seed` sees the seed frames only; `self` sees what the mask leaves, without speech for the body; `word` sees the
same, with it. Each predicts every token of every level. Source: EchoMask; forms that differ from the released code are
settings (gesta.echomask.config).

G parts, B clips, T frames, K tokens, Q levels, C latent channels.
"""

from dataclasses import replace

import torch
from torch import Tensor
from torch.nn import functional

from gesta.echomask.clips import Clips, known_tokens, real_tokens
from gesta.echomask.config import GeneratorConfig
from gesta.echomask.generator import Generator, Levels, Predicted
from gesta.echomask.mam import contrast, part_mean, token_means
from gesta.echomask.masking import masked_frames, whole_tokens
from gesta.echomask.own import Tokens, with_own_tokens
from gesta.echomask.parts import FACE, HANDS
from gesta.echomask.sight import sight
from gesta.echomask.teacher import Teacher
from gesta.echomask.who import Who
from gesta.units import TOKEN_FRAMES

DEAF_PASSES = ("self",)
"""Passes in which speech does not move the body."""


def step_losses(
    generator: Generator, teacher: Teacher | None, clips: Clips, progress: float, tokens: Tokens | None = None
) -> dict[str, Tensor]:
    """All losses of a step as scalars by name; `loss` is their weighted sum.

    Args:
        generator: what is trained.
        teacher: who scores frames; needed where the mask's policy asks for speech queries.
        clips: the batch.
        progress: of training, 0 to 1.
        tokens: what tokens stand for; needed where some clips go on from the generator's own.
    """
    config = generator.config
    clips = replace(clips, who=_some_unknown(clips.who, config))
    queries = generator.hear(clips.low, clips.high)
    seed = torch.zeros_like(clips.real)
    seed[:, : config.sizes.seed_frames] = True
    visible: dict[str, Tensor] = {"seed": _beginnings(clips.real, config)}
    predicted: dict[str, Predicted] = {}
    deep = _deep_passes(config)
    if {"self", "word"} & set(config.losses.passes):
        if config.masking.policy == "loss":
            predicted = _predict(generator, clips, visible, queries, deep)
        scores = _scores(generator, teacher, clips, predicted.get("seed"))
        candidates = clips.real & ~seed if config.masking.spare_seed else clips.real
        shown = ~masked_frames(config.masking, scores, candidates, progress)
        visible |= {name: shown for name in config.losses.passes if name != "seed"}
    if config.losses.own_share and progress >= config.losses.own_from:
        if tokens is None:
            raise ValueError("clips that go on from the generator's own tokens need to know what tokens stand for")
        own = torch.rand(len(clips.real), device=clips.real.device) < config.losses.own_share
        if "self" in visible:
            visible["self"] = torch.where(own[:, None], visible["seed"], visible["self"])
        told = _predict(generator, clips, {"word": visible["word"]}, queries, deep)
        later = {name: frames for name, frames in visible.items() if name not in told}
        known = with_own_tokens(generator, clips, own, told["word"], visible["word"], queries, tokens)
        predicted = told | _predict(generator, known, later, queries, deep)
    else:
        rest = {name: frames for name, frames in visible.items() if name not in predicted}
        predicted |= _predict(generator, clips, rest, queries, deep)
    return _sum_up(generator, clips, queries, predicted, visible)


def _beginnings(real: Tensor, config: GeneratorConfig) -> Tensor:
    """(B, T) bool: the frames that the pass `seed` sees, the first ones of each clip."""
    (clips, frames), device = real.shape, real.device
    length = torch.full((clips, 1), config.sizes.seed_frames, device=device)
    if config.losses.longest_seed > config.sizes.seed_frames:
        most = min(config.losses.longest_seed, frames - TOKEN_FRAMES) // TOKEN_FRAMES
        length = TOKEN_FRAMES * torch.randint(1, most + 1, (clips, 1), device=device)
    length = length.masked_fill(torch.rand(clips, 1, device=device) < config.losses.seedless_share, 0)
    return torch.arange(frames, device=device) < length


def _sum_up(
    generator: Generator, clips: Clips, queries: Tensor, predicted: dict[str, Predicted], visible: dict[str, Tensor]
) -> dict[str, Tensor]:
    weights = generator.config.losses
    found: dict[str, Tensor] = {}
    total = queries.new_zeros(())
    for name in weights.passes:
        counted = _counted_tokens(clips, visible[name], weights.masked_only)
        tokens, latents = token_loss(predicted[name], clips, counted), latent_loss(predicted[name], clips)
        total = total + weights.tokens * tokens + weights.latents * latents
        found |= {f"{name}_tokens": tokens, f"{name}_latents": latents}
        if (rest := predicted[name].rest) is not None:
            found[f"{name}_rest"] = rest_loss(rest, clips, counted)
            total = total + weights.residual_sum * found[f"{name}_rest"]
        if generator.speed is not None:
            found[f"{name}_speed"] = speed_loss(
                generator.speed(predicted[name].latents[:, :, 0])[..., 0], clips, counted
            )
            total = total + weights.speed * found[f"{name}_speed"]
        found[f"{name}_accuracy"] = accuracy(predicted[name], clips, _counted_tokens(clips, visible[name], True))
    for kind, value in _alignment(generator, clips, queries).items():
        times = len(weights.passes) if weights.alignment_every_pass else 1
        total = total + weights.alignment * times * value
        found[f"align_{kind}"] = value
    if weights.seed_contrast:
        heard = token_means(queries[[FACE, HANDS]])
        real = clips.valid[[FACE, HANDS], :, None] & real_tokens(clips)
        found["seed_contrast"] = contrast(heard, predicted["seed"].alone, real, generator.config.alignment)
        total = total + weights.seed_contrast * found["seed_contrast"]
    return {"loss": total, **found}


def _predict(
    generator: Generator, clips: Clips, visible: dict[str, Tensor], queries: Tensor, deep: set[str]
) -> dict[str, Predicted]:
    """Passes by name, from the frames that each sees: one batch, so that what they share is computed once.

    The passes in `deep` predict all levels, the others the base level alone.
    """
    if not visible:
        return {}
    names = sorted(visible, key=lambda name: name in DEAF_PASSES)
    times, batch = len(names), len(clips.real)
    known = None if generator.token_reader is None else known_tokens(clips, [visible[name] for name in names])
    base, alone = generator.base(
        clips.motion.repeat(times, 1, 1),
        torch.cat([visible[name][..., None] & clips.known for name in names]),
        queries,
        clips.who.repeat(times),
        clips.valid.repeat(1, times),
        hearing=batch * sum(name not in DEAF_PASSES for name in names),
        known=known,
    )
    rows = {name: slice(number * batch, (number + 1) * batch) for number, name in enumerate(names)}
    chosen = [name for name in names if name in deep]
    levels: dict[str, Levels] = {}
    for name in (name for name in names if name not in deep):
        own = base[:, rows[name]]
        levels[name] = Levels(generator.classifier(own)[:, :, None], own[:, :, None])
    if chosen:
        some = torch.cat([base[:, rows[name]] for name in chosen], dim=1)
        told = clips.latents.repeat(1, len(chosen), 1, 1, 1)
        near = None if known is None else known.clips([rows[name] for name in chosen])
        said = generator.levels(some, queries, told, near)
        for number, name in enumerate(chosen):
            levels[name] = said.clips(slice(number * batch, (number + 1) * batch))
    return {name: levels[name].beside(alone[:, rows[name]]) for name in names}


def _deep_passes(config: GeneratorConfig) -> set[str]:
    """The passes that predict all levels."""
    passes = config.losses.passes
    return set(passes) if config.losses.level_passes == "all" else {passes[int(torch.randint(len(passes), ()))]}


def _alignment(generator: Generator, clips: Clips, queries: Tensor) -> dict[str, Tensor]:
    see = sight(clips.real.shape[1], generator.config.look_ahead, queries.device)
    motion = generator.alignment.motion(clips.latents.sum(dim=2), see)
    return generator.alignment.losses(queries, motion, clips.valid, real_tokens(clips), generator.config.alignment)


def _scores(generator: Generator, teacher: Teacher | None, clips: Clips, seed: Predicted | None) -> Tensor | None:
    """What the mask goes by: (B, T), or None where the policy needs nothing."""
    policy = generator.config.masking.policy
    if policy == "motion_energy":
        return clips.energy
    if policy == "loss" and seed is not None:
        return frame_difficulty(seed, clips).repeat_interleave(TOKEN_FRAMES, dim=1)
    if policy in ("speech_query", "as_published"):
        if teacher is None:
            raise ValueError(f"the mask policy '{policy}' needs a teacher")
        return teacher.scores(clips.motion, clips.known, clips.low, clips.high, clips.who, clips.valid)
    return None


def _some_unknown(who: Who, config: GeneratorConfig) -> Who:
    """Who moves, some of them replaced by nobody in particular."""
    if not config.speaker_dropout:
        return who
    drawn = torch.rand(who.speakers.shape, device=who.speakers.device)
    return who.without(drawn < config.speaker_dropout, config.speakers)


def _counted_tokens(clips: Clips, visible: Tensor, masked_only: bool) -> Tensor:
    """(G, B, K) bool: the tokens whose prediction counts."""
    counted = real_tokens(clips)
    if masked_only:
        counted = counted & ~whole_tokens(visible)
    return clips.valid[:, :, None] & counted


def _surprise(predicted: Predicted, clips: Clips) -> Tensor:
    """(G, B, Q, K) cross-entropy of every token of the predicted levels."""
    codes = clips.codes[:, :, : predicted.logits.shape[2]]
    return functional.cross_entropy(predicted.logits.flatten(0, 3), codes.flatten(), reduction="none").view(codes.shape)


def token_loss(predicted: Predicted, clips: Clips, counted: Tensor) -> Tensor:
    """Cross-entropy, level i weighing 1 / (i + 1), summed over levels and parts."""
    surprise = _surprise(predicted, clips)
    discount = 1.0 / torch.arange(1, surprise.shape[2] + 1, device=counted.device)
    return part_mean((surprise * discount[:, None]).sum(dim=2), counted).sum()


def latent_loss(predicted: Predicted, clips: Clips) -> Tensor:
    """Mean squared error of the predicted levels' code vectors, a share 1 / Q of it, summed over parts."""
    error = (predicted.latents - clips.latents[:, :, : predicted.latents.shape[2]]).square().mean(dim=-1).mean(dim=2)
    real = clips.valid[:, :, None] & real_tokens(clips)
    return part_mean(error, real).sum() / clips.codes.shape[2]


def rest_loss(rest: Tensor, clips: Clips, counted: Tensor) -> Tensor:
    """Share of the further levels' sum that what is said of it (G, B, K, C) leaves over, summed over parts."""
    true = clips.latents[:, :, 1:].sum(dim=2)
    error, whole = (part_mean(values.square().sum(dim=-1), counted) for values in (rest - true, true))
    return (error / whole.clamp(min=torch.finfo(whole.dtype).tiny)).sum()


def speed_loss(speeds: Tensor, clips: Clips, counted: Tensor) -> Tensor:
    """Squared error of how fast (G, B, K) parts are said to be, summed over parts."""
    return part_mean((speeds - clips.speeds).square(), counted).sum()


@torch.no_grad()
def accuracy(predicted: Predicted, clips: Clips, counted: Tensor) -> Tensor:
    """Share of right base tokens, mean over the parts that any clip has."""
    right = predicted.logits[:, :, 0].argmax(dim=-1) == clips.codes[:, :, 0]
    return part_mean(right.float(), counted).sum() / counted.any(dim=2).any(dim=1).sum().clamp(min=1)


@torch.no_grad()
def frame_difficulty(predicted: Predicted, clips: Clips) -> Tensor:
    """How badly each token's base level is predicted: (B, K), mean over the parts a clip has."""
    has = clips.valid[:, :, None].float()
    return (_surprise(predicted, clips)[:, :, 0] * has).sum(dim=0) / has.sum(dim=0).clamp(min=1.0)
