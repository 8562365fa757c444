"""Video features kept on disk, the layers of a frame side by side in one row.

Twelve layers of 768 channels take 0.9 MB for each second of speech, 3.3 GB for an hour.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gesta.audio.row_cache import LIMIT_BYTES, RowCache
from gesta.audio.video_features.protocol import VideoFeatures
from gesta.records import Speech


class CachedVideoFeatures(VideoFeatures):
    """Features that hear each recording once. They come memory-mapped, so an hour costs no memory."""

    def __init__(self, features: VideoFeatures, root: str | Path | None = None, limit_bytes: int = LIMIT_BYTES) -> None:
        """Wrap a source of features.

        Args:
            features: hears what is not on disk yet.
            root: the folder; none: `speech` in the user's cache folder.
            limit_bytes: when more is kept, what was not used longest is removed.
        """
        self.features = features
        self.kept = RowCache(root, limit_bytes)

    @property
    def name(self) -> str:
        """The features' own."""
        return self.features.name

    @property
    def fingerprint(self) -> str:
        """The features' own: where they are kept changes no number."""
        return self.features.fingerprint

    @property
    def layers(self) -> int:
        """The features' own."""
        return self.features.layers

    @property
    def size(self) -> int:
        """The features' own."""
        return self.features.size

    def stretches(self, speech: Speech) -> Iterator[np.ndarray]:
        """The whole recording as one stretch, memory-mapped; if nothing can be kept, what the features give."""
        shape = (speech.video_frame_count, self.layers * self.size)
        rows = self.kept.rows(self.fingerprint, speech.sha256, shape, lambda: self._heard(speech))
        if rows is None:
            yield from self.features.stretches(speech)
            return
        yield rows.reshape(-1, self.layers, self.size)

    def encode(self, speech: Speech) -> np.ndarray:
        """A whole recording, memory-mapped."""
        parts = list(self.stretches(speech))
        # Joining would copy what is mapped.
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _heard(self, speech: Speech) -> Iterator[np.ndarray]:
        for part in self.features.stretches(speech):
            yield part.reshape(len(part), -1)
