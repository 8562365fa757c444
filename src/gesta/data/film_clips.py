"""The files of a clip, written in the folder of its film: pictures, points, speech and masks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gesta.data.film_stretches import Hands
from gesta.data.films import FILM_FOLDER, MASK_FOLDER, POINTS_FOLDER, FilmRecord
from gesta.data.listing import SPEECH_FOLDER
from gesta.data.speech_files import write_speech
from gesta.writing import refused_as

FILM_SUFFIX, POINTS_SUFFIX, SPEECH_SUFFIX = ".mp4", ".npy", ".flac"
LEAST_FRAMES = 5
"""Shorter clips are left out."""


@dataclass(frozen=True)
class Making:
    """How films become clips; attributes as in `gesta.data.videos.VideosSettings`, clips' lengths in frames."""

    side: int
    hands: Hands
    shortest: int
    longest: int


@dataclass(frozen=True)
class Staged:
    """The folder in which the files of a film's clips are written.

    Attributes:
        folder: the film's own.
        side: of the square pictures, pixels.
        film: name of the film in the data set.
        said: what every record says.
    """

    folder: Path
    side: int
    film: str
    said: dict[str, Any]

    def begin(self) -> None:
        """Make the folders.

        Raises:
            OutputError: they cannot be made.
        """
        with refused_as(lambda why: f"The folder '{self.folder}' cannot be made ({why}): check its free space."):
            for name in (FILM_FOLDER, POINTS_FOLDER, MASK_FOLDER, SPEECH_FOLDER):
                (self.folder / name).mkdir(parents=True, exist_ok=True)

    def film_path(self, clip: str) -> Path:
        """Where the pictures of a clip are written."""
        return self.folder / FILM_FOLDER / f"{clip}{FILM_SUFFIX}"

    def mask_path(self, clip: str) -> Path:
        """Where its masks are written."""
        return self.folder / MASK_FOLDER / f"{clip}{FILM_SUFFIX}"

    def points_path(self, clip: str) -> Path:
        """Where its points are written."""
        return self.folder / POINTS_FOLDER / f"{clip}{POINTS_SUFFIX}"

    def record(
        self,
        clip: str,
        blocks: Iterable[np.ndarray],
        masks: bool = False,
        pictures: bool = True,
        **more: Any,
    ) -> FilmRecord:
        """Write the speech of a clip whose other files are written; its record.

        Args:
            clip: its name.
            blocks: (S,) float32 samples of the speech.
            masks: whether it has masks.
            pictures: whether it has pictures.
            more: frames, picture_size and what else the record says.
        """
        speech = f"{SPEECH_FOLDER}/{clip}{SPEECH_SUFFIX}"
        samples, sha256 = write_speech(self.folder / speech, blocks)
        return FilmRecord(
            **self.said,
            **more,
            id=clip,
            film=f"{FILM_FOLDER}/{clip}{FILM_SUFFIX}" if pictures else None,
            points=f"{POINTS_FOLDER}/{clip}{POINTS_SUFFIX}",
            masks=f"{MASK_FOLDER}/{clip}{FILM_SUFFIX}" if masks else None,
            speech=speech,
            speech_samples=samples,
            speech_sha256=sha256,
        )


class InOrder:
    """The samples of a recording, stretch after stretch, decoded once.

    Args:
        blocks: (S,) float32 samples, consecutive.
    """

    def __init__(self, blocks: Iterable[np.ndarray]) -> None:
        self._blocks = iter(blocks)
        self._rest = np.zeros(0, np.float32)
        self._at = 0

    def samples(self, start: int, stop: int) -> Iterator[np.ndarray]:
        """The samples [start, stop), as far as there are any; `start` is not before what was taken already."""
        while self._at < stop:
            if not len(self._rest):
                block = next(self._blocks, None)
                if block is None:
                    return
                self._rest = block
            end = stop - self._at
            chosen, self._rest = self._rest[:end], self._rest[end:]
            skipped = max(start - self._at, 0)
            self._at += len(chosen)
            if len(chosen) > skipped:
                yield chosen[skipped:]
