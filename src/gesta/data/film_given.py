"""A film whose points are given: one clip, all of its pictures, longer side against the square's."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from gesta.data.film_beginning import Beginning, beginning_of
from gesta.data.film_clips import LEAST_FRAMES, Staged
from gesta.data.film_files import write_film
from gesta.data.film_points import on_canvas, write_points
from gesta.data.film_reading import FilmHeader, pictures
from gesta.data.films import FilmRecord
from gesta.data.plans import WORTH_SAYING_S
from gesta.data.speech_files import cut
from gesta.errors import InputError
from gesta.keypoints.canvas import Canvas, canvas_for
from gesta.keypoints.estimators.given import fitted
from gesta.keypoints.files import read_keypoints, resampled
from gesta.records import Keypoints
from gesta.units import SAMPLE_RATE, VIDEO_FPS

SAME_RATE = 0.005
"""Rates of points and film that differ by less are the same one, rounded (30 and 29.97)."""


def given_clip(film: Path, points: Path, sound: Path | None, staged: Staged) -> FilmRecord:
    """Make the clip of a film.

    Args:
        film: the film.
        points: a file that `read_keypoints` reads; it begins with the first picture.
        sound: a recording that begins with the first picture; none: the film's own sound.
        staged: where the files go.

    Raises:
        InputError: one of them cannot be used, or they do not fit each other.
        OutputError: the disk is full or gone.
    """
    begun = beginning_of(film, sound)
    found = _points(film, points, begun)
    size, name = found.size, staged.film
    most = min(found.frame_count, begun.most_frames)
    shown = islice(pictures(film, begun.start_s), most)
    canvas = canvas_for(size, staged.side)
    frames = write_film(staged.film_path(name), placed(shown, canvas, size, staged.said["source"]), staged.side)
    if frames < LEAST_FRAMES:
        raise InputError(
            f"'{staged.said['source']}' has {frames} pictures with points and sound; {LEAST_FRAMES} are needed."
        )
    write_points(staged.points_path(name), on_canvas(found.frames(0, frames)))
    blocks = cut(begun.speech.source.blocks(), *begun.samples(0, frames))
    difference = found.frame_count / VIDEO_FPS - (begun.speech.sample_count - begun.start_sample) / SAMPLE_RATE
    said = f"points and sound differed by over {WORTH_SAYING_S:g} s and were cut to the shorter"
    notes = (said,) if abs(difference) > WORTH_SAYING_S else ()
    return staged.record(name, blocks, frames=frames, picture_size=size, notes=notes)


def placed(shown: Iterable[np.ndarray], canvas: Canvas, size: tuple[int, int], source: str) -> Iterator[np.ndarray]:
    """Pictures on the canvas, one by one.

    Raises:
        InputError: one has another size.
    """
    for picture in shown:
        if picture.shape != (size[1], size[0], 3):
            raise InputError(f"The pictures of '{source}' change their size; convert it to MP4 (H.264) first.")
        yield canvas.place(picture)


def _points(film: Path, points: Path, begun: Beginning) -> Keypoints:
    """The points, 25 a second, from the first picture that counts."""
    header = begun.header
    found = resampled(_timed(fitted(read_keypoints(points), header.size, points), header), VIDEO_FPS)
    if found.frame_count <= begun.late_frames:
        raise InputError(f"The points of '{film}' end before its sound begins; export it again.")
    return found.frames(begun.late_frames, found.frame_count)


def _timed(found: Keypoints, header: FilmHeader) -> Keypoints:
    """Points at the film's own rate, where theirs is nearly the same."""
    rate = float(header.rate)
    return found.replaced(fps=rate) if abs(found.fps / rate - 1.0) < SAME_RATE else found
