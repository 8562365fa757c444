"""The files of a bundle's folder, whatever it holds: written so that half a bundle is none, read only if unchanged.

config.json is written last and holds the hashes of all other files, so that a folder without it, or one that was
changed later, is no bundle.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn

from gesta.bundles.config import CARD_FILE, CONFIG_FILE, FolderConfig
from gesta.bundles.tensors import write_tensors
from gesta.errors import InputError, OutputError
from gesta.foreign import check_names, read_tensors
from gesta.hashing import file_sha256
from gesta.settings import read_table
from gesta.writing import replacing

KIND = "bundle"
NARROW = (torch.float16, torch.bfloat16)
Network = TypeVar("Network", bound=nn.Module)
Config = TypeVar("Config", bound=FolderConfig)


def write_files(folder: Path, config: FolderConfig, tensors: Mapping[str, Mapping[str, Tensor]], card: str) -> None:
    """Write a bundle.

    Args:
        folder: made if it is not there; a bundle in it is replaced.
        config: its `files` are filled in here.
        tensors: by file name and then by name.
        card: what card.md says: data, licence, measures, the command that made it.

    Raises:
        OutputError: it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Without it the folder is no bundle until all files are there.
        (folder / CONFIG_FILE).unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"Cannot write {folder}: {error.strerror or error}.") from error
    for name, state in tensors.items():
        write_tensors(folder / name, state)
    _write_text(folder / CARD_FILE, card)
    hashes = {name: file_sha256(folder / name) for name in (*tensors, CARD_FILE)}
    complete = config.model_copy(update={"files": hashes})
    _write_text(folder / CONFIG_FILE, json.dumps(complete.model_dump(mode="json"), indent=1) + "\n")


def kinds_of(folder: Path) -> tuple[str, ...]:
    """What the model in a folder says it can make.

    Raises:
        InputError: there is none, or its config.json cannot be read.
    """
    if not (folder / CONFIG_FILE).is_file():
        raise InputError(f"'{folder}' is no model: it is not a folder with a {CONFIG_FILE}.")
    kinds = read_table(folder / CONFIG_FILE, KIND).get("kinds", ["motion"])
    return tuple(str(kind) for kind in kinds) if isinstance(kinds, list) else ()


def read_config(folder: Path, config: type[Config]) -> Config:
    """The config.json of a bundle of one sort.

    Raises:
        InputError: there is none, or it is of another sort.
    """
    if not (folder / CONFIG_FILE).is_file():
        raise InputError(f"'{folder}' is no model: it is not a folder with a {CONFIG_FILE}.")
    return config.checked(read_table(folder / CONFIG_FILE, KIND), str(folder / CONFIG_FILE))


def check_files(folder: Path, config: FolderConfig, needed: Iterable[str], within: Path | None = None) -> None:
    """Check that the needed files are there and every file is what config.json says.

    Args:
        folder: the bundle's.
        config: what it says.
        needed: names of files it cannot do without.
        within: where links in it may lead to; into the folder alone if not given.

    Raises:
        InputError: a file is missing, was changed, or leads elsewhere.
    """
    for name in needed:
        if name not in config.files:
            raise InputError(f"The {KIND} '{folder}' has no hash for {name} in its {CONFIG_FILE}; fetch it again.")
    for name, expected in config.files.items():
        path = folder / name
        if not path.resolve().is_relative_to((within or folder).resolve()):
            raise InputError(f"The file '{path}' leads out of its {KIND}; fetch it again.")
        if not path.is_file():
            raise InputError(f"The {KIND} '{folder}' lacks its file {name}; fetch it again.")
        if file_sha256(path) != expected:
            raise InputError(f"The file '{path}' is not the one that its {KIND} was saved with; fetch it again.")


def filled(make: Callable[[], Network], path: Path) -> Network:
    """A network with the numbers of a file, in evaluation mode.

    Args:
        make: builds it; its buffers must all be in the file.
        path: a safetensors file.

    Raises:
        InputError: the tensors are not those of the network.
    """
    # Without numbers at first: no memory is taken before the file is known to hold what the configuration names.
    with torch.device("meta"):
        network = make()
    fill(network, path)
    return network.eval()


def fill(network: nn.Module, path: Path, *, narrow: bool = False) -> None:
    """Give a network the numbers of a file.

    Args:
        network: its own numbers are replaced, not changed.
        path: a safetensors file.
        narrow: numbers of 16 bits in the file stay as they are where the network has 32; else they become 32.

    Raises:
        InputError: the tensors are not those of the network.
    """
    tensors, expected = read_tensors(path, "model"), network.state_dict()
    check_names(tensors, expected, path, "model")
    for name, value in tensors.items():
        wanted = expected[name].dtype
        if value.dtype == wanted or (narrow and value.dtype in NARROW):
            continue
        if value.dtype not in NARROW or wanted != torch.float32:
            raise InputError(f"The model '{path}' holds {name} as {value.dtype}; fetch it again.")
        tensors[name] = value.float()
    network.load_state_dict(tensors, assign=True)


def _write_text(path: Path, text: str) -> None:
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
