"""Foreign torch and safetensors files: read without running what they hold, compared with what a network expects."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any
from zipfile import BadZipFile

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from gesta.errors import InputError, reason_of

FILE_BYTES = 8_000_000_000
"""Larger files are refused before they are opened."""
NAMES_SHOWN = 3
HEADER_BYTES = 8_000_000
"""Longer headers are refused before they are read; a full-size model's takes about 0.1 MB."""
LENGTH_BYTES = 8
"""A safetensors file begins with the length of its header, a little-endian integer."""


def read_torch_file(path: str | Path, kind: str) -> Any:
    """What a file written by torch.save holds: tensors, numbers, text, lists and tables, on the CPU.

    Args:
        path: the file.
        kind: what it is, for the sentence of an error, for example "FGD encoder".

    Raises:
        InputError: it is missing, too large, damaged, or asks for code to be run.
    """
    path = Path(path)
    try:
        _refuse_large(path, kind)
        return torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise InputError(f"The {kind} '{path}' cannot be read: {reason_of(error)}.") from None
    except UnpicklingError:
        raise InputError(
            f"The {kind} '{path}' holds more than tensors, or is no torch file; fetch it again from its makers."
        ) from None
    except (BadZipFile, EOFError, KeyError, RuntimeError, ValueError):
        raise InputError(f"The {kind} '{path}' is damaged or no torch file; fetch it again.") from None


def read_tensors(path: str | Path, kind: str) -> dict[str, Tensor]:
    """The tensors of a safetensors file, by name, on the CPU; their numbers are read when they are used.

    Args:
        path: the file.
        kind: what it is, for the sentence of an error, for example "model".

    Raises:
        InputError: it is missing, damaged, or its header is too long.
    """
    path = Path(path)
    try:
        _refuse_large(path, kind)
        with path.open("rb") as file:
            length = int.from_bytes(file.read(LENGTH_BYTES), "little")
        if length > HEADER_BYTES:
            raise InputError(f"The {kind} '{path}' has a header of {length} bytes; fetch it again from its makers.")
        return load_file(path)
    except OSError as error:
        raise InputError(f"The {kind} '{path}' cannot be read: {reason_of(error)}.") from None
    except (SafetensorError, ValueError):
        raise InputError(f"The {kind} '{path}' is damaged or no safetensors file; fetch it again.") from None


def _refuse_large(path: Path, kind: str) -> None:
    if path.stat().st_size > FILE_BYTES:
        raise InputError(f"The {kind} '{path}' is larger than {FILE_BYTES // 10**9} GB; that is no {kind}.")


def check_names(found: Mapping[str, Tensor], expected: Mapping[str, Tensor], path: str | Path, kind: str) -> None:
    """Refuse tensors that are missing, unknown or of another shape, by name.

    Args:
        found: tensors by name, from the file.
        expected: tensors by name, as the network has them.
        path, kind: as for `read_torch_file`.

    Raises:
        InputError: names the first ones that do not fit.
    """
    wrong = [name for name in expected if name in found and found[name].shape != expected[name].shape]
    for names, fault in (
        ([name for name in expected if name not in found], "lacks"),
        ([name for name in found if name not in expected], "holds unknown"),
        (wrong, "holds tensors of another shape:"),
    ):
        if names:
            raise InputError(f"The {kind} '{path}' {fault} {listed(names)}; it belongs to another network.")


def listed(names: Iterable[str]) -> str:
    """The first names, and how many more there are."""
    every = list(names)
    more = f" and {len(every) - NAMES_SHOWN} more" if len(every) > NAMES_SHOWN else ""
    return ", ".join(every[:NAMES_SHOWN]) + more
