"""A model of motion as a folder: config.json, generator.safetensors, tokenizer.safetensors, card.md, and what the
speech encoder needs of its own.

Statistics that channels are normalised by are buffers of the tokenizers. These have a file of their own, the one that
training them wrote, so that further generators can stand on them.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from gesta.audio.encoders.config import EncoderConfig
from gesta.bundles.config import GENERATOR_FILE, PROJECTION_FILE, TOKENIZERS_FILE, BundleConfig
from gesta.bundles.files import check_files, fill, read_config, write_files
from gesta.bundles.tensors import halved
from gesta.echomask.model import EchoMask
from gesta.echomask.motion_input import MotionInput
from gesta.tokenizer.tokenizers import Tokenizers


@dataclass(frozen=True)
class Bundle:
    """A model that is ready.

    Attributes:
        config: what it says of itself; paths in it lead into its folder.
        model: the networks, in evaluation mode, on the CPU.
        folder: where it lies; none if it was made on the spot.
    """

    config: BundleConfig
    model: EchoMask
    folder: Path | None = None


def save_bundle(
    folder: Path,
    config: BundleConfig,
    model: EchoMask,
    card: str,
    projection: Tensor | None = None,
    *,
    half: bool = False,
) -> None:
    """Write a bundle.

    Args:
        folder: made if it is not there; a bundle in it is replaced.
        config: its `files` are filled in here.
        model: any state; it is not changed.
        card: what card.md says: data, licence, measures, the command that made it.
        projection: (hidden size, P) of the speech encoder, where it has a matrix of its own.
        half: write what networks multiply by with 16 bits a number; they are read, and computed with, as 32.

    Raises:
        OutputError: it cannot be written.
    """
    networks: dict[str, nn.Module] = {GENERATOR_FILE: model.generator, TOKENIZERS_FILE: model.tokenizers}
    states = {name: network.state_dict() for name, network in networks.items()}
    tensors = {name: halved(state) if half else state for name, state in states.items()}
    if projection is not None:
        tensors[PROJECTION_FILE] = {"projection": projection}
        encoder = config.encoder.model_copy(update={"projection_file": Path(PROJECTION_FILE)})
        config = config.model_copy(update={"encoder": encoder})
    write_files(folder, config, tensors, card)


def load_bundle(folder: str | Path, within: Path | None = None) -> Bundle:
    """Read a bundle, and check that every file is what config.json says.

    Args:
        folder: where it lies.
        within: where links in it may lead to; into the folder alone if not given.

    Raises:
        InputError: it is no bundle, a file is missing or was changed, or the tensors are not those of its networks.
    """
    folder = Path(folder)
    config = read_config(folder, BundleConfig)
    own = [] if config.encoder.projection_file is None else [PROJECTION_FILE]
    check_files(folder, config, [GENERATOR_FILE, TOKENIZERS_FILE, *own], within)
    config = config.model_copy(update={"encoder": _encoder_here(config.encoder, folder)})
    return Bundle(config, _filled(config, folder), folder)


def _encoder_here(encoder: EncoderConfig, folder: Path) -> EncoderConfig:
    """How a bundle hears, with paths that lead into its folder; a network's folder may lie in it, named by its kind."""
    changes: dict[str, object] = {}
    if encoder.projection_file is not None:
        changes["projection_file"] = folder / encoder.projection_file
    if (folder / encoder.kind).is_dir():
        changes["model"] = str(folder / encoder.kind)
    return encoder.model_copy(update=changes)


def build_model(config: BundleConfig) -> EchoMask:
    """The networks of a configuration, with random weights."""
    return EchoMask(config.generator, Tokenizers(config.tokenizer, config.face_basis))


def _filled(config: BundleConfig, folder: Path) -> EchoMask:
    """The networks with the numbers of a folder."""
    # Without numbers at first: no memory is taken before the files are known to hold what the configuration names.
    with torch.device("meta"):
        model = build_model(config)
    fill(model.generator, folder / GENERATOR_FILE)
    fill(model.tokenizers, folder / TOKENIZERS_FILE)
    # Its buffers follow from the configuration and are in no file.
    model.motion_input = MotionInput(model.tokenizers.representation, config.generator.motion_input)
    return model.eval()
