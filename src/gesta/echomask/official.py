"""Which of the released checkpoint's tensors our generator's tensors are: names, and how they stand side by side.

The names are those of the released EchoMask code, spelling included. A tensor that serves several parts is a stack of
the parts' own tensors; a convolution of kernel and stride 2 is a matrix on two neighbouring frames. What the released
network never uses is listed, so that nothing else can go missing unnoticed.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from gesta.echomask.config import GeneratorConfig, Sizes
from gesta.echomask.parts import ALL_PARTS, BODY_PARTS

SPEECH_CHANNELS = 256
MOTION_CHANNELS = 337
"""55 joints in 6D, translation, contacts."""

UNUSED = (
    r"(face|hands)_cons_mlp\.",
    r"hubert_encoder(_body)?\.",
    r"audio_pre_encoder_(face|body)\.",
    r"at_attn_(face|body)\.",
    r"predict_res_\w+?\.cross_layer\.",
    r"(MAM\.)?transformer_(en|de|de_fu)_layer\.",
    r"wordhints_decoder\.",
    r"joint_dim_reducer\.",
    r"(MAM\.)?position_embeddings(_hubert)?\.pe$",
)
"""Tensors of the released network that its forward pass never reads (about 93 million numbers), as patterns."""

ATTENTION = {"in_weight": "in_proj_weight", "in_bias": "in_proj_bias", "out.weight": "out_proj.weight",
             "out.bias": "out_proj.bias"}  # fmt: skip
ENCODER = {
    **{f"own.{ours}": f"self_attn.{theirs}" for ours, theirs in ATTENTION.items()},
    **{f"{ours}.{kind}": f"{theirs}.{kind}" for kind in ("weight", "bias") for ours, theirs in
       (("inner", "linear1"), ("outer", "linear2"), ("norm_own", "norm1"), ("norm_outer", "norm2"))},
}  # fmt: skip
DECODER = {
    **ENCODER,
    **{f"cross.{ours}": f"multihead_attn.{theirs}" for ours, theirs in ATTENTION.items()},
    **{f"norm_cross.{kind}": f"norm2.{kind}" for kind in ("weight", "bias")},
    **{f"norm_outer.{kind}": f"norm3.{kind}" for kind in ("weight", "bias")},
}
PERCEPTRON = {f"{ours}.{kind}": f"mlp.{theirs}.{kind}" for kind in ("weight", "bias")
              for ours, theirs in (("inner", 0), ("outer", 2))}  # fmt: skip
PLAIN = {"weight": "weight", "bias": "bias"}


@dataclass(frozen=True)
class Source:
    """Where one of our tensors comes from.

    Attributes:
        names: the released tensors, one for each part that the tensor serves.
        form: "stacked" side by side, "plain" as it is, "flat" without axes of length one, "halving" from a convolution
            of kernel 2.
    """

    names: tuple[str, ...]
    form: str


def official_sources(sizes: Sizes, levels: int) -> dict[str, Source]:
    """For each of our tensors, by name, the released tensors it is made of."""
    return dict(_sources(sizes, levels))


def _sources(sizes: Sizes, levels: int) -> Iterator[tuple[str, Source]]:
    yield "hidden", Source(("mask_embeddings",), "flat")
    yield from _alignment(sizes)
    for number in range(sizes.motion_layers):
        places = {
            "entries": f"{3 * number}",
            "inner": f"{3 * number + 2}.model.0",
            "outer": f"{3 * number + 2}.model.2",
        }
        for ours, theirs in places.items():
            for kind in PLAIN:
                yield (
                    f"motion_encoder.{ours}.{number}.{kind}",
                    Source((f"motion_encoder.main.{theirs}.{kind}",), "plain"),
                )
    for ours, theirs in (("face", "spearker_encoder_face"), ("body", "spearker_encoder_body")):
        yield f"{ours}_speakers.weight", Source((f"{theirs}.weight",), "plain")
    yield from _face(sizes)
    yield from _body(sizes)
    tell = {"face": "face_hands", "hands": "hands_face", "upper": "upper_hands", "lower": "lower_hands"}
    for part, theirs in tell.items():
        yield from _stack(f"exchange.decoders.{part}", DECODER, [f"{theirs}_decoder.layers.0"])
    yield from _stack("classifier", PERCEPTRON, [f"{part}_classifier" for part in ALL_PARTS])
    for level in range(1, levels):
        yield from _residual_level(level, sizes)


def _stack(ours: str, table: Mapping[str, str], places: list[str]) -> Iterator[tuple[str, Source]]:
    """Grouped layers: each of our tensors is a stack of the same tensor at several places."""
    for name, theirs in table.items():
        yield f"{ours}.{name}", Source(tuple(f"{place}.{theirs}" for place in places), "stacked")


def _plain(ours: str, theirs: str) -> Iterator[tuple[str, Source]]:
    for kind in PLAIN:
        yield f"{ours}.{kind}", Source((f"{theirs}.{kind}",), "plain")


def _halving(ours: str, places: list[str]) -> Iterator[tuple[str, Source]]:
    yield f"{ours}.mix.weight", Source(tuple(f"{place}.weight" for place in places), "halving")
    yield f"{ours}.mix.bias", Source(tuple(f"{place}.bias" for place in places), "stacked")


def _alignment(sizes: Sizes) -> Iterator[tuple[str, Source]]:
    yield "alignment.queries", Source(tuple(f"MAM.moau_query_{part}" for part in ALL_PARTS), "stacked")
    for stage in range(3):
        for layer in range(sizes.alignment_layers):
            places = [f"MAM.motion_encoder_{part}_{stage + 1}.layers.{layer}" for part in ALL_PARTS]
            yield from _stack(f"alignment.encoders.{stage}.{layer}", ENCODER, places)
    for level in ("low", "high"):
        places = [f"MAM.{part}_decoder_{level}.layers.0" for part in ALL_PARTS]
        yield from _stack(f"alignment.{level}", DECODER, places)
    yield from _stack("alignment.regressor", PERCEPTRON, [f"MAM.predict_motion_{part}" for part in ALL_PARTS])
    yield from _stack("alignment.matcher", PERCEPTRON, [f"MAM.match_{part}_classifier" for part in ALL_PARTS])


def _face(sizes: Sizes) -> Iterator[tuple[str, Source]]:
    yield from _stack("hint_for_face", PERCEPTRON, ["bodyhints_face"])
    yield from _plain("face_memory", "feature2face")
    for layer in range(sizes.face_layers):
        yield from _stack(f"face_decoder.{layer}", DECODER, [f"face_decoder.layers.{layer}"])
    yield from _plain("face_latent", "face2latent")
    yield from _halving("face_halving.0", ["face1d"])
    yield from _halving("face_halving.1", ["face1d_2"])
    yield from _stack("face_middle", PERCEPTRON, ["face_latent_mlp"])


def _body(sizes: Sizes) -> Iterator[tuple[str, Source]]:
    yield from _stack("hint_for_body", PERCEPTRON, ["bodyhints_body"])
    yield from _plain("body_entry", "feature2motion")
    yield from _stack("body_encoder", ENCODER, ["motion_self_encoder.layers.0"])
    yield from _stack("attention.into", PLAIN, [f"audio_feature2motion_{part}" for part in BODY_PARTS])
    for layer in range(sizes.cross_layers):
        place = f"mask_generator.shared_transformer_decoder.layers.{layer}"
        yield from _stack(f"attention.layers.{layer}", DECODER, [place])
    yield "attention.part_weights", Source(("mask_generator.fusion_weights",), "plain")
    yield from _halving("body_exchange.halving", ["body1d"])
    yield from _halving("body_exchange.speaker_halving", ["spearker_encoder_body1d"])
    yield from _stack("body_exchange.split", PERCEPTRON, [f"motion2latent_{part}" for part in BODY_PARTS])
    yield from _stack("body_exchange.decoder", DECODER, [f"{part}_decoder.layers.0" for part in BODY_PARTS])
    yield from _stack("body_exchange.narrow", PLAIN, [f"motion_down_{part}" for part in BODY_PARTS])
    yield from _halving("body_exchange.last_halving", [f"{part}1d" for part in BODY_PARTS])


def _residual_level(level: int, sizes: Sizes) -> Iterator[tuple[str, Source]]:
    ours = f"residual.levels.{level - 1}"
    if level > 1:
        yield from _stack(f"{ours}.join", PLAIN, [f"predict_res_{part}.map_zq{level}" for part in ALL_PARTS])
    for layer in range(sizes.residual_layers):
        places = [f"predict_res_{part}.cross_attn_{level}.layers.{layer}" for part in ALL_PARTS]
        yield from _stack(f"{ours}.layers.{layer}", DECODER, places)
    places = [f"predict_res_{part}.classfier_{level}" for part in ALL_PARTS]
    yield from _stack(f"{ours}.classifier", PERCEPTRON, places)


def official_state(theirs: Mapping[str, Tensor], config: GeneratorConfig, levels: int = 6) -> dict[str, Tensor]:
    """Our generator's tensors, from the released ones.

    Raises:
        KeyError: released tensors are missing; the names are its arguments.
    """
    sources = official_sources(config.sizes, levels)
    missing = sorted({name for source in sources.values() for name in source.names} - set(theirs))
    if missing:
        raise KeyError(*missing)
    return {ours: _joined([theirs[name] for name in source.names], source.form) for ours, source in sources.items()}


def unknown_names(names: set[str], config: GeneratorConfig, levels: int = 6) -> list[str]:
    """Names that are neither read nor known to be unused."""
    read = {name for source in official_sources(config.sizes, levels).values() for name in source.names}
    return sorted(name for name in names - read if not any(re.match(pattern, name) for pattern in UNUSED))


def _joined(tensors: list[Tensor], form: str) -> Tensor:
    if form == "plain":
        return tensors[0]
    if form == "flat":
        return tensors[0].flatten()
    if form == "halving":
        # (D, C, 2) -> (D, 2 C): what multiplies the earlier frame's channels comes first.
        tensors = [tensor.transpose(1, 2).flatten(1) for tensor in tensors]
    return torch.stack(tensors)
