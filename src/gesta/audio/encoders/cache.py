"""Speech features kept on disk, both levels side by side in one row of (C + D) for each motion frame."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gesta.audio.encoders.protocol import SpeechEncoder
from gesta.audio.row_cache import LIMIT_BYTES, RowCache
from gesta.records import Speech, SpeechFeatures


class CachedEncoder(SpeechEncoder):
    """An encoder that hears each recording once. Features come memory-mapped, so an hour costs no memory."""

    def __init__(self, encoder: SpeechEncoder, root: str | Path | None = None, limit_bytes: int = LIMIT_BYTES) -> None:
        """Wrap an encoder.

        Args:
            encoder: hears what is not on disk yet.
            root: the folder; none: `speech` in the user's cache folder.
            limit_bytes: when more is kept, what was not used longest is removed.
        """
        self.encoder = encoder
        self.kept = RowCache(root, limit_bytes)

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
        shape = (speech.frame_count, self.low_size + self.high_size)
        rows = self.kept.rows(self.fingerprint, speech.sha256, shape, lambda: self._heard(speech))
        if rows is None:
            yield from self.encoder.stretches(speech)
            return
        low, high = np.split(rows, [self.low_size], axis=1)
        yield SpeechFeatures(low, high, self.fingerprint)

    def encode(self, speech: Speech) -> SpeechFeatures:
        """The features of a whole recording, memory-mapped."""
        parts = list(self.stretches(speech))
        # Joining would copy what is mapped.
        return parts[0] if len(parts) == 1 else SpeechFeatures.concatenate(parts)

    def size_bytes(self) -> int:
        """What all kept features take on disk, whatever their encoder."""
        return self.kept.size_bytes()

    def shrink(self, limit_bytes: int) -> None:
        """Remove what was not used longest until at most `limit_bytes` are kept."""
        self.kept.shrink(limit_bytes)

    def _heard(self, speech: Speech) -> Iterator[np.ndarray]:
        for part in self.encoder.stretches(speech):
            yield np.concatenate([part.low, part.high], axis=1)
