"""EchoMask's released files as a bundle.

A folder of released files holds, by its names (EchoMask's release and its demo's settings): the four tokenizers
(`rvq_face_600.bin` and the like), global motion (`last_1700_foot.bin`), the generator (any name), and perhaps the
speech projection (`rop_1024_256.pt`). Each may keep its tensors in a table "model_state" or "state_dict", and under
names that begin with "module.".
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gesta.audio.encoders.config import EncoderConfig
from gesta.audio.encoders.projection import read_projection
from gesta.bundles.config import BundleConfig
from gesta.bundles.folder import build_model, save_bundle
from gesta.echomask.config import Decoding, generator_config
from gesta.echomask.model import EchoMask
from gesta.echomask.official import official_state, unknown_names
from gesta.errors import InputError
from gesta.foreign import check_names, listed, read_torch_file
from gesta.hashing import file_sha256
from gesta.motion.beat2 import NUMBERS, speaker_index
from gesta.tokenizer.channels import PART_ORDER
from gesta.tokenizer.config import tokenizer_config
from gesta.tokenizer.official import load_official, official_global_motion_names, official_rvq_names
from gesta.tokenizer.tokenizers import Tokenizers
from gesta.version import __version__

SUFFIXES = (".bin", ".pth", ".pt")
GLOBAL_MOTION = "last_1700_foot"
PROJECTION = "rop_1024_256"
PROJECTED_FROM = 1024
"""Channels of the large HuBERT."""
TABLES = ("model_state", "state_dict")
PREFIX = "module."
KIND = "generator"
TELLTALE = "mask_embeddings"
"""A tensor that only the generator has."""
LICENCE = "none granted by the authors; trained on BEAT2, which is for non-commercial use only"
CARD = f"""# EchoMask, as released

Holistic 3D motion from speech (arXiv 2504.09209): the authors' own weights, read by
`gesta import-weights echomask`.

* Licence: {LICENCE}. Ask the authors before you pass these files on.
* Data: BEAT2 (25 speakers, English; non-commercial). Speakers are called by BEAT2's numbers: 1 to 7, 9 to 13, 15 to 18,
  20 to 25, 27, 28 and 30.
* Face: 100 FLAME expressions and the jaw.
* Hears: HuBERT (facebook/hubert-large-ls960-ft), which is fetched when it is first needed; without a network, put its
  config.json, preprocessor_config.json and weights into a folder `hubert` here.
"""


def import_echomask(source: Path, target: Path) -> Path:
    """Make a bundle of released files.

    Args:
        source: the folder that holds them.
        target: the bundle's folder.

    Returns:
        `target`.

    Raises:
        InputError: a file is missing or there twice, or its tensors are not those of the released networks.
        OutputError: the bundle cannot be written.
    """
    rvq = {part: _the_file(source, f"rvq_{part}") for part in PART_ORDER}
    foot = _the_file(source, GLOBAL_MOTION)
    projection = _files(source, PROJECTION)
    matrix = read_projection(projection[0], PROJECTED_FROM) if projection else None
    taken = [*rvq.values(), foot, *projection]
    path, tensors = _generator(source, taken)
    config = official_config({file.name: file_sha256(file) for file in (*taken, path)})
    with torch.device("meta"):
        model = build_model(config)
    model.generator.load_state_dict(_generator_state(model, tensors, path), assign=True)
    model.tokenizers = _tokenizers(config, rvq, foot)
    save_bundle(target, config, model, CARD, matrix)
    return target


def official_config(made_from: Mapping[str, str]) -> BundleConfig:
    """What a bundle of the released files says of itself.

    Args:
        made_from: SHA-256 of the released files, by name.
    """
    generator = generator_config("official")
    return BundleConfig(
        name="echomask-official",
        face_basis="flame100",
        encoder=EncoderConfig(kind="hubert", as_published=True, projection="official"),
        tokenizer=tokenizer_config("official"),
        generator=generator,
        decoding=Decoding(method="single"),
        speakers=tuple(str(number) for number in sorted(NUMBERS, key=speaker_index)),
        licence=LICENCE,
        provenance={"gesta": __version__, "command": "gesta import-weights echomask", "made_from": dict(made_from)},
    )


def _files(source: Path, beginning: str) -> list[Path]:
    """The torch files in a folder whose names begin so."""
    if not source.is_dir():
        raise InputError(f"'{source}' is not a folder; name the one that holds the released files.")
    return sorted(
        path
        for path in source.iterdir()
        if path.suffix in SUFFIXES and path.is_file() and path.name.startswith(beginning)
    )


def _the_file(source: Path, beginning: str) -> Path:
    found = _files(source, beginning)
    if not found:
        raise InputError(f"'{source}' lacks {beginning}*.bin, one of the released files; put it there.")
    if len(found) > 1:
        raise InputError(f"'{source}' holds {found[0].name} and {found[1].name}; leave the one that is meant.")
    return found[0]


def _generator(source: Path, taken: Sequence[Path]) -> tuple[Path, dict[str, Tensor]]:
    """The generator's file, known by its tensors, and what it holds."""
    found: list[tuple[Path, dict[str, Tensor]]] = []
    for path in _files(source, ""):
        if path in taken:
            continue
        tensors = _tensors(path, KIND)
        if TELLTALE in tensors:
            found.append((path, tensors))
        if len(found) > 1:
            raise InputError(f"'{source}' holds two generators, {found[0][0].name} and {path.name}; leave one.")
    if not found:
        raise InputError(f"'{source}' holds no generator, a torch file with the tensor {TELLTALE}; put it there.")
    return found[0]


def _tensors(path: Path, kind: str) -> dict[str, Tensor]:
    """The tensors of a released file by their plain names; none if it holds something else."""
    held: Any = read_torch_file(path, kind)
    for table in TABLES:
        if isinstance(held, Mapping) and isinstance(held.get(table), Mapping):
            held = held[table]
    if not isinstance(held, Mapping):
        return {}
    return {str(name).removeprefix(PREFIX): value for name, value in held.items() if isinstance(value, Tensor)}


def _generator_state(model: EchoMask, tensors: Mapping[str, Tensor], path: Path) -> dict[str, Tensor]:
    """Our generator's tensors from the released ones, compared with what the network needs."""
    config, levels = model.config, model.tokenizers.config.levels
    if unknown := unknown_names(set(tensors), config, levels):
        raise InputError(f"The {KIND} '{path}' holds {listed(unknown)}, which the released network does not have.")
    try:
        state = official_state(tensors, config, levels)
    except KeyError as missing:
        names = [str(name) for name in missing.args]
        raise InputError(f"The {KIND} '{path}' lacks {listed(names)}; it belongs to another network.") from None
    except (RuntimeError, IndexError):
        raise InputError(
            f"The {KIND} '{path}' holds tensors of another shape; it belongs to another network."
        ) from None
    check_names(state, model.generator.state_dict(), path, KIND)
    return {name: value.float() for name, value in state.items()}


def _tokenizers(config: BundleConfig, rvq: Mapping[str, Path], foot: Path) -> Tokenizers:
    """The tokenizers with the numbers of the released files."""
    tokenizers = Tokenizers(config.tokenizer, config.face_basis)
    for part, path in rvq.items():
        load_official(tokenizers.parts[part], _tensors(path, "tokenizer"), official_rvq_names(), f"'{path}'")
    load_official(
        tokenizers.global_motion, _tensors(foot, "global motion"), official_global_motion_names(), f"'{foot}'"
    )
    return tokenizers
