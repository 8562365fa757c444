"""Writing a data set of films: a file of pictures, one of points and one of speech for each clip."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from gesta.data.film_files import SUFFIX, write_film
from gesta.data.films import FILM_FOLDER, POINTS_FOLDER, FilmInfo, FilmRecord, read_film_info, read_film_records
from gesta.data.growing import Form, GrowingSet
from gesta.data.plans import PLAN, PlannedClip, SetPlan
from gesta.data.rows import GrowingRows
from gesta.errors import InputError
from gesta.keypoints.canvas import Canvas, canvas_for
from gesta.keypoints.vectors import VALUES_PER_POINT, VECTOR_SIDE, VECTOR_SIZE
from gesta.records import KEYPOINT_COUNT, Keypoints, Speech
from gesta.units import SAMPLE_RATE, VIDEO_FPS, video_frame_count
from gesta.writing import replacing

FRAME_SAMPLES = SAMPLE_RATE // VIDEO_FPS
LEAST_FRAMES = 5
"""Shorter clips are left out."""


@dataclass(frozen=True)
class LoadedFilm:
    """A clip that has been looked at.

    Attributes:
        pictures: gives the pictures (H, W, 3) uint8, 25 a second.
        points: of the same pictures, in their pixels; at 25 a second and from the same moment on.
        speech: the recording.
        start_sample: where in the recording the first picture is.
        notes: what is worth saying of it.
    """

    pictures: Callable[[], Iterator[np.ndarray]]
    points: Keypoints
    speech: Speech
    start_sample: int = 0
    notes: tuple[str, ...] = ()

    @property
    def most_frames(self) -> int:
        """Pictures that points and speech are enough for."""
        return min(self.points.frame_count, video_frame_count(self.speech.sample_count - self.start_sample))


@dataclass(frozen=True, kw_only=True)
class FilmPlan(SetPlan):
    """A data set of films to be made; `side` is that of its pictures."""

    side: int

    def info(self) -> FilmInfo:
        """The description of the data set as it stands before the first clip."""
        return FilmInfo.checked(self.described() | {"side": self.side}, PLAN)


class FilmBuilding(GrowingSet[FilmInfo, FilmRecord]):
    """A data set of films that is being written, see `GrowingSet`."""

    def __init__(self, folder: Path, info: FilmInfo, kept: Iterable[FilmRecord]) -> None:
        super().__init__(folder, info, kept, (FILM_FOLDER, POINTS_FOLDER), read_film_records)

    def _written(self, clip: PlannedClip) -> FilmRecord:
        loaded: LoadedFilm = clip.load()
        film, points = f"{FILM_FOLDER}/{clip.id}{SUFFIX}", f"{POINTS_FOLDER}/{clip.id}.npy"
        size = loaded.points.size
        canvas = canvas_for(size, self.info.side)
        pictures = islice(loaded.pictures(), loaded.most_frames)
        frames = write_film(self.folder / film, _placed(pictures, canvas, size, clip.source), self.info.side)
        if frames < LEAST_FRAMES:
            raise InputError(f"'{clip.source}' has {frames} pictures with points and sound; {LEAST_FRAMES} are needed.")
        rows = point_rows(canvas_for(size, VECTOR_SIDE).to_canvas(loaded.points.frames(0, frames)))
        with replacing(self.folder / points) as beside, closing(GrowingRows(beside, VECTOR_SIZE)) as file:
            file.append([rows])
        first = loaded.start_sample
        last = min(first + frames * FRAME_SAMPLES, loaded.speech.sample_count)
        return FilmRecord(
            **self._listed(clip),
            **self._add_speech(clip, loaded.speech, first, last),
            frames=frames,
            film=film,
            points=points,
            picture_size=size,
            notes=loaded.notes,
        )


def _placed(pictures: Iterable[np.ndarray], canvas: Canvas, size: tuple[int, int], source: str) -> Iterator[np.ndarray]:
    """Pictures on the canvas, one by one."""
    for picture in pictures:
        if picture.shape != (size[1], size[0], 3):
            raise InputError(f"The pictures of '{source}' change their size; convert it to MP4 (H.264) first.")
        yield canvas.place(picture)


def point_rows(keypoints: Keypoints) -> np.ndarray:
    """Keypoints as the rows of a points file: (F, 402) float32, x, y and score of each point."""
    return np.concatenate([keypoints.points, keypoints.scores[..., None]], axis=2).reshape(-1, VECTOR_SIZE)


def rows_points(rows: np.ndarray) -> Keypoints:
    """The keypoints, on a canvas of 512 x 512, in rows of a points file."""
    values = np.asarray(rows).reshape(-1, KEYPOINT_COUNT, VALUES_PER_POINT)
    return Keypoints(values[..., :2], values[..., 2], (VECTOR_SIDE, VECTOR_SIDE), VIDEO_FPS)


FILM_FORM = Form(read_film_info, read_film_records, FilmBuilding)
