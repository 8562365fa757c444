"""Which of released SMGA's tensors our network's tensors are, both ways, by name; shapes are the same.

The names are those of the released checkpoint (`audio2pose_best_model.pt`, its table `ema_state_dict`). What the
released network never uses is listed, so that nothing else can go missing unnoticed.
"""

import re
from collections.abc import Iterator, Mapping

from torch import Tensor

from gesta.mmgt.smga_config import SmgaConfig

PREFIX = "module."
"""What names begin with where the checkpoint was written by several processes."""
UNUSED = (r"seqTransDecoder\.stack\.\d+\.(self_attn|norm_(face|body)_3|film_(face|body)_3)\.",)
"""Tensors that the released network's forward pass never reads (16.83 million numbers), as patterns."""
FREQUENCIES = (r"(.*\.)?rotary\.freqs$",)
"""Tables that follow from the sizes; the released count of 90,034,066 parameters leaves them out."""

PLAIN = ("weight", "bias")
ATTENTION = {
    "in_weight": "in_proj_weight",
    "in_bias": "in_proj_bias",
    "out.weight": "out_proj.weight",
    "out.bias": "out_proj.bias",
}
OUTSIDE = {
    "entries.0": "input_projection",
    "audio_entry": "cond_projection",
    "audio_whole.0": "non_attn_cond_projection.0",
    "audio_whole.1": "non_attn_cond_projection.1",
    "audio_whole.3": "non_attn_cond_projection.3",
    "time.widen": "time_mlp.1",
    "time.vector": "to_time_cond.0",
    "time.tokens": "to_time_tokens.0",
    "memory_norm": "norm_cond",
    "exit": "final_layer",
}
AUDIO_LAYER = {
    "feed_forward.inner": "linear1",
    "feed_forward.outer": "linear2",
    "norm_attention": "norm1",
    "norm_feed_forward": "norm2",
}
DECODER_LAYER = {
    "feed_forward.inner": "linear1",
    "feed_forward.outer": "linear2",
    "norm": "norm_final",
    "film.affine": "film_final.block.1",
}
STREAM = {
    "norm_own": "norm_{}_1",
    "norm_cross": "norm_{}_2",
    "film_own.affine": "film_{}_1.block.1",
    "film_cross.affine": "film_{}_2.block.1",
}


def official_smga_names(config: SmgaConfig) -> dict[str, str]:
    """The released name of each of our tensors, by our name.

    Raises:
        ValueError: the settings have two input layers, where the released network has one.
    """
    if config.entries != "shared":
        raise ValueError("the released network has one input layer for face and body (entries = 'shared')")
    return dict(_pairs(config))


def _pairs(config: SmgaConfig) -> Iterator[tuple[str, str]]:
    yield "no_tokens", "null_cond_embed"
    yield "no_whole", "null_cond_hidden"
    yield from _plain("", "", OUTSIDE)
    for number in range(config.sizes.audio_layers):
        ours, theirs = f"audio_layers.{number}.", f"cond_encoder.{number}."
        yield from _attention(f"{ours}attention.", f"{theirs}self_attn.")
        yield from _plain(ours, theirs, AUDIO_LAYER)
    for number in range(config.sizes.layers):
        ours, theirs = f"layers.{number}.", f"seqTransDecoder.stack.{number}."
        yield from _plain(ours, theirs, DECODER_LAYER)
        for stream in ("face", "body"):
            yield from _attention(f"{ours}{stream}.own.", f"{theirs}{stream}_self_attn.")
            yield from _attention(f"{ours}{stream}.cross.", f"{theirs}{stream}_cross_attn.")
            yield from _plain(f"{ours}{stream}.", theirs, {mine: name.format(stream) for mine, name in STREAM.items()})


def _attention(ours: str, theirs: str) -> Iterator[tuple[str, str]]:
    for mine, name in ATTENTION.items():
        yield ours + mine, theirs + name


def _plain(ours: str, theirs: str, table: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for mine, name in table.items():
        for kind in PLAIN:
            yield f"{ours}{mine}.{kind}", f"{theirs}{name}.{kind}"


def official_smga_state(theirs: Mapping[str, Tensor], config: SmgaConfig) -> dict[str, Tensor]:
    """Our network's tensors, from the released ones, with or without their prefix.

    Raises:
        KeyError: released tensors are missing; the names are its arguments.
    """
    theirs = {name.removeprefix(PREFIX): tensor for name, tensor in theirs.items()}
    names = official_smga_names(config)
    missing = sorted(set(names.values()) - set(theirs))
    if missing:
        raise KeyError(*missing)
    return {ours: theirs[name] for ours, name in names.items()}


def released_smga_state(ours: Mapping[str, Tensor], config: SmgaConfig) -> dict[str, Tensor]:
    """Our tensors under their released names, without those that the released network never uses."""
    return {name: ours[mine] for mine, name in official_smga_names(config).items()}


def unknown_smga_names(names: set[str], config: SmgaConfig) -> list[str]:
    """Released names that are neither read nor known to be unused."""
    bare = {name.removeprefix(PREFIX) for name in names}
    left = bare - set(official_smga_names(config).values())
    return sorted(name for name in left if not any(re.match(pattern, name) for pattern in (*UNUSED, *FREQUENCIES)))
