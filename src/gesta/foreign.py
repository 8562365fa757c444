"""Foreign torch and safetensors files: read without running what they hold, compared with what a network expects."""

from collections.abc import Iterable, Mapping, Sequence
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


class PickledObjectError(InputError):
    """A torch file holds objects whose loading would run code.

    Attributes:
        classes: what they are, by their dotted names.
    """

    def __init__(self, sentence: str, classes: Sequence[str]) -> None:
        super().__init__(sentence)
        self.classes = tuple(classes)


def read_torch_file(path: str | Path, kind: str, *, mapped: bool = False) -> Any:
    """What a file written by torch.save holds: tensors, numbers, text, lists and tables, on the CPU.

    Args:
        path: the file.
        kind: what it is, for the sentence of an error, for example "FGD encoder".
        mapped: leave the numbers in the file until they are used; not for files of torch before 1.6.

    Raises:
        PickledObjectError: it holds objects whose loading would run code; none is loaded.
        InputError: it is missing, too large, or damaged.
    """
    path = Path(path)
    try:
        _refuse_large(path, kind)
        return torch.load(path, map_location="cpu", weights_only=True, mmap=mapped)
    except OSError as error:
        raise InputError(f"The {kind} '{path}' cannot be read: {reason_of(error)}.") from None
    except UnpicklingError:
        if classes := _classes_in(path):
            raise PickledObjectError(
                f"The {kind} '{path}' holds more than tensors, an object of {listed(classes)}, which would run "
                "code; fetch a file of tensors alone from its makers.",
                classes,
            ) from None
        raise InputError(
            f"The {kind} '{path}' holds more than tensors, or is no torch file; fetch it again from its makers."
        ) from None
    except (BadZipFile, EOFError, KeyError, RuntimeError, ValueError):
        raise InputError(f"The {kind} '{path}' is damaged or no torch file; fetch it again.") from None


def _classes_in(path: Path) -> list[str]:
    """The names of classes and functions that loading a torch file would call; none where they cannot be told."""
    try:
        return sorted(torch.serialization.get_unsafe_globals_in_checkpoint(path))
    except Exception:
        # Anything can be in a file that is not what it seems; the sentence about it is said without the names.
        return []


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
        refuse_long_header(path, kind)
        return load_file(path)
    except OSError as error:
        raise InputError(f"The {kind} '{path}' cannot be read: {reason_of(error)}.") from None
    except (SafetensorError, ValueError):
        raise InputError(f"The {kind} '{path}' is damaged or no safetensors file; fetch it again.") from None


def refuse_long_header(path: Path, kind: str, limit: int = HEADER_BYTES) -> None:
    """Refuse a safetensors file whose header is longer than `limit` bytes, before the header is read.

    Raises:
        InputError: it is.
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        length = int.from_bytes(file.read(LENGTH_BYTES), "little")
    if length > limit:
        raise InputError(f"The {kind} '{path}' has a header of {length} bytes; fetch it again from its makers.")


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
