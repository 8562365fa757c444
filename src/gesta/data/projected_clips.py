"""The clips of a motion in space: it is cut into pieces, and each is seen as another person by another camera.

F video frames, T motion frames, P points.
"""

from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.interpolate import CubicSpline

from gesta.data.clips import Dataset
from gesta.data.film_clips import InOrder, Staged
from gesta.data.film_points import on_canvas, write_points
from gesta.data.film_tasks import ProjectionTask
from gesta.data.filmed_people import FilmedPerson, drawn_person
from gesta.data.films import FilmRecord
from gesta.data.manifest import ClipRecord
from gesta.errors import InputError
from gesta.keypoints.bridge.projection import projected
from gesta.processes import Tell
from gesta.randomness import generator
from gesta.records import Keypoints, Motion
from gesta.units import MOTION_FPS, SAMPLE_RATE, VIDEO_FPS, video_frame_count

AROUND = 4
"""Motion frames beside a piece that help to tell what lies between its frames."""
SAMPLES_PER_FRAME = SAMPLE_RATE // VIDEO_FPS


def projected_clips(task: ProjectionTask, longest: int, staged: Staged, tell: Tell) -> tuple[FilmRecord, ...]:
    """Make the clips of a motion.

    Args:
        task: the motion.
        longest: frames of a piece, about.
        staged: where the files go.
        tell: told how much of it is done.

    Raises:
        InputError: the data set of motion cannot be used.
        OutputError: the disk is full or gone.
    """
    dataset = _opened(task.dataset)
    source = next((clip for clip in dataset.clips if clip.id == task.clip), None)
    if source is None:
        raise InputError(f"The data set '{task.dataset}' has no clip '{task.clip}' any more; prepare it again.")
    motion, blocks = dataset.motion(source), InOrder(dataset.speech(source).source.blocks())
    bounds = _bounds(source, longest)
    records = []
    for number, (start, stop) in enumerate(pairwise(bounds)):
        name = f"{staged.film}-{number:04d}"
        person = drawn_person(generator(task.seed, "filmed people", task.clip, str(number)))
        points = projected_piece(motion, person, int(start), int(stop), task.hiding_each)
        write_points(staged.points_path(name), on_canvas(points))
        last = min(int(stop) * SAMPLES_PER_FRAME, source.speech_samples)
        sound = blocks.samples(int(start) * SAMPLES_PER_FRAME, last)
        records.append(
            staged.record(
                name, sound, pictures=False, frames=points.frame_count, picture_size=person.size,
                start_s=float(start) / VIDEO_FPS,
            )
        )  # fmt: skip
        tell((number + 1) / (len(bounds) - 1))
    return tuple(records)


def projected_piece(motion: Motion, person: FilmedPerson, start: int, stop: int, hiding_each: int = 1) -> Keypoints:
    """The points of a person who does a piece of a motion: video frames [start, stop), in pixels of the picture.

    Args:
        motion: T frames, 30 a second; where video frames lie between two, points follow a cubic spline.
        person: who, and the camera.
        start, stop: frames of 25 a second; behind the motion's end its last frame stands.
        hiding_each: as `projected` takes it.
    """
    places = np.minimum(np.arange(start, stop) * (MOTION_FPS / VIDEO_FPS), motion.frame_count - 1)
    first = max(int(places[0]) - AROUND, 0)
    part = person.turned(motion.frames(first, min(int(places[-1]) + AROUND + 2, motion.frame_count)))
    blocks = list(projected(part, person.fit, person.size, person.shift(part), person.made, hiding_each))
    points, scores = (np.concatenate([getattr(block, name) for block in blocks]) for name in ("points", "scores"))
    if part.frame_count == 1:
        return Keypoints(points, scores, person.size, VIDEO_FPS)
    at = places - first
    before = np.minimum(at.astype(np.int64), part.frame_count - 2)
    share = (at - before)[:, None]
    between = scores[before] * (1.0 - share) + scores[before + 1] * share
    return Keypoints(CubicSpline(np.arange(part.frame_count), points)(at), between, person.size, VIDEO_FPS)


def _bounds(clip: ClipRecord, longest: int) -> np.ndarray:
    """Where pieces of a clip begin and end: (n + 1,) video frames; they are of one length, to a frame."""
    frames = video_frame_count(clip.speech_samples)
    return np.linspace(0, frames, max(1, round(frames / longest)) + 1).round().astype(np.int64)


@lru_cache(maxsize=2)
def _opened(folder: Path) -> Dataset:
    """A data set, opened once in each process."""
    return Dataset.open(folder)
