"""Watching a film: the person's points in every frame, and what else decides whether a frame can be used.

The points lie in a file, since an hour of them takes 145 MB; the rest is a few numbers for each frame.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from gesta.data.film_shots import Shot
from gesta.data.rows import GrowingRows
from gesta.keypoints.estimators.embedded.estimator import Embedded
from gesta.keypoints.estimators.embedded.points import as_keypoints
from gesta.keypoints.estimators.embedded.seen import Seen
from gesta.keypoints.estimators.pictures import size_of
from gesta.keypoints.layout import GROUPS, HANDS, VISIBLE
from gesta.keypoints.vectors import VECTOR_SIZE
from gesta.records import KEYPOINT_COUNT

MOST_OF_A_HAND = 0.5
"""Share of a hand's points that must be in the picture for the hand to be seen."""
TOLD_EVERY = 10
"""Frames."""


@dataclass(frozen=True)
class Watched:
    """What was seen in the N frames of a film.

    Attributes:
        persons: (N,) how many; 0 where nobody is found.
        face: (N,) bool: whether the face can be read.
        face_width: (N,) float32 pixels of the film's pictures.
        hands: (N, 2) bool: whether the left and the right hand are seen.
        shoulders: (N,) float32 between the shoulders, pixels.
        regions: (N, 4) float64: where the body was looked for, x and y of the middle, side, angle.
    """

    persons: np.ndarray
    face: np.ndarray
    face_width: np.ndarray
    hands: np.ndarray
    shoulders: np.ndarray
    regions: np.ndarray


def watch(
    estimator: Embedded, pictures: Iterable[np.ndarray], shots: Sequence[Shot], path: Path, told: Callable[[int], None]
) -> Watched:
    """Watch a film shot by shot; in each the person is looked for anew.

    Args:
        estimator: finds the points.
        pictures: of the film, (H, W, 3) uint8, all of one size.
        shots: all of the film.
        path: of the file that takes the rows, (N, 402): x, y and score of each point, in pixels of the pictures.
        told: how many frames are done, now and then.

    Raises:
        OutputError: the rows cannot be written.
    """
    found: list[_Frame] = []
    frames = iter(pictures)

    def rows() -> Iterator[np.ndarray]:
        for shot in shots:
            measured = _Measured(islice(frames, shot.stop - shot.start))
            for seen in estimator.watched(measured):
                frame, row = _looked(seen, measured.size)
                found.append(frame)
                yield row
                if len(found) % TOLD_EVERY == 0:
                    told(len(found))

    with closing(GrowingRows(path, VECTOR_SIZE)) as file:
        file.append(rows())
    several = _either_side(np.array([frame.persons for frame in found]), shots, estimator.config.look_again)
    return Watched(
        several,
        np.array([frame.face_width > 0.0 for frame in found]),
        np.array([frame.face_width for frame in found], np.float32),
        np.array([frame.hands for frame in found]).reshape(-1, len(HANDS)),
        np.array([frame.shoulders for frame in found], np.float32),
        np.array([frame.region for frame in found]).reshape(-1, 4),
    )


@dataclass(frozen=True)
class _Frame:
    """As in `Watched`; the face's width is 0 where it cannot be read."""

    persons: int = 0
    face_width: float = 0.0
    hands: tuple[bool, bool] = (False, False)
    shoulders: float = 0.0
    region: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)


class _Measured:
    """Pictures, and how large the last one was."""

    def __init__(self, pictures: Iterable[np.ndarray]) -> None:
        self._pictures = pictures
        self.size = (1, 1)

    def __iter__(self) -> Iterator[np.ndarray]:
        for picture in self._pictures:
            self.size = size_of(picture)
            yield picture


def _looked(seen: Seen | None, size: tuple[int, int]) -> tuple[_Frame, np.ndarray]:
    """A frame, and its row of points: (1, 402) float32."""
    if seen is None:
        return _Frame(), np.zeros((1, VECTOR_SIZE), np.float32)
    points, scores = as_keypoints(seen.body, seen.face, seen.hands, size)
    row = np.concatenate([points, scores[:, None]], axis=1).reshape(1, -1)
    assert points.shape == (KEYPOINT_COUNT, 2)
    left, right = (bool((scores[GROUPS[hand]] >= VISIBLE).mean() >= MOST_OF_A_HAND) for hand in HANDS)
    shoulders = float(np.linalg.norm(seen.body.point("left_shoulder") - seen.body.point("right_shoulder")))
    region = seen.body.region
    where = (float(region.centre[0]), float(region.centre[1]), region.side, region.angle)
    return _Frame(seen.persons, seen.face_width_px() or 0.0, (left, right), shoulders, where), row


def _either_side(persons: np.ndarray, shots: Sequence[Shot], every: int) -> np.ndarray:
    """How many persons there are in each frame, where they were counted in every so many frames of a shot.

    Between two counts it may be either of them, so it is the greater one.
    """
    counted = persons.copy()
    for shot in shots:
        for start in range(shot.start, shot.stop, every):
            stop = min(start + every, shot.stop)
            following = persons[stop] if stop < shot.stop else 0
            there = persons[start:stop] > 0
            counted[start:stop] = np.where(there, np.maximum(persons[start:stop], following), 0)
    return counted
