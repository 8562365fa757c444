"""Released files as the authors lay them out, filled by the golden rule, with shapes that follow from our networks."""

from pathlib import Path

import torch
from torch import Tensor

from gesta.bundles.folder import build_model
from gesta.bundles.official import official_config
from gesta.echomask.official import official_sources
from gesta.tokenizer.channels import PART_ORDER
from gesta.tokenizer.official import official_global_motion_names, official_rvq_names
from tests.golden_rule import filled

DEAD = {"module.face_cons_mlp.mlp.0.weight": (4, 4), "module.MAM.position_embeddings.pe": (1, 4, 4)}


def generator_shapes() -> dict[str, tuple[int, ...]]:
    """The shape of each tensor that the released generator reads, under its released name."""
    config = official_config({})
    with torch.device("meta"):
        ours = build_model(config).generator.state_dict()
    shapes: dict[str, tuple[int, ...]] = {}
    for name, source in official_sources(config.generator.sizes, config.tokenizer.levels).items():
        shape = tuple(ours[name].shape)
        if source.form == "flat":
            shape = (1, 1, *shape)
        elif source.form == "stacked":
            shape = shape[1:]
        elif source.form == "halving":
            _, wide, joined = shape
            shape = (wide, joined // 2, 2)
        shapes |= dict.fromkeys(source.names, shape)
    return shapes


def tokenizer_tensors() -> dict[str, dict[str, Tensor]]:
    """What each tokenizer's file holds, by the file's name."""
    with torch.device("meta"):
        tokenizers = build_model(official_config({})).tokenizers
    files = {f"rvq_{part}_600.bin": (tokenizers.parts[part], official_rvq_names()) for part in PART_ORDER}
    files["last_1700_foot.bin"] = (tokenizers.global_motion, official_global_motion_names())
    return {
        file: {theirs: filled(theirs, module.state_dict()[ours].shape) for ours, theirs in names.items()}
        for file, (module, names) in files.items()
    }


def write_release(folder: Path, generator: dict[str, Tensor]) -> Path:
    """A folder of released files with this generator."""
    folder.mkdir(parents=True, exist_ok=True)
    for file, tensors in tokenizer_tensors().items():
        table = {f"module.{name}": value for name, value in tensors.items()} if "face" in file else tensors
        torch.save({"model_state": table}, folder / file)
    torch.save({"model_state": generator, "epoch": 3}, folder / "best.bin")
    return folder


def zeros(shapes: dict[str, tuple[int, ...]]) -> dict[str, Tensor]:
    """Tensors that take next to no room in memory or in a file: all their numbers are one zero."""
    return {name: torch.zeros(1).expand(shape) for name, shape in shapes.items()}
