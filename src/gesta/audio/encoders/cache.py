"""Speech features kept on disk: found again by the recording's content and the encoder's fingerprint.

A file is FOLDER/FINGERPRINT/SHA256.npy, (T, C + D) float32, both levels side by side, memory-mapped when read; beside
it SHA256.crc holds its checksum. What does not have the right shape or checksum is made again. The folder is the
user's cache folder, or the environment variable GESTA_CACHE.
"""

import logging
import os
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gesta.audio.encoders.protocol import SpeechEncoder
from gesta.errors import OutputError
from gesta.npy import read_header
from gesta.records import Speech, SpeechFeatures
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


class CachedEncoder(SpeechEncoder):
    """An encoder that hears each recording once. Features come memory-mapped, so an hour costs no memory."""

    def __init__(self, encoder: SpeechEncoder, root: str | Path | None = None, limit_bytes: int = LIMIT_BYTES) -> None:
        """Wrap an encoder.

        Args:
            encoder: hears what is not on disk yet.
            root: the folder; none: `speech` in `cache_folder()`.
            limit_bytes: when more is kept, what was not used longest is removed.
        """
        self.encoder = encoder
        self.root = Path(root) if root is not None else cache_folder() / "speech"
        self.limit_bytes = limit_bytes

    @property
    def name(self) -> str:
        """The encoder's own."""
        return self.encoder.name

    @property
    def fingerprint(self) -> str:
        """The encoder's own: where features are kept changes no number."""
        return self.encoder.fingerprint

    @property
    def low_size(self) -> int:
        """The encoder's own."""
        return self.encoder.low_size

    @property
    def high_size(self) -> int:
        """The encoder's own."""
        return self.encoder.high_size

    def stretches(self, speech: Speech) -> Iterator[SpeechFeatures]:
        """The whole recording as one stretch, memory-mapped; if nothing can be kept, what the encoder gives."""
        path = self.root / self.fingerprint / f"{speech.sha256}.npy"
        rows = self._kept(path, speech)
        if rows is None:
            try:
                self._keep(path, speech)
            except (OSError, OutputError) as error:
                LOGGER.warning("Speech features are not kept: %s", error)
                yield from self.encoder.stretches(speech)
                return
            rows = _mapped(path)
            self.shrink(self.limit_bytes, spare=path)
        low, high = np.split(rows, [self.low_size], axis=1)
        yield SpeechFeatures(low, high, self.fingerprint)

    def encode(self, speech: Speech) -> SpeechFeatures:
        """The features of a whole recording, memory-mapped."""
        parts = list(self.stretches(speech))
        # Joining would copy what is mapped.
        return parts[0] if len(parts) == 1 else SpeechFeatures.concatenate(parts)

    def size_bytes(self) -> int:
        """What all kept features take on disk, whatever their encoder."""
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

    def _kept(self, path: Path, speech: Speech) -> np.ndarray | None:
        """The rows on disk, if they can be trusted."""
        try:
            rows = _mapped(path)
            checksum = path.with_suffix(CHECKSUM).read_text(encoding="ascii")
        except (OSError, ValueError, EOFError):
            return None
        shape = (speech.frame_count, self.low_size + self.high_size)
        if rows.shape != shape or rows.dtype != np.float32 or checksum != f"{zlib.crc32(rows.data):08x}":
            LOGGER.warning("The kept speech features '%s' are damaged and made again.", path)
            return None
        os.utime(path)
        return rows

    def _keep(self, path: Path, speech: Speech) -> None:
        """Write the features stretch by stretch."""
        path.parent.mkdir(parents=True, exist_ok=True)
        shape = (speech.frame_count, self.low_size + self.high_size)
        checksum = 0
        with replacing(path) as temporary, temporary.open("wb") as file:
            header = {"descr": "<f4", "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(file, header)
            for part in self.encoder.stretches(speech):
                rows = np.ascontiguousarray(np.concatenate([part.low, part.high], axis=1), dtype="<f4")
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
