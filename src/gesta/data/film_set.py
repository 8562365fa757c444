"""A prepared data set of films, read: any pictures and points of any clip without loading more than that."""

from collections.abc import Sequence
from functools import lru_cache
from os import PathLike
from pathlib import Path
from typing import Any, Self

import numpy as np

from gesta.data.film_building import FILM_FORM
from gesta.data.film_files import read_film
from gesta.data.film_points import rows_points
from gesta.data.films import FilmInfo, FilmRecord
from gesta.data.finished import clips_in, read_finished, speech_of
from gesta.data.rows import open_rows
from gesta.errors import InputError
from gesta.keypoints.vectors import VECTOR_SIZE
from gesta.records import Keypoints, Speech

OPEN_FILES = 256
"""Files of points that stay mapped; others are opened again when they are read."""


class FilmSet:
    """A prepared data set of films, open for reading.

    Attributes:
        folder: where it is.
        info: what it says of itself.
        clips: every clip, in order.
    """

    def __init__(self, folder: Path, info: FilmInfo, clips: Sequence[FilmRecord]) -> None:
        """Use `FilmSet.open`, which checks what it reads."""
        self.folder, self.info, self.clips = folder, info, tuple(clips)
        self._rows = lru_cache(maxsize=OPEN_FILES)(open_rows)

    @classmethod
    def open(cls, folder: str | PathLike[str]) -> Self:
        """Open a data set after checking its description and its manifest.

        Raises:
            InputError: it is missing, not finished, or its files do not fit each other.
        """
        folder = Path(folder)
        return cls(folder, *read_finished(folder, FILM_FORM))

    def __reduce__(self) -> tuple[Any, ...]:
        # A worker process opens the files itself.
        return type(self).open, (self.folder,)

    def split(self, *names: str) -> list[FilmRecord]:
        """The clips of some splits, in order.

        Raises:
            InputError: a name that is no split, or no clip is in them.
        """
        return clips_in(self.folder, self.clips, names)

    def points(self, clip: FilmRecord, start: int, stop: int) -> Keypoints:
        """The points of the frames [start, stop), on a canvas of 512 x 512.

        Raises:
            InputError: their file is missing or damaged.
        """
        return self._points(clip, slice(start, stop))

    def points_at(self, clip: FilmRecord, frames: np.ndarray) -> Keypoints:
        """The points of some frames, by their numbers in any order; as `points` gives them."""
        return self._points(clip, frames)

    def _points(self, clip: FilmRecord, frames: slice | np.ndarray) -> Keypoints:
        path = self.folder / clip.points
        rows = self._rows(path, VECTOR_SIZE)
        if len(rows) != clip.frames:
            raise InputError(
                f"'{path}' does not hold the {clip.frames} frames of its clip; prepare the data set again."
            )
        try:
            return rows_points(rows[frames])
        except ValueError as error:
            raise InputError(f"'{path}' is damaged ({error}); prepare the data set again.") from None

    def pictures(self, clip: FilmRecord, frames: Sequence[int] | np.ndarray) -> np.ndarray:
        """Some pictures of a clip, by their numbers in any order: (n, side, side, 3) uint8.

        Raises:
            InputError: the clip has none, or their file is missing or damaged.
        """
        if clip.film is None:
            raise InputError(
                f"The data set '{self.folder}' holds points without pictures; networks that draw need films: "
                "gesta prepare videos."
            )
        return read_film(self.folder / clip.film, frames, self.info.side)

    def masks(self, clip: FilmRecord, frames: Sequence[int] | np.ndarray) -> np.ndarray:
        """Where the person is in some pictures of a clip: (n, side, side) uint8, 255 on the person.

        Raises:
            InputError: the clip has none, as where its points were given, or their file is missing or damaged.
        """
        if clip.masks is None:
            raise InputError(f"The clip '{clip.id}' has no masks: its points were given and not found by gesta.")
        return read_film(self.folder / clip.masks, frames, self.info.side)[..., 0]

    def speech(self, clip: FilmRecord) -> Speech:
        """The recording of a clip; its file is opened when its samples are asked for."""
        return speech_of(self.folder, clip)
