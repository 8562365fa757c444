"""What an encoder hears in every clip of a data set, computed once and kept as memory-mapped files.

The files lie in a folder per encoder, named by the hash of the sound, so that clips with the same sound share them.
"""

import re
from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing
from functools import lru_cache
from pathlib import Path

import numpy as np

from gesta.audio.encoders.protocol import SpeechEncoder
from gesta.data.clips import Dataset, padded
from gesta.data.listing import NAME
from gesta.data.manifest import ClipRecord
from gesta.data.rows import GrowingRows, open_rows
from gesta.errors import InputError, OutputError, reason_of
from gesta.writing import replacing

FEATURES_FOLDER = "features"
LOW, HIGH = "low", "high"
OPEN_FILES = 256
"""Files that stay mapped; others are opened again when they are read."""


class FeatureStore:
    """The features of a data set's clips by one encoder.

    Args:
        dataset: whose clips.
        encoder: who hears them.
        cache_root: where the folder of the encoder lies; in the data set if not given.
    """

    def __init__(self, dataset: Dataset, encoder: SpeechEncoder, cache_root: Path | None = None) -> None:
        if not re.match(NAME, encoder.fingerprint):
            raise ValueError(f"'{encoder.fingerprint}' cannot be the name of a folder")
        self._dataset, self._encoder = dataset, encoder
        self.folder = (cache_root or dataset.folder / FEATURES_FOLDER) / encoder.fingerprint
        self.sizes = {LOW: encoder.low_size, HIGH: encoder.high_size}
        self._open = lru_cache(maxsize=OPEN_FILES)(open_rows)

    def fill(
        self, clips: Iterable[ClipRecord] | None = None, progress: Callable[[str, int, int], None] | None = None
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

    def features(self, clip: ClipRecord, level: str) -> np.ndarray:
        """(T, C) float32 features of a clip, memory-mapped; `level` is "low" or "high".

        Raises:
            InputError: they have not been computed (see `fill`), or the file is damaged.
        """
        rows = self._open(self._path(clip, level), self.sizes[level])
        if len(rows) != clip.frames:
            raise InputError(f"{self._path(clip, level)} does not fit the clip '{clip.id}'; remove it and go on again.")
        return rows

    def window(self, clip: ClipRecord, start: int, length: int) -> dict[str, np.ndarray]:
        """(length, C) float32 features of some frames by level, the last one repeated behind the end."""
        return {level: padded(self.features(clip, level), start, length)[0] for level in self.sizes}

    def _path(self, clip: ClipRecord, level: str) -> Path:
        return self.folder / f"{clip.speech_sha256}.{level}.npy"

    def _compute(self, clip: ClipRecord) -> None:
        """Hear one recording, stretch by stretch."""
        with ExitStack() as stack:
            files = {}
            for level, size in self.sizes.items():
                beside = stack.enter_context(replacing(self._path(clip, level)))
                files[level] = stack.enter_context(closing(GrowingRows(beside, size)))
            for stretch in self._encoder.stretches(self._dataset.speech(clip)):
                files[LOW].append([stretch.low])
                files[HIGH].append([stretch.high])
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
