"""What the tokenizers are trained with: the losses of EchoMask's released trainers, mended.

Source: ae_trainer.py, aeface_trainer.py, aelower_trainer.py and aelowerfoot_trainer.py at commit 1e86a4a of the code of
arXiv 2504.09209.

Changes along time are taken along time (the released code differences neighbouring vertices). Angles are geodesic.
Where the release compares SMPL-X's vertices, which gesta does not have, points of the skeleton stand in: the joints
below those that turn, tips and soles, all else at rest; the face has no such points and is compared by its jaw and
weights alone. The lower part learns its translation, and the changes of its points as the upper part does. What a clip
lacks counts nowhere.
"""

from collections.abc import Mapping

import torch
from torch import Tensor

from gesta.motion.representation import SIX
from gesta.motion.torch_kinematics import angle_between
from gesta.tokenizer.channels import FACE, LOWER
from gesta.tokenizer.comparing import Comparison, Pair, absolute, squared
from gesta.tokenizer.config import TokenizerLosses
from gesta.tokenizer.feet import foot_slide
from gesta.tokenizer.root import HORIZONTAL, RootPath, moving_from_position
from gesta.tokenizer.tokenizers import Tokenizers

LOSS = "loss"


def tokenizer_losses(
    tokenizers: Tokenizers,
    parts: Mapping[str, Tensor],
    valid: Mapping[str, Tensor],
    weights: TokenizerLosses | None = None,
) -> dict[str, Tensor]:
    """One training pass through all tokenizers and global motion.

    Args:
        tokenizers: in training mode they also learn their codebooks.
        parts: for each part (B, T, C) channels of the representation, T a multiple of 4.
        valid: for each part (B, C), not 0 where a channel means something.
        weights: of the losses; those of the tokenizers' configuration if not given.

    Returns:
        scalars by name: "loss", which is the weighted sum, each loss as "part.loss" without its weight, and
        "part.perplexity", the mean over levels.
    """
    weights = weights or tokenizers.config.losses
    found: dict[str, Tensor] = {}
    total: list[Tensor] = []
    masks = {part: mask.bool() for part, mask in valid.items()}
    # What is not valid may be anything, and not even a finite number.
    clean = {part: values.masked_fill(~masks[part].unsqueeze(1), 0.0) for part, values in parts.items()}
    for part, values in clean.items():
        terms, perplexity = _part_terms(tokenizers, part, values, masks[part])
        found |= {f"{part}.{name}": value for name, value in terms.items()}
        found[f"{part}.perplexity"] = perplexity
        total += [getattr(weights, name) * value for name, value in terms.items()]
    if LOWER in clean:
        terms = _global_motion_terms(tokenizers, clean[LOWER], masks[LOWER])
        found |= {f"global_motion.{name}": value for name, value in terms.items()}
        total += [getattr(weights, name) * value for name, value in terms.items()]
    return {LOSS: torch.stack(total).sum(), **found}


def _part_terms(tokenizers: Tokenizers, part: str, values: Tensor, valid: Tensor) -> tuple[dict[str, Tensor], Tensor]:
    """The losses of one part by their names in `TokenizerLosses`, and the perplexity of its codes."""
    channels = tokenizers.channels
    seen = channels.encode(part, values, valid)
    output = tokenizers.parts[part](seen, valid.any(-1))
    decoded = output.decoded.float()
    terms = {"commitment": output.commitment}
    compared = Comparison(
        tokenizers.representation, part, channels.decode(part, decoded), channels.decode(part, seen), valid
    )
    if part == FACE:
        terms |= _face_terms(compared, channels.face_scale())
    else:
        inside = Comparison(tokenizers.representation, part, decoded, seen, valid)
        terms |= _body_terms(compared) | _channel_terms(inside, tokenizers.config.emphasis)
    if part == LOWER:
        terms["translation"] = inside.block("translation").mean(absolute)
        terms |= _contact_terms(compared, RootPath(tokenizers.config.translation))
    return terms, output.perplexity.mean()


def _face_terms(compared: Comparison, scale: Tensor) -> dict[str, Tensor]:
    weights = compared.block("weights").scaled(1.0 / scale)
    terms = {"face": weights.mean(squared), "face_change": weights.changes(squared)}
    if any(block.kind == "rotations" for block in compared.representation.parts[FACE]):
        terms["rotation"] = compared.rotations.mean(angle_between)
        terms["rotation_change"] = compared.rotations.changes(squared)
    return terms


def _body_terms(compared: Comparison) -> dict[str, Tensor]:
    return {
        "rotation": compared.rotations.mean(angle_between),
        "rotation_change": compared.rotations.changes(absolute),
        "position": compared.positions.mean(squared),
        "position_change": compared.positions.changes(absolute),
    }


def _channel_terms(inside: Comparison, emphasis: Mapping[str, float]) -> dict[str, Tensor]:
    """Errors of rotations as the networks see them: where channels are normalised, a nod counts as much as an arm."""
    block = inside.representation.parts[inside.part][0]
    factors = inside.true.new_tensor([emphasis.get(joint, 1.0) for joint in block.joints]).repeat_interleave(SIX)
    channels = inside.block(block.name).scaled(factors)
    return {"channels": channels.mean(absolute), "channels_change": channels.changes(absolute)}


def _contact_terms(compared: Comparison, path: RootPath) -> dict[str, Tensor]:
    contacts, translation = compared.block("contacts"), compared.block("translation")
    placed = path.follow(translation.found)
    weight = contacts.weight.all(-1) & translation.weight.all(-1)
    return {
        "contact": contacts.mean(squared),
        "foot_slide": foot_slide(compared.posed.found, placed, contacts.found, weight),
    }


def _global_motion_terms(tokenizers: Tokenizers, lower: Tensor, valid: Tensor) -> dict[str, Tensor]:
    """The losses of global motion: where true legs carry the body, against where it went."""
    channels = tokenizers.channels
    shown = valid
    if not tokenizers.config.contacts_for_global_motion:
        shown = valid.clone()
        shown[:, tokenizers.representation.slice(LOWER, "contacts")] = False
    found = channels.decode_moving(tokenizers.global_motion(channels.for_global_motion(lower, shown)).float())
    true = channels.with_translation(lower, moving_from_position(channels.block(LOWER, "translation", lower)))
    legs = valid[:, tokenizers.representation.slice(LOWER, "rotations")].any(-1, keepdim=True)
    known = valid & legs
    # The legs that it gives are of no use: what it is shown takes their place.
    told = channels.with_translation(lower, channels.block(LOWER, "translation", found))
    contacts = tokenizers.representation.slice(LOWER, "contacts")
    told = torch.cat([told[..., : contacts.start], found[..., contacts]], dim=-1)
    compared = Comparison(tokenizers.representation, LOWER, told, true, known)
    moving = compared.block("translation")
    floor = Pair(moving.found[..., HORIZONTAL], moving.true[..., HORIZONTAL], moving.weight.all(-1))
    went, goes = (RootPath("velocity").follow(values) for values in (moving.true, moving.found))
    path = Pair(goes, went, floor.weight)
    return _contact_terms(compared, RootPath("velocity")) | {
        "root_velocity": len(HORIZONTAL) * floor.mean(absolute),
        "root_velocity_change": len(HORIZONTAL) * floor.changes(absolute),
        "root_position": path.mean(absolute),
        "root_position_change": path.changes(absolute),
    }
