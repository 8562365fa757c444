"""The names that EchoMask's released tokenizers use, against ours, and loading under them.

Key names: those of the networks of EchoMask's code at commit 1e86a4a (rvq.py, motion_representation.py).
They count modules, activations included, so the numbers below follow from the order of the layers.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from gesta.errors import InputError
from gesta.tokenizer.config import TokenizerConfig, tokenizer_config
from gesta.tokenizer.quantiser import Codebook

ENDINGS = ("weight", "bias")


def _with_endings(places: Mapping[str, str]) -> dict[str, str]:
    """Each layer's weight and bias."""
    return {f"{ours}.{end}": f"{theirs}.{end}" for ours, theirs in places.items() for end in ENDINGS}


def _residuals(ours: str, theirs: str, depth: int) -> dict[str, str]:
    names = {}
    for block in range(depth):
        names[f"{ours}.{block}.wide"] = f"{theirs}.model.{block}.conv1"
        names[f"{ours}.{block}.mix"] = f"{theirs}.model.{block}.conv2"
    return names


def official_rvq_names(config: TokenizerConfig | None = None) -> dict[str, str]:
    """For each weight and codebook of `PartTokenizer` the official key; by the `official` preset's sizes by default."""
    config = config or tokenizer_config("official")
    places = {"encoder.entrance": "encoder.model.0", "decoder.entrance": "decoder.model.0"}
    # In both halves a convolution and its activation come first.
    for step in range(config.halvings):
        encoder, decoder = f"encoder.model.{2 + step}", f"decoder.model.{2 + step}"
        places[f"encoder.halvings.{step}.strided"] = f"{encoder}.0"
        places |= _residuals(f"encoder.halvings.{step}.residuals", f"{encoder}.1", config.residual_depth)
        places |= _residuals(f"decoder.doublings.{step}.residuals", f"{decoder}.0", config.residual_depth)
        places[f"decoder.doublings.{step}.smooth"] = f"{decoder}.2"
    after = 2 + config.halvings
    places["encoder.exit"] = f"encoder.model.{after}"
    places["decoder.middle"] = f"decoder.model.{after}"
    places["decoder.exit"] = f"decoder.model.{after + 2}"
    codebooks = {
        f"quantiser.levels.{level}.vectors": f"quantizer.layers.{level}.codebook" for level in range(config.levels)
    }
    return _with_endings(places) | codebooks


def official_global_motion_names(config: TokenizerConfig | None = None) -> dict[str, str]:
    """For each weight of `GlobalMotion` the official key; by the `official` preset's sizes by default."""
    config = config or tokenizer_config("official")
    places, turns = {}, 2
    for layer in range(config.global_layers):
        # A convolution, its activation and a residual block make three modules of the encoder.
        places[f"reading.{layer}"] = f"encoder.main.{3 * layer}"
        places |= _leaky_residual(f"thinking.{layer}", f"encoder.main.{3 * layer + 2}")
        places[f"writing.{layer}"] = f"decoder.main.{turns + 2 * layer}"
    for turn in range(turns):
        places |= _leaky_residual(f"turning.{turn}", f"decoder.main.{turn}")
    places["exit"] = f"decoder.main.{turns + 2 * config.global_layers}"
    return _with_endings(places)


def _leaky_residual(ours: str, theirs: str) -> dict[str, str]:
    return {f"{ours}.first": f"{theirs}.model.0", f"{ours}.second": f"{theirs}.model.2"}


@torch.no_grad()
def load_official(module: nn.Module, tensors: Mapping[str, Tensor], names: Mapping[str, str], where: str) -> None:
    """Fill a module with tensors under official keys; moving averages of codebooks begin anew.

    Args:
        module: a `PartTokenizer` or `GlobalMotion` of the official sizes.
        tensors: by official key.
        names: the official key of each of the module's keys.
        where: what the tensors come from, for the sentence of an error.

    Raises:
        InputError: a key is missing, unknown or of another shape.
    """
    if missing := sorted(set(names.values()) - set(tensors)):
        raise InputError(f"{where} lacks {missing[0]}{_more(missing)}: it is not the file this network needs.")
    if unknown := sorted(set(tensors) - set(names.values())):
        raise InputError(f"{where} holds {unknown[0]}{_more(unknown)}, which this network does not have.")
    own = module.state_dict()
    for ours, theirs in names.items():
        if own[ours].shape != tensors[theirs].shape:
            found, wanted = tuple(tensors[theirs].shape), tuple(own[ours].shape)
            raise InputError(f"In {where}, {theirs} has the shape {found}, but {wanted} is needed.")
        own[ours].copy_(tensors[theirs])
    for part in module.modules():
        if isinstance(part, Codebook):
            part.set_codes(part.vectors.clone())


def _more(names: list[str]) -> str:
    return f" and {len(names) - 1} more" if len(names) > 1 else ""
