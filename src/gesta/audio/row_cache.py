"""What a network hears of recordings, kept on disk: found again by the recording's content and a fingerprint.

A file is FOLDER/FINGERPRINT/SHA256.npy, (frames, C) float32, memory-mapped when read; beside it SHA256.crc holds its
checksum. What does not have the right shape or checksum is made again. The folder is the user's cache folder, or the
environment variable GESTA_CACHE.
"""

import logging
import os
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from gesta.errors import OutputError
from gesta.npy import read_header
from gesta.writing import replacing

LOGGER = logging.getLogger("gesta")
VARIABLE = "GESTA_CACHE"
LIMIT_BYTES = 20 * 10**9
"""What all fingerprints together may take if nothing else is said."""
CHECKSUM = ".crc"


def cache_folder() -> Path:
    """Where gesta keeps what it can make again: GESTA_CACHE, or `gesta` in the user's cache folder."""
    if own := os.environ.get(VARIABLE):
        return Path(own)
    if base := os.environ.get("XDG_CACHE_HOME"):
        return Path(base) / "gesta"
    usual = {"win32": Path("AppData", "Local"), "darwin": Path("Library", "Caches")}
    return Path.home() / usual.get(sys.platform, Path(".cache")) / "gesta"


class RowCache:
    """A folder of kept features, one row for each frame of a recording, with a limit on its size."""

    def __init__(self, root: str | Path | None = None, limit_bytes: int = LIMIT_BYTES) -> None:
        """Use a folder, which need not be there yet.

        Args:
            root: the folder; none: `speech` in `cache_folder()`.
            limit_bytes: when more is kept, what was not used longest is removed.
        """
        self.root = Path(root) if root is not None else cache_folder() / "speech"
        self.limit_bytes = limit_bytes

    def rows(
        self, fingerprint: str, sha256: str, shape: tuple[int, int], make: Callable[[], Iterator[np.ndarray]]
    ) -> np.ndarray | None:
        """The rows of a recording, memory-mapped and read-only; None where nothing can be kept.

        Args:
            fingerprint: of what hears the recording.
            sha256: of the recording's samples.
            shape: (frames, C) that the rows must have.
            make: gives the rows as consecutive (n, C) stretches where they are not on disk yet.
        """
        path = self.root / fingerprint / f"{sha256}.npy"
        found = _kept(path, shape)
        if found is None:
            try:
                _keep(path, shape, make())
            except (OSError, OutputError) as error:
                LOGGER.warning("Speech features are not kept: %s", error)
                return None
            found = _mapped(path)
            self.shrink(self.limit_bytes, spare=path)
        return found

    def size_bytes(self) -> int:
        """What all kept features take on disk, whatever made them."""
        return sum(path.stat().st_size for path in self._files())

    def shrink(self, limit_bytes: int, spare: Path | None = None) -> None:
        """Remove what was not used longest until at most `limit_bytes` are kept; `spare` stays."""
        ages = sorted((path.stat().st_mtime, path.stat().st_size, path) for path in self._files())
        kept = sum(size for _, size, _ in ages)
        for _, size, path in ages:
            if kept <= limit_bytes:
                return
            if path != spare:
                path.unlink(missing_ok=True)
                path.with_suffix(CHECKSUM).unlink(missing_ok=True)
                kept -= size

    def _files(self) -> Iterator[Path]:
        return self.root.glob("*/*.npy")


def _kept(path: Path, shape: tuple[int, int]) -> np.ndarray | None:
    """The rows on disk, if they can be trusted."""
    try:
        rows = _mapped(path)
        checksum = path.with_suffix(CHECKSUM).read_text(encoding="ascii")
    except (OSError, ValueError, EOFError):
        return None
    if rows.shape != shape or rows.dtype != np.float32 or checksum != f"{zlib.crc32(rows.data):08x}":
        LOGGER.warning("The kept speech features '%s' are damaged and made again.", path)
        return None
    os.utime(path)
    return rows


def _keep(path: Path, shape: tuple[int, int], stretches: Iterator[np.ndarray]) -> None:
    """Write rows stretch by stretch."""
    path.parent.mkdir(parents=True, exist_ok=True)
    checksum = 0
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "<f4", "fortran_order": False, "shape": shape})
        for stretch in stretches:
            rows = np.ascontiguousarray(stretch, dtype="<f4")
            checksum = zlib.crc32(rows.data, checksum)
            file.write(rows.data)
    with replacing(path.with_suffix(CHECKSUM)) as temporary:
        temporary.write_text(f"{checksum:08x}", encoding="ascii")


def _mapped(path: Path) -> np.ndarray:
    """The array in an npy file, memory-mapped and read-only; ValueError if it is none."""
    with path.open("rb") as file:
        header = read_header(file)
        begin = file.tell()
    if header.dtype.hasobject or header.fortran:
        raise ValueError("no plain array")
    return np.memmap(path, header.dtype, "r", begin, header.shape)
