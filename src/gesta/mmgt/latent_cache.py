"""Finished latents on disk: a film that was killed goes on where it was, bit for bit.

Each segment is a file of its own, FOLDER/NUMBER.KEY.npy: an array in numpy's format (c, F, h, w) float32 and, after it,
32 bytes of SHA-256 over key and numbers. The key is a fingerprint of everything that determines the segment, that of
the segment before included, so that a file is never mistaken for another film's. What does not have the right size,
shape or checksum is made again. Films may share a folder.
"""

import hashlib
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gesta.errors import OutputError, reason_of
from gesta.npy import read_header
from gesta.writing import replacing

LOGGER = logging.getLogger("gesta")
CHECKSUM_BYTES = hashlib.sha256().digest_size
HEADER_BYTES = 1024
"""More than the header of any array of four axes takes."""


def fingerprint(**parts: Any) -> str:
    """A key from whatever determines something: hexadecimal digits that differ when any part does.

    Args:
        parts: by name: arrays, and what JSON can hold.
    """
    digest = hashlib.sha256()
    for name, part in sorted(parts.items()):
        if isinstance(part, np.ndarray):
            digest.update(f"{name}={part.dtype.str}{part.shape};".encode())
            digest.update(np.ascontiguousarray(part).data)
        else:
            digest.update(f"{name}={json.dumps(part, sort_keys=True)};".encode())
    return digest.hexdigest()


def state_fingerprint(state: Mapping[str, Tensor]) -> str:
    """A key for the weights of a network, by its state dict; a gigabyte takes about a second."""
    digest = hashlib.sha256()
    for name, value in state.items():
        digest.update(f"{name}{value.dtype}{tuple(value.shape)};".encode())
        digest.update(value.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().data)
    return digest.hexdigest()


class LatentCache:
    """The segments of films in one folder.

    Args:
        folder: is made when the first segment is kept.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self._used: set[Path] = set()

    def path(self, number: int, key: str) -> Path:
        """Where segment `number` with this key is kept."""
        return self.folder / f"{number:06d}.{key}.npy"

    def kept(self, number: int, key: str, shape: tuple[int, ...]) -> Tensor | None:
        """The latents (c, F, h, w) float32 of a segment, if they are there and whole.

        Args:
            number: of the segment.
            key: its fingerprint.
            shape: that they must have.
        """
        path = self.path(number, key)
        try:
            values = _read(path, key, shape)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, EOFError) as error:
            LOGGER.warning("The kept latents '%s' cannot be used and are made again: %s.", path, error)
            return None
        self._used.add(path)
        return torch.from_numpy(values)

    def keep(self, number: int, key: str, latents: Tensor) -> None:
        """Keep the latents (c, F, h, w) of a segment.

        Raises:
            OutputError: they cannot be written; the film cannot be resumed, but can be made.
        """
        path = self.path(number, key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"Cannot write {path}: {reason_of(error)}.") from error
        values = np.ascontiguousarray(latents.detach().cpu().numpy(), dtype="<f4")
        with replacing(path) as temporary, temporary.open("wb") as file:
            np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(values))
            file.write(values.data)
            file.write(_checksum(key, values))
        self._used.add(path)

    def remove(self) -> None:
        """Remove the segments that were kept or used through this object, as when the film is done."""
        for path in self._used:
            path.unlink(missing_ok=True)
        self._used.clear()


def _checksum(key: str, values: np.ndarray) -> bytes:
    digest = hashlib.sha256(key.encode())
    digest.update(values.data)
    return digest.digest()


def _read(path: Path, key: str, shape: tuple[int, ...]) -> np.ndarray:
    """The array in a file; ValueError if it is not exactly what it should be."""
    with path.open("rb") as file:
        # Nothing is read of a file that is longer than it can be.
        wanted = 4 * int(np.prod(shape)) + CHECKSUM_BYTES
        if path.stat().st_size > wanted + HEADER_BYTES:
            raise ValueError("it has another size")
        header = read_header(file)
        if header.shape != shape or header.dtype != np.dtype("<f4") or header.fortran:
            raise ValueError("it has another shape")
        content = file.read()
    if len(content) != wanted:
        raise ValueError("it has another size")
    values = np.frombuffer(content[:-CHECKSUM_BYTES], "<f4").reshape(shape).copy()
    if _checksum(key, values) != content[-CHECKSUM_BYTES:]:
        raise ValueError("its checksum is wrong")
    return values
