"""What is heard in every clip of a data set, computed once and kept as memory-mapped files.

The files lie in a folder per encoder, named by the hash of the sound, so that clips with the same sound share them.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from gesta.audio.encoders.protocol import SpeechEncoder
from gesta.audio.video_features.protocol import VideoFeatures
from gesta.data.clips import padded
from gesta.data.listing import NAME, ClipLine
from gesta.data.rows import GrowingRows, open_rows
from gesta.errors import InputError, OutputError, reason_of
from gesta.records import Speech
from gesta.writing import replacing

FEATURES_FOLDER = "features"
LOW, HIGH = "low", "high"
LAYERS = "layers"
OPEN_FILES = 256
"""Files that stay mapped; others are opened again when they are read."""


class Heard(Protocol):
    """A data set whose speech is heard."""

    folder: Path
    clips: Any

    def speech(self, clip: Any) -> Speech:
        """The recording of a clip."""
        ...


class StoredFeatures:
    """Features of a data set's clips, by whoever hears them.

    Args:
        dataset: whose clips.
        fingerprint: of who hears them; the name of the folder.
        sizes: how many numbers there are for each frame, by level.
        cache_root: where that folder lies; in the data set if not given.
    """

    def __init__(
        self, dataset: Heard, fingerprint: str, sizes: Mapping[str, int], cache_root: Path | None = None
    ) -> None:
        if not re.match(NAME, fingerprint):
            raise ValueError(f"'{fingerprint}' cannot be the name of a folder")
        self._dataset = dataset
        self.folder = (cache_root or dataset.folder / FEATURES_FOLDER) / fingerprint
        self.sizes = sizes
        self._open = lru_cache(maxsize=OPEN_FILES)(open_rows)

    def _hear(self, speech: Speech) -> Iterator[Mapping[str, np.ndarray]]:
        """Consecutive stretches of a recording's features: (n, C) float32 by level."""
        raise NotImplementedError

    def fill(
        self, clips: Iterable[ClipLine] | None = None, progress: Callable[[str, int, int], None] | None = None
    ) -> int:
        """Compute what is missing; may be stopped at any time and goes on where it was.

        Args:
            clips: of the data set; all if not given.
            progress: called with "listening", frames done and frames to do.

        Returns:
            number of recordings that were heard.

        Raises:
            InputError: a sound cannot be read, or does not last as long as its clip.
            OutputError: the folder cannot be written.
        """
        missing = {
            clip.speech_sha256: clip
            for clip in (self._dataset.clips if clips is None else clips)
            if not all(self._path(clip, level).is_file() for level in self.sizes)
        }
        whole, done = sum(clip.frames for clip in missing.values()), 0
        if missing:
            self._make_folder()
        for clip in missing.values():
            self._compute(clip)
            done += clip.frames
            if progress:
                progress("listening", done, whole)
        return len(missing)

    def features(self, clip: ClipLine, level: str) -> np.ndarray:
        """(T, C) float32 features of a clip, memory-mapped; `level` is a name in `sizes`.

        Raises:
            InputError: they have not been computed (see `fill`), or the file is damaged.
        """
        rows = self._open(self._path(clip, level), self.sizes[level])
        if len(rows) != clip.frames:
            raise InputError(f"{self._path(clip, level)} does not fit the clip '{clip.id}'; remove it and go on again.")
        return rows

    def window(self, clip: ClipLine, start: int, length: int) -> dict[str, np.ndarray]:
        """(length, C) float32 features of some frames by level, the last one repeated behind the end."""
        return {level: padded(self.features(clip, level), start, length)[0] for level in self.sizes}

    def _path(self, clip: ClipLine, level: str) -> Path:
        return self.folder / f"{clip.speech_sha256}.{level}.npy"

    def _compute(self, clip: ClipLine) -> None:
        """Hear one recording, stretch by stretch."""
        with ExitStack() as stack:
            files = {}
            for level, size in self.sizes.items():
                beside = stack.enter_context(replacing(self._path(clip, level)))
                files[level] = stack.enter_context(closing(GrowingRows(beside, size)))
            for stretch in self._hear(self._dataset.speech(clip)):
                for level, rows in stretch.items():
                    files[level].append([rows])
            for file in files.values():
                if file.rows != clip.frames:
                    raise InputError(
                        f"The sound of '{clip.id}' gave {file.rows} frames where {clip.frames} are needed; prepare the "
                        "data set again."
                    )

    def _make_folder(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = reason_of(error)
            raise OutputError(f"The folder '{self.folder}' cannot be made ({reason}); choose another one.") from error


class FeatureStore(StoredFeatures):
    """The features of a data set's clips by one speech encoder; levels "low" and "high", 30 frames a second."""

    def __init__(self, dataset: Heard, encoder: SpeechEncoder, cache_root: Path | None = None) -> None:
        sizes = {LOW: encoder.low_size, HIGH: encoder.high_size}
        super().__init__(dataset, encoder.fingerprint, sizes, cache_root)
        self._encoder = encoder

    def _hear(self, speech: Speech) -> Iterator[Mapping[str, np.ndarray]]:
        for stretch in self._encoder.stretches(speech):
            yield {LOW: stretch.low, HIGH: stretch.high}


class VideoFeatureStore(StoredFeatures):
    """The video features of a data set's films, 25 frames a second, the layers of a frame side by side in one row.

    Attributes:
        shape: L layers and C channels of each.
    """

    def __init__(self, dataset: Heard, features: VideoFeatures, cache_root: Path | None = None) -> None:
        super().__init__(dataset, features.fingerprint, {LAYERS: features.layers * features.size}, cache_root)
        self.shape = (features.layers, features.size)
        self._features = features

    def layers(self, clip: ClipLine) -> np.ndarray:
        """(F, L, C) float32 features of a clip, memory-mapped."""
        return self.features(clip, LAYERS).reshape(-1, *self.shape)

    def _hear(self, speech: Speech) -> Iterator[Mapping[str, np.ndarray]]:
        for stretch in self._features.stretches(speech):
            yield {LAYERS: stretch.reshape(len(stretch), -1)}
