"""The names that MMGT's released video weights have, against ours, both ways.

`net-32500.pth` holds the four networks of stage 2 side by side: at full size 1,526 + 682 + 16 + 8 = 2,232 tensors.
Inside a network its names are ours, but for the 42 tables of positions in the motion modules, which follow from their
size and are computed here. Source: MMGT's release.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gesta.errors import InputError
from gesta.foreign import check_names
from gesta.mmgt.motion_module import ATTENTIONS
from gesta.mmgt.positions import line_positions
from gesta.mmgt.video_config import VideoConfig, video_config
from gesta.mmgt.video_network import VideoNetwork

KIND = "video network"
NETWORKS = {
    "denoiser": "denoising_unet",
    "reference": "reference_unet",
    "pose_guider": "pose_guider",
    "audio_projection": "audioproj",
}
"""Our networks' names with the released ones."""
AUDIO_MODULE = re.compile(r"denoising_unet\.(down|mid|up)_blocks?\..*audio_modules\.")
POSITIONS = re.compile(r"\.attention_blocks\.\d+\.pos_encoder\.pe$")
POSITIONS_OFF_BY = 2e-3
"""Tables stored with half precision are rounded."""


def released_name(ours: str) -> str:
    """The released name of one of our tensors."""
    network, _, name = ours.partition(".")
    return f"{NETWORKS[network]}.{name}"


def own_name(released: str) -> str:
    """Our name of a released tensor."""
    network, _, name = released.partition(".")
    ours = next(own for own, theirs in NETWORKS.items() if theirs == network)
    return f"{ours}.{name}"


def released_config(names: Iterable[str], **changes: Any) -> VideoConfig:
    """The `official` settings, with MM-HAA wherever these released names have it.

    The released code has it on the way down only; networks of the same family (Hallo's) have it everywhere.

    Args:
        names: of the tensors in a released file.
        changes: fields of the settings to replace, for networks of other sizes.
    """
    found = {match[1] for name in names if (match := AUDIO_MODULE.match(name))}
    config = video_config("official", **changes)
    places = tuple(place for place in ("down", "mid", "up") if place in found) or config.hearing.places
    hearing = config.hearing.model_dump() | {"places": places}
    return VideoConfig.checked(config.model_dump() | {"hearing": hearing}, "the released names")


def released_shapes(config: VideoConfig) -> dict[str, Tensor]:
    """What a released file holds: by released name, tensors that have a shape and no numbers."""
    with torch.device("meta"):
        return released_state(VideoNetwork(config).state_dict(), config)


def released_state(state: Mapping[str, Tensor], config: VideoConfig) -> dict[str, Tensor]:
    """Our network's tensors as a released file holds them, with the tables of positions."""
    released = {released_name(ours): values for ours, values in state.items()}
    for ours, values in state.items():
        if ours.endswith(".attention_blocks.0.to_q.weight"):
            table = line_positions(config.sizes.longest_window, len(values), values.device)[None]
            layer = released_name(ours).removesuffix("0.to_q.weight")
            released |= {f"{layer}{number}.pos_encoder.pe": table for number in range(ATTENTIONS)}
    return released


def own_state(released: Mapping[str, Tensor], config: VideoConfig, path: str | Path) -> dict[str, Tensor]:
    """Our network's tensors from a released file's; nothing is copied.

    Args:
        released: tensors by released name; the tables of positions may be missing.
        config: the settings of the network, from `released_config`.
        path: the file, for the sentence of an error.

    Raises:
        InputError: tensors are missing, unknown or of another shape, or positions are not the usual ones.
    """
    expected = released_shapes(config)
    for name in [name for name in expected if POSITIONS.search(name)]:
        if name in released:
            _check_positions(released[name], name, path)
        del expected[name]
    weights = {name: values for name, values in released.items() if not POSITIONS.search(name)}
    check_names(weights, expected, path, KIND)
    return {own_name(name): values for name, values in weights.items()}


def _check_positions(table: Tensor, name: str, path: str | Path) -> None:
    """Refuse positions (1, F, C) that are not the sines and cosines which motion modules compute."""
    usual = line_positions(table.shape[-2], table.shape[-1]) if table.ndim == 3 else None
    if usual is None or (table[0].float() - usual).abs().max() > POSITIONS_OFF_BY:
        raise InputError(f"The {KIND} '{path}' has positions of its own in {name}; it belongs to another network.")
