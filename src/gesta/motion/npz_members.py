"""The arrays in an npz file, read with suspicion and written block by block.

Nothing is unpickled. The header of an array is read and its size checked, against what the archive says and against
what the caller expects, before any memory is taken for it.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import numpy as np

from gesta.errors import InputError
from gesta.npy import Header, read_header

MAXIMUM_MEMBERS = 256
"""An archive with more files than this is refused."""
MAXIMUM_SMALL_ITEMS = 1_000_000
"""Most items of an array that is not a row per frame (text counts by characters)."""
COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The two ways in which numpy packs arrays."""
ROWS_PER_BLOCK = 4096
NUMBER_KINDS = "fiub"
TEXT_KINDS = "US"
DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, OSError)
"""What the zip library raises for a damaged or odd archive."""
FIXED_TIME = (1980, 1, 1, 0, 0, 0)
"""The time written into archives, so that the same motion gives the same bytes."""


class NpzMembers:
    """An npz file open for reading; use it in a `with` block.

    Attributes:
        path: the file, as named in errors.
        names: the arrays in it.
    """

    def __init__(self, path: str | Path) -> None:
        """Open the file; raises InputError when it is missing or not an npz file."""
        self.path = Path(path)
        try:
            self._archive = zipfile.ZipFile(self.path)
        except (ValueError, *DAMAGE) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is not an npz file"
            raise InputError(f"Cannot read {self.path}: {reason}.") from error
        entries = self._archive.namelist()
        if len(entries) > MAXIMUM_MEMBERS:
            self._archive.close()
            raise InputError(f"Cannot read {self.path}: it holds more than {MAXIMUM_MEMBERS} arrays.")
        if any(entry.compress_type not in COMPRESSIONS for entry in self._archive.infolist()):
            self._archive.close()
            raise InputError(f"Cannot read {self.path}: it is packed in a way that npz files never are.")
        self.names = frozenset(name.removesuffix(".npy") for name in entries if name.endswith(".npy"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._archive.close()
        if isinstance(error, DAMAGE):
            raise InputError(f"Cannot read {self.path}: the file is damaged.") from error
        if isinstance(error, ValueError):
            raise InputError(f"Cannot read {self.path}: {error}.") from error

    def header(self, name: str) -> Header:
        """What the array `name` says about itself."""
        with self._open(name) as stream:
            return self._header(name, stream)

    def small(self, name: str) -> np.ndarray:
        """A small array (numbers or text), whole."""
        header = self.header(name)
        characters = max(header.dtype.itemsize, 1) * int(np.prod(header.shape, dtype=object))
        if characters > MAXIMUM_SMALL_ITEMS * 8:
            raise InputError(f"Cannot read {self.path}: its '{name}' is larger than it may be.")
        with self._open(name) as stream:
            self._header(name, stream)
            return self._array(name, stream, header, header.shape)

    def number(self, name: str) -> float:
        """An array of a single number."""
        values = self.small(name)
        if values.size != 1 or values.dtype.kind not in NUMBER_KINDS:
            raise InputError(f"Cannot read {self.path}: its '{name}' is not a single number.")
        return float(values.reshape(()))

    def text(self, name: str) -> str:
        """An array of a single text."""
        values = self.small(name)
        if values.size != 1 or values.dtype.kind not in TEXT_KINDS:
            raise InputError(f"Cannot read {self.path}: its '{name}' is not a text.")
        item = values.reshape(()).item()
        return item.decode("utf-8", "replace") if isinstance(item, bytes) else str(item)

    def rows(self, name: str) -> Iterator[np.ndarray]:
        """Consecutive (n, ...) blocks of an array of numbers with a row per frame."""
        header = self.header(name)
        if header.dtype.kind not in NUMBER_KINDS or not header.shape:
            raise InputError(f"Cannot read {self.path}: its '{name}' does not hold a row of numbers per frame.")
        with self._open(name) as stream:
            self._header(name, stream)
            if header.fortran:
                yield self._array(name, stream, header, header.shape)
                return
            for start in range(0, header.shape[0], ROWS_PER_BLOCK):
                count = min(ROWS_PER_BLOCK, header.shape[0] - start)
                yield self._array(name, stream, header, (count, *header.shape[1:]))

    def _open(self, name: str) -> IO[bytes]:
        return self._archive.open(f"{name}.npy")

    def _header(self, name: str, stream: IO[bytes]) -> Header:
        """Read the header, and check that the archive's own count of bytes agrees with it."""
        try:
            header = read_header(stream)
        except ValueError as error:
            raise InputError(f"Cannot read {self.path}: its '{name}' {error}.") from error
        if header.dtype.hasobject or header.dtype.fields is not None:
            raise InputError(f"Cannot read {self.path}: its '{name}' holds Python objects, which are never read.")
        size = header.dtype.itemsize * int(np.prod(header.shape, dtype=object)) + stream.tell()
        if size != self._archive.getinfo(f"{name}.npy").file_size:
            raise InputError(f"Cannot read {self.path}: its '{name}' is not as long as it says.")
        return header

    def _array(self, name: str, stream: IO[bytes], header: Header, shape: tuple[int, ...]) -> np.ndarray:
        """Read so many items from where the stream stands."""
        size = header.dtype.itemsize * int(np.prod(shape))
        data = stream.read(size)
        if len(data) != size:
            raise InputError(f"Cannot read {self.path}: its '{name}' ends early.")
        return np.frombuffer(data, dtype=header.dtype).reshape(shape, order="F" if header.fortran else "C")


def write_member(
    archive: zipfile.ZipFile, name: str, shape: tuple[int, ...], dtype: Any, blocks: Iterable[np.ndarray], *, pack: bool
) -> None:
    """Write one array into an npz archive, block by block.

    Args:
        archive: open for writing.
        name: of the array.
        shape: of the whole array.
        dtype: of its items.
        blocks: consecutive parts along the first axis (a single one for an array without axes).
        pack: compress it (zeros and text), or store it as it is (real motion hardly shrinks).
    """
    entry = zipfile.ZipInfo(f"{name}.npy", FIXED_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED if pack else zipfile.ZIP_STORED
    kind = np.dtype(dtype)
    with archive.open(entry, "w", force_zip64=True) as stream:
        header = {"descr": np.lib.format.dtype_to_descr(kind), "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(stream, header)
        for block in blocks:
            stream.write(np.ascontiguousarray(block, dtype=kind).tobytes())
