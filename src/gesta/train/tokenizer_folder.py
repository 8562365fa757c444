"""Trained tokenizers as a folder: settings, face basis and weights, which the stages after them read.

A model of motion holds its tokenizers' weights in a file of the same name, so that its folder will do as well.
"""

import json
from pathlib import Path
from typing import Literal

import torch
from pydantic import Field

from gesta.bundles.config import CONFIG_FILE as BUNDLE_CONFIG_FILE
from gesta.bundles.config import TOKENIZERS_FILE, BundleConfig
from gesta.bundles.files import read_config
from gesta.bundles.tensors import halved, write_tensors
from gesta.foreign import check_names, read_tensors
from gesta.settings import Settings, read_table
from gesta.tokenizer.config import TokenizerConfig
from gesta.tokenizer.tokenizers import Tokenizers
from gesta.writing import replacing

CONFIG_FILE, WEIGHTS_FILE = "tokenizer.json", TOKENIZERS_FILE
KIND = "tokenizers' file"


class TokenizerFolder(Settings):
    """What the folder says of its weights."""

    face_basis: Literal["arkit52", "flame100"] = Field(description="what the face's channels are")
    tokenizer: TokenizerConfig = Field(description="sizes and behaviour")


def save_tokenizers(folder: Path, tokenizers: Tokenizers, *, half: bool = False) -> None:
    """Write tokenizers into a folder, which exists; matrices with 16 bits a number where `half` is asked for."""
    said = TokenizerFolder(face_basis=tokenizers.representation.face_basis, tokenizer=tokenizers.config)
    state = tokenizers.state_dict()
    write_tensors(folder / WEIGHTS_FILE, halved(state) if half else state)
    with replacing(folder / CONFIG_FILE) as beside:
        beside.write_text(json.dumps(said.model_dump(mode="json"), indent=1) + "\n", encoding="utf-8")


def load_tokenizers(folder: Path) -> Tokenizers:
    """Read what `save_tokenizers` wrote, or the tokenizers of a model of motion, in evaluation mode.

    Raises:
        InputError: something is missing, damaged or does not fit.
    """
    said = _said(folder)
    tensors = read_tensors(folder / WEIGHTS_FILE, KIND)
    # Without numbers at first: no memory is taken before the file is known to hold what the settings name.
    with torch.device("meta"):
        expected = Tokenizers(said.tokenizer, said.face_basis).state_dict()
    check_names(tensors, expected, folder / WEIGHTS_FILE, KIND)
    tokenizers = Tokenizers(said.tokenizer, said.face_basis)
    tokenizers.load_state_dict(tensors)
    return tokenizers.eval()


def _said(folder: Path) -> TokenizerFolder:
    """What a folder says of its tokenizers."""
    if not (folder / CONFIG_FILE).exists() and (folder / BUNDLE_CONFIG_FILE).exists():
        whole = read_config(folder, BundleConfig)
        return TokenizerFolder(face_basis=whole.face_basis, tokenizer=whole.tokenizer)
    return TokenizerFolder.checked(read_table(folder / CONFIG_FILE, "tokenizers' description"), str(folder))
