"""The outside of a GLB file (section 4.4 of the glTF 2.0 specification): a header, a JSON chunk and a binary one.

Files that are read may come from anywhere: sizes are checked against caps before anything is read into memory, and a
file that points to other files is refused.
"""

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gesta.errors import InputError, reason_of

MAGIC, VERSION = 0x46546C67, 2
JSON_CHUNK, BINARY_CHUNK = 0x4E4F534A, 0x004E4942
HEADER, CHUNK_HEADER = struct.Struct("<III"), struct.Struct("<II")
FILE_BYTES = 1_000_000_000
"""Larger files are refused: six hours of speech take a third of that."""
JSON_BYTES = 32_000_000
"""Longer descriptions are refused: ours take 0.3 MB."""


@dataclass(frozen=True)
class Container:
    """What is in a GLB file: its description, not yet checked, and its numbers."""

    path: Path
    description: dict[str, Any]
    numbers: bytes


def read_container(path: str | Path) -> Container:
    """Take a GLB file apart.

    Raises:
        InputError: it is missing, too large, damaged or no GLB file, or wants other files.
    """
    path = Path(path)
    try:
        size = path.stat().st_size
        if size > FILE_BYTES:
            raise InputError(f"Cannot read {path}: it is larger than {FILE_BYTES // 10**6} MB.")
        with path.open("rb") as file:
            if _unpacked(HEADER, file.read(HEADER.size)) != (MAGIC, VERSION, size):
                raise InputError(f"Cannot read {path}: it is no whole GLB file of version {VERSION}.")
            length, kind = _unpacked(CHUNK_HEADER, file.read(CHUNK_HEADER.size))
            if kind != JSON_CHUNK or length > min(JSON_BYTES, size):
                raise InputError(f"Cannot read {path}: its description is missing or too long.")
            description = _described(path, file.read(length))
            length, kind = _unpacked(CHUNK_HEADER, file.read(CHUNK_HEADER.size))
            if kind != BINARY_CHUNK or length > size:
                raise InputError(f"Cannot read {path}: its numbers are missing.")
            numbers = file.read(length)
    except OSError as error:
        raise InputError(f"Cannot read {path}: {reason_of(error)}.") from None
    return Container(path, description, numbers)


def _unpacked(layout: struct.Struct, data: bytes) -> tuple[int, ...]:
    """The numbers in a header, zeros where the file ends before it does."""
    return layout.unpack(data.ljust(layout.size, b"\0"))


def _described(path: Path, data: bytes) -> dict[str, Any]:
    """The JSON chunk; refused where it is none, or names other files."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise InputError(f"Cannot read {path}: its description is damaged.")
    outside = [*_list(found, "buffers"), *_list(found, "images")]
    if any(not isinstance(item, dict) or "uri" in item for item in outside):
        raise InputError(f"Cannot read {path}: it keeps parts of itself in other files; only whole ones are read.")
    return found


def _list(found: dict[str, Any], name: str) -> list[Any]:
    value = found.get(name)
    return value if isinstance(value, list) else []
