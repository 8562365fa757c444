"""How well motion survives being tokens: errors of each part in millimetres and degrees."""

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from gesta.motion.torch_kinematics import angle_between
from gesta.tokenizer.channels import FACE, LOWER
from gesta.tokenizer.comparing import Comparison, Pair, absolute, apart
from gesta.tokenizer.tokenizers import Tokenizers

MILLIMETRES = 1000.0


@torch.no_grad()
def reconstruction_errors(
    tokenizers: Tokenizers, parts: Mapping[str, Tensor], valid: Mapping[str, Tensor], levels: int | None = None
) -> dict[str, Tensor]:
    """Errors of motion that was made tokens and decoded, from its true first position on.

    Args:
        tokenizers: in evaluation mode.
        parts: for each part (B, T, C) channels, T a multiple of 4.
        valid: for each part (B, C), not 0 where a channel means something.
        levels: decode the first so many levels only; all if not given.

    Returns:
        scalars: "part.degrees", the mean angle of its rotations; "part.mm" (not of the face), the mean distance of its
        points, all else at rest; "face.weights", the mean error of the face's weights; "lower.path_mm", the mean
        distance of the pelvis from its true place; "lower.contacts", the share of contacts that are wrong.
    """
    masks = {part: mask.bool() for part, mask in valid.items()}
    clean = {part: values.masked_fill(~masks[part].unsqueeze(1), 0.0) for part, values in parts.items()}
    indices = {part: chosen[..., :levels] for part, chosen in tokenizers.tokenize(clean, masks).items()}
    start = tokenizers.channels.block(LOWER, "translation", clean[LOWER])[:, 0] if LOWER in clean else None
    decoded = tokenizers.decode(indices, start)
    found: dict[str, Tensor] = {}
    for part, values in decoded.items():
        compared = Comparison(tokenizers.representation, part, values.float(), clean[part], masks[part])
        found |= {f"{part}.{name}": value for name, value in _errors(compared).items()}
    return found


def _errors(compared: Comparison) -> dict[str, Tensor]:
    errors: dict[str, Tensor] = {}
    for block in compared.representation.parts[compared.part]:
        pair = compared.block(block.name)
        if block.kind == "rotations":
            errors["degrees"] = compared.rotations.mean(angle_between) * (180.0 / math.pi)
            if compared.part != FACE:
                errors["mm"] = compared.positions.mean(apart) * MILLIMETRES
        elif block.kind == "weights":
            errors["weights"] = pair.mean(absolute)
        elif block.kind == "translation":
            path = Pair(pair.found, pair.true, pair.weight.all(-1))
            errors["path_mm"] = path.mean(apart) * MILLIMETRES
        else:
            errors["contacts"] = pair.mean(lambda found, true: ((found > 0.5) != (true > 0.5)).float())
    return errors
