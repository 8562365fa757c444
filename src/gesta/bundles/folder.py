"""A model as a folder: config.json, model.safetensors, card.md, and what the speech encoder needs of its own.

Statistics that channels are normalised by are buffers of the model. config.json is written last and holds the hashes
of all other files, so that a folder without it, or one that was changed later, is no bundle.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from gesta.audio.encoders.config import EncoderConfig
from gesta.bundles.config import CARD_FILE, CONFIG_FILE, MODEL_FILE, PROJECTION_FILE, BundleConfig
from gesta.bundles.tensors import write_tensors
from gesta.echomask.model import EchoMask
from gesta.echomask.motion_input import MotionInput
from gesta.errors import InputError, OutputError
from gesta.foreign import check_names, read_tensors
from gesta.hashing import file_sha256
from gesta.settings import read_table
from gesta.tokenizer.tokenizers import Tokenizers
from gesta.writing import replacing

KIND = "bundle"


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
    folder: Path, config: BundleConfig, model: EchoMask, card: str, projection: Tensor | None = None
) -> None:
    """Write a bundle.

    Args:
        folder: made if it is not there; a bundle in it is replaced.
        config: its `files` are filled in here.
        model: any state; it is not changed.
        card: what card.md says: data, licence, measures, the command that made it.
        projection: (hidden size, P) of the speech encoder, where it has a matrix of its own.

    Raises:
        OutputError: it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Without it the folder is no bundle until all files are there.
        (folder / CONFIG_FILE).unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"Cannot write {folder}: {error.strerror or error}.") from error
    write_tensors(folder / MODEL_FILE, model.state_dict())
    _write_text(folder / CARD_FILE, card)
    changes: dict[str, object] = {}
    names = [MODEL_FILE, CARD_FILE]
    if projection is not None:
        write_tensors(folder / PROJECTION_FILE, {"projection": projection})
        names.append(PROJECTION_FILE)
        changes["encoder"] = config.encoder.model_copy(update={"projection_file": Path(PROJECTION_FILE)})
    changes["files"] = {name: file_sha256(folder / name) for name in names}
    complete = config.model_copy(update=changes)
    _write_text(folder / CONFIG_FILE, json.dumps(complete.model_dump(mode="json"), indent=1) + "\n")


def load_bundle(folder: str | Path, within: Path | None = None) -> Bundle:
    """Read a bundle, and check that every file is what config.json says.

    Args:
        folder: where it lies.
        within: where links in it may lead to; into the folder alone if not given.

    Raises:
        InputError: it is no bundle, a file is missing or was changed, or the tensors are not those of its networks.
    """
    folder = Path(folder)
    if not (folder / CONFIG_FILE).is_file():
        raise InputError(f"'{folder}' is no model: it is not a folder with a {CONFIG_FILE}.")
    config = BundleConfig.checked(read_table(folder / CONFIG_FILE, KIND), str(folder / CONFIG_FILE))
    _check_files(folder, config, within or folder)
    config = config.model_copy(update={"encoder": _encoder_here(config.encoder, folder)})
    return Bundle(config, _filled(config, folder / MODEL_FILE), folder)


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


def _filled(config: BundleConfig, path: Path) -> EchoMask:
    """The networks with the numbers of a file."""
    # Without numbers at first: no memory is taken before the file is known to hold what the configuration names.
    with torch.device("meta"):
        model = build_model(config)
    tensors, expected = read_tensors(path, "model"), model.state_dict()
    check_names(tensors, expected, path, "model")
    if wrong := [name for name, value in tensors.items() if value.dtype != expected[name].dtype]:
        raise InputError(f"The model '{path}' holds {wrong[0]} as {tensors[wrong[0]].dtype}; fetch it again.")
    model.load_state_dict(tensors, assign=True)
    # Its buffers follow from the configuration and are in no file.
    model.motion_input = MotionInput(model.tokenizers.representation, config.generator.motion_input)
    return model.eval()


def _check_files(folder: Path, config: BundleConfig, within: Path) -> None:
    needed = [MODEL_FILE]
    if config.encoder.projection_file is not None:
        needed.append(PROJECTION_FILE)
    for name in needed:
        if name not in config.files:
            raise InputError(f"The {KIND} '{folder}' has no hash for {name} in its {CONFIG_FILE}; fetch it again.")
    for name, expected in config.files.items():
        path = folder / name
        if not path.resolve().is_relative_to(within.resolve()):
            raise InputError(f"The file '{path}' leads out of its {KIND}; fetch it again.")
        if not path.is_file():
            raise InputError(f"The {KIND} '{folder}' lacks its file {name}; fetch it again.")
        if file_sha256(path) != expected:
            raise InputError(f"The file '{path}' is not the one that its {KIND} was saved with; fetch it again.")


def _write_text(path: Path, text: str) -> None:
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
