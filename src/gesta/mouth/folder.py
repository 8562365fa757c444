"""The files of a learned mouth: config.json, mouth.safetensors and card.md; the one that gesta comes with is inside."""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from gesta.errors import InputError
from gesta.mouth.config import MouthConfig
from gesta.mouth.network import MouthNetwork
from gesta.settings import read_table
from gesta.writing import replacing

CONFIG_FILE, WEIGHTS_FILE, CARD_FILE = "config.json", "mouth.safetensors", "card.md"
LARGEST_WEIGHTS = 20_000_000
"""Bytes; a mouth is small."""


def save_mouth(folder: Path, config: MouthConfig, tensors: Mapping[str, np.ndarray], card: str) -> None:
    """Write a mouth into a folder that exists.

    Raises:
        OutputError: it cannot be written.
    """
    content = {
        CONFIG_FILE: (json.dumps(config.model_dump(mode="json"), indent=1) + "\n").encode(),
        WEIGHTS_FILE: save({name: np.ascontiguousarray(value) for name, value in tensors.items()}),
        CARD_FILE: card.encode(),
    }
    for name, data in content.items():
        with replacing(folder / name) as temporary:
            temporary.write_bytes(data)


def load_mouth(folder: Path) -> MouthNetwork:
    """Read a mouth.

    Raises:
        InputError: a file is missing, damaged or too large, or its weights do not fit its config.
    """
    config = MouthConfig.checked(read_table(folder / CONFIG_FILE, "mouth's config"), str(folder / CONFIG_FILE))
    path = folder / WEIGHTS_FILE
    try:
        if path.stat().st_size > LARGEST_WEIGHTS:
            raise InputError(f"'{path}' is larger than a mouth can be; name the folder of a trained mouth.")
        tensors = load(path.read_bytes())
    except (OSError, SafetensorError) as error:
        raise InputError(f"'{path}' cannot be read: {error}.") from None
    wanted = MouthNetwork.shapes(config)
    if {name: value.shape for name, value in tensors.items()} != wanted:
        raise InputError(f"The weights in '{path}' do not fit {CONFIG_FILE} beside them; train the mouth again.")
    arrays = {name: tensors[name].astype(np.float32) for name in wanted}
    if not all(np.isfinite(value).all() for value in arrays.values()):
        raise InputError(f"'{path}' holds weights that are no numbers; train the mouth again.")
    return MouthNetwork(config, **arrays)


@cache
def packaged_mouth() -> MouthNetwork:
    """The mouth that gesta comes with."""
    with resources.as_file(resources.files("gesta").joinpath("assets", "mouth")) as folder:
        return load_mouth(folder)
