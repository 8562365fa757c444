"""A film without points: cut into shots, watched, divided into clips of one person, each framed and written.

The pictures are decoded three times, one after another: to find the cuts, to find the points between them, and to write
the clips. One picture is in memory at a time, and one clip's points.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np

from gesta.data.film_beginning import Beginning, beginning_of
from gesta.data.film_clips import InOrder, Making, Staged
from gesta.data.film_files import film_file
from gesta.data.film_framing import Frame, frame_around
from gesta.data.film_points import on_canvas, rows_points, write_points
from gesta.data.film_reading import UNREADABLE, pictures
from gesta.data.film_shots import find_shots
from gesta.data.film_stretches import Stretch, stretches
from gesta.data.film_watching import Watched, watch
from gesta.data.films import FilmRecord
from gesta.data.rows import open_rows
from gesta.errors import InputError
from gesta.extras import extra_module
from gesta.keypoints.canvas import canvas_for
from gesta.keypoints.estimators.embedded.estimator import Embedded
from gesta.keypoints.estimators.embedded.region import Region
from gesta.keypoints.estimators.embedded.seen import notes_of
from gesta.keypoints.layout import GROUPS, HANDS, VISIBLE
from gesta.keypoints.smoothing import smoothed
from gesta.keypoints.vectors import VECTOR_SIZE
from gesta.processes import Tell
from gesta.records import Keypoints
from gesta.units import VIDEO_FPS

CUTS, POINTS = 0.1, 0.8
"""How much of the work is done when the cuts are found, and when the points are."""
TOLD_EVERY = 25
ROWS = "rows.npy"
AROUND_HANDS = 0.04
"""A hand reaches beyond the hull of its points by so many sides of its box, or a little more."""


@dataclass(frozen=True)
class FoundClips:
    """What came of a film.

    Attributes:
        records: of its clips.
        stretches: all of it.
        shots: how many.
        size: of its pictures.
    """

    records: tuple[FilmRecord, ...]
    stretches: Sequence[Stretch]
    shots: int
    size: tuple[int, int]


@cache
def estimator() -> Embedded:
    """The networks, opened once in a process."""
    return Embedded()


def found_clips(film: Path, sound: Path | None, making: Making, staged: Staged, tell: Tell) -> FoundClips:
    """Make the clips of a film.

    Args:
        film: the film.
        sound: a recording that begins with the first picture; none: the film's own sound.
        making: how.
        staged: where the files go.
        tell: told how much is done.

    Raises:
        InputError: the film or its sound cannot be used.
        OutputError: the disk is full or gone.
    """
    begun = beginning_of(film, sound)
    share = _Share(begun, tell)
    shots = find_shots(share.of(_pictures(film, begun), 0.0, CUTS))
    if not shots:
        raise InputError(UNREADABLE.format(path=film))
    path, count = staged.folder / ROWS, shots[-1].stop
    told = share.done(count, CUTS, POINTS)
    watched = watch(estimator(), _pictures(film, begun), shots, path, told)
    rows = open_rows(path, VECTOR_SIZE)
    parts = stretches(watched, shots, rows, making.hands, making.shortest, making.longest)
    size = begun.header.size
    clips = [part for part in parts if part.reason is None]
    writing = _Writing(begun, watched, rows, staged)
    shown, at, records = _pictures(film, begun), 0, []
    for number, part in enumerate(clips, 1):
        next(islice(shown, part.start - at, part.start - at), None)
        written = share.of(islice(shown, len(part)), POINTS, 1.0, part.start, count)
        records.append(writing.clip(f"{staged.film}-{number:04d}", part, written))
        at = part.stop
    path.unlink()
    return FoundClips(tuple(records), parts, len(shots), size)


def _pictures(film: Path, begun: Beginning) -> Iterator[np.ndarray]:
    """Those that have sound."""
    return islice(pictures(film, begun.start_s), begun.most_frames)


class _Writing:
    """Writes the clips of a film in their order."""

    def __init__(self, begun: Beginning, watched: Watched, rows: np.ndarray, staged: Staged) -> None:
        self._begun, self._watched, self._rows, self._staged = begun, watched, rows, staged
        self._sound = InOrder(begun.speech.source.blocks())

    def clip(self, name: str, part: Stretch, shown: Iterable[np.ndarray]) -> FilmRecord:
        """Write one clip; its record."""
        size, staged = self._begun.header.size, self._staged
        whole = rows_points(self._rows[part.start : part.stop], size)
        frame = frame_around(whole)
        points = on_canvas(frame.to_part(whole))
        write_points(staged.points_path(name), smoothed(points))
        self._pictures(name, part, frame, points, shown)
        return staged.record(
            name,
            self._sound.samples(*self._begun.samples(part.start, part.stop)),
            masks=True,
            frames=len(part),
            picture_size=size,
            frame=(frame.left, frame.top, frame.width, frame.height),
            start_s=round((self._begun.late_frames + part.start) / VIDEO_FPS, 3),
            notes=self._notes(part),
        )

    def _pictures(self, name: str, part: Stretch, frame: Frame, points: Keypoints, shown: Iterable[np.ndarray]) -> None:
        """Write a clip's pictures and its masks."""
        staged, network = self._staged, estimator()
        canvas = canvas_for((frame.width, frame.height), staged.side)
        with (
            film_file(staged.film_path(name), staged.side) as write,
            film_file(staged.mask_path(name), staged.side) as write_mask,
        ):
            for number, picture in enumerate(shown):
                write(canvas.place(np.ascontiguousarray(frame.cut(picture))))
                x, y, side, angle = self._watched.regions[part.start + number]
                mask = np.zeros((staged.side, staged.side), np.uint8)
                if side:
                    region = Region(np.array([x, y]), side, angle)
                    place = (region.centre - (frame.left, frame.top)) * canvas.scale + (canvas.left, canvas.top)
                    likely = network.mask(picture, region)
                    laid = Region(place, side * canvas.scale, angle).spread(likely, mask.shape)
                    shows = canvas.cut(mask[None])[0]
                    shows[:] = canvas.cut(_with_hands(laid, points, number)[None])[0]
                write_mask(np.repeat(mask[..., None], 3, axis=2))

    def _notes(self, part: Stretch) -> tuple[str, ...]:
        """What there is to say about most frames of a clip."""
        frames = slice(part.start, part.stop)
        there = self._watched.hands[frames].mean(axis=0) >= 0.5
        hidden = [hand for hand, seen in zip(HANDS, there, strict=True) if not seen]
        widths = self._watched.face_width[frames]
        return tuple(notes_of(1, True, hidden, float(np.median(widths[widths > 0.0])) if widths.any() else np.inf))


def _with_hands(likely: np.ndarray, points: Keypoints, number: int) -> np.ndarray:
    """Where the person is likely, and the hands, which the body's network loses at times.

    Args:
        likely: (side, side) of the canvas.
        points: on the canvas of 512 pixels.
        number: of the frame.

    Returns:
        (side, side) uint8.
    """
    cv2 = extra_module("cv2", "Drawing masks", "film")
    mask = np.rint(np.clip(likely, 0.0, 1.0) * 255.0).astype(np.uint8)
    for hand in HANDS:
        seen = points.scores[number, GROUPS[hand]] >= VISIBLE
        places = points.points[number, GROUPS[hand]][seen] * (len(mask) / points.size[0])
        if len(places) < 3:
            continue
        hull = cv2.convexHull(places.astype(np.float32)).astype(np.int32)
        cv2.fillConvexPoly(mask, hull, 255)
        width = max(1, round(2.0 * AROUND_HANDS * float(np.ptp(places, axis=0).max())))
        cv2.polylines(mask, [hull], True, 255, width)
    return mask


class _Share:
    """Tells how much of a film is done."""

    def __init__(self, begun: Beginning, tell: Tell) -> None:
        duration = begun.header.duration_s
        self._expected = begun.most_frames if duration is None else min(begun.most_frames, duration * VIDEO_FPS)
        self._tell = tell

    def of(
        self, shown: Iterable[np.ndarray], low: float, high: float, first: int = 0, count: int | None = None
    ) -> Iterator[np.ndarray]:
        """Pictures as they come; meanwhile the share goes from low to high over all `count` of the film."""
        told = self.done(count, low, high)
        for number, picture in enumerate(shown, first):
            yield picture
            if number % TOLD_EVERY == 0:
                told(number)

    def done(self, count: int | None, low: float, high: float) -> Callable[[int], None]:
        """What is told how many of `count` frames are done."""
        whole = max(count or self._expected, 1.0)
        return lambda frames: self._tell(low + (high - low) * min(frames / whole, 1.0))
