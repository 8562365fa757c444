"""Trained tokenizers as a folder: settings, face basis and weights, which the stages after them read."""

import json
from pathlib import Path
from typing import Literal

from pydantic import Field
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from gesta.errors import InputError
from gesta.settings import Settings, read_table
from gesta.tokenizer.config import TokenizerConfig
from gesta.tokenizer.tokenizers import Tokenizers
from gesta.writing import replacing

CONFIG_FILE, WEIGHTS_FILE = "tokenizer.json", "tokenizer.safetensors"


class TokenizerFolder(Settings):
    """What the folder says of its weights."""

    face_basis: Literal["arkit52", "flame100"] = Field(description="what the face's channels are")
    tokenizer: TokenizerConfig = Field(description="sizes and behaviour")


def save_tokenizers(folder: Path, tokenizers: Tokenizers) -> None:
    """Write tokenizers into a folder, which exists."""
    said = TokenizerFolder(face_basis=tokenizers.representation.face_basis, tokenizer=tokenizers.config)
    weights = {name: value.detach().cpu().contiguous() for name, value in tokenizers.state_dict().items()}
    with replacing(folder / WEIGHTS_FILE) as beside:
        save_file(weights, beside)
    with replacing(folder / CONFIG_FILE) as beside:
        beside.write_text(json.dumps(said.model_dump(mode="json"), indent=1) + "\n", encoding="utf-8")


def load_tokenizers(folder: Path) -> Tokenizers:
    """Read what `save_tokenizers` wrote, in evaluation mode.

    Raises:
        InputError: something is missing, damaged or does not fit.
    """
    said = TokenizerFolder.checked(read_table(folder / CONFIG_FILE, "tokenizers' description"), str(folder))
    tokenizers = Tokenizers(said.tokenizer, said.face_basis)
    try:
        tokenizers.load_state_dict(load_file(folder / WEIGHTS_FILE))
    except (OSError, RuntimeError, SafetensorError) as error:
        reason = str(error).splitlines()[0].rstrip(":.")
        raise InputError(f"The tokenizers in '{folder}' cannot be read ({reason}); train them again.") from None
    return tokenizers.eval()
