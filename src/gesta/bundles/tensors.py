"""Writing safetensors files so that the old one stays whole until the new one is; `gesta.foreign` reads them."""

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor

from gesta.writing import replacing

LARGEST = torch.finfo(torch.float16).max


def halved(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Matrices of 32 bits with 16; shifts, scales and statistics, which are few, and what 16 bits cannot hold stay."""
    return {
        name: value.half() if value.dtype == torch.float32 and value.ndim > 1 and value.abs().max() < LARGEST else value
        for name, value in state.items()
    }


def write_tensors(path: Path, tensors: Mapping[str, Tensor]) -> None:
    """Write tensors by name; an older file stays whole until the new one is.

    Raises:
        OutputError: the file cannot be written.
    """
    # Copies, since tensors that share memory cannot be written under two names.
    copies = {name: value.detach().to("cpu", copy=True).contiguous() for name, value in tensors.items()}
    with replacing(path) as temporary:
        # safetensors writes files that only their owner may read; this one gets the mode that the user's umask gives.
        temporary.touch()
        mode = temporary.stat().st_mode
        try:
            save_file(copies, temporary)
        except SafetensorError as error:
            raise OSError(str(error)) from error
        temporary.chmod(mode)
