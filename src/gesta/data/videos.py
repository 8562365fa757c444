"""The kind of source `videos`: anybody's films of a talking person, with the person's points beside them.

NAME.mp4 (or another film) has NAME.npz or NAME.json beside it, the points of its pictures as `gesta.keypoints.files`
reads them, and its own sound, or NAME.wav (or another sound) beside it in its place. The points begin with the first
picture; their own rate of frames need not be the film's.
"""

import math
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
from pydantic import Field

from gesta.audio.read import open_speech
from gesta.data.files import SOUND_SUFFIXES, clip_names, find_files, shown_name, total_size
from gesta.data.film_building import FilmPlan, LoadedFilm
from gesta.data.film_reading import FilmHeader, film_header, pictures
from gesta.data.films import GREATEST_SIDE_PX, LEAST_SIDE_PX
from gesta.data.listing import LONGEST_NAME
from gesta.data.pairs import first_folder
from gesta.data.plans import WORTH_SAYING_S, PlannedClip
from gesta.data.splits import Shares, split_groups
from gesta.errors import InputError
from gesta.keypoints.estimators.given import fitted
from gesta.keypoints.files import read_keypoints, resampled
from gesta.records import Keypoints
from gesta.units import SAMPLE_RATE, VIDEO_FPS

KIND = "videos"
FILM_SUFFIXES = (".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v")
POINT_SUFFIXES = (".npz", ".json")
BESIDE_SUFFIXES = tuple(suffix for suffix in SOUND_SUFFIXES if suffix not in FILM_SUFFIXES)
"""Of sounds that take the place of a film's own."""
SAME_RATE = 0.005
"""Rates of points and film that differ by less are the same one, rounded (30 and 29.97)."""
ROUNDING = 1e-6
GROUPS = "a film is a group"


class VideosSettings(Shares):
    """How films are prepared."""

    side: int = Field(
        512,
        ge=LEAST_SIDE_PX,
        le=GREATEST_SIDE_PX,
        multiple_of=2,
        description="side of the square pictures, pixels; the longer side of a film becomes as long",
    )
    licence: str = Field("not stated", description="what may be done with the films; kept with every clip")


def videos_plan(source: Path, settings: VideosSettings) -> FilmPlan:
    """Plan every film below a folder that has its points.

    Raises:
        InputError: it is no folder.
    """
    films = find_files(source, FILM_SUFFIXES)
    own_name = shown_name(Path(source.resolve().name))[:LONGEST_NAME]
    splits = split_groups(map(shown_name, films), settings)
    clips, left_out = [], {}
    for film, name in zip(films, clip_names(films), strict=True):
        points, sound = (_beside(source / film, suffixes) for suffixes in (POINT_SUFFIXES, BESIDE_SUFFIXES))
        if points is None:
            left_out[name] = (
                f"'{film}' has no points: {film.stem}.npz beside it is needed; finding points is not in this version."
            )
            continue
        files = (source / film, points, *([sound] if sound is not None else []))
        clips.append(
            PlannedClip(
                id=name,
                split=splits[shown_name(film)],
                speaker=first_folder(film) or own_name,
                source=shown_name(film),
                size=total_size(files),
                speech_name=name,
                load=partial(load_film, source / film, points, sound),
            )
        )
    return FilmPlan(
        kind=KIND,
        source=own_name,
        licence=settings.licence,
        speakers=tuple(sorted({clip.speaker for clip in clips})),
        split_rule=settings.rule(GROUPS),
        settings=settings.model_dump(mode="json"),
        clips=tuple(clips),
        left_out=left_out,
        side=settings.side,
    )


def _beside(film: Path, suffixes: tuple[str, ...]) -> Path | None:
    """The file of the film's name with one of some suffixes, the likelier ones first."""
    return next((path for suffix in suffixes if (path := film.with_suffix(suffix)).is_file()), None)


def load_film(film: Path, points: Path, sound: Path | None) -> LoadedFilm:
    """Look at a film, its points and its sound.

    Args:
        film: the film.
        points: a file that `read_keypoints` reads.
        sound: a recording that begins with the first picture; none: the film's own sound.

    Raises:
        InputError: one of them cannot be used, or they do not fit each other.
    """
    header = film_header(film)
    if sound is None and header.sound_start_s is None:
        raise InputError(f"'{film}' has no sound, and there is no {film.stem}.wav beside it.")
    speech = open_speech(sound or film)
    # Where the film's own sound begins later than its pictures, whole pictures are left out at the beginning.
    late_s = header.sound_start_s - header.start_s if sound is None and header.sound_start_s is not None else 0.0
    left_out = max(0, math.ceil(late_s * VIDEO_FPS - ROUNDING))
    start_sample = round((left_out / VIDEO_FPS - late_s) * SAMPLE_RATE)
    if start_sample >= speech.sample_count:
        raise InputError(f"The sound of '{film}' ends before its pictures begin; export it again.")
    found = resampled(_timed(fitted(read_keypoints(points), header.size, points), header), VIDEO_FPS)
    if found.frame_count <= left_out:
        raise InputError(f"The points of '{film}' end before its sound begins; export it again.")
    found = found.frames(left_out, found.frame_count)
    difference = found.frame_count / VIDEO_FPS - (speech.sample_count - start_sample) / SAMPLE_RATE
    said = f"points and sound differed by over {WORTH_SAYING_S:g} s and were cut to the shorter"
    return LoadedFilm(
        pictures=_reader(film, header.start_s + left_out / VIDEO_FPS),
        points=found,
        speech=speech,
        start_sample=start_sample,
        notes=(said,) if abs(difference) > WORTH_SAYING_S else (),
    )


def _reader(film: Path, start_s: float) -> Callable[[], Iterator[np.ndarray]]:
    return lambda: pictures(film, start_s)


def _timed(found: Keypoints, header: FilmHeader) -> Keypoints:
    """Points at the film's own rate, where theirs is nearly the same."""
    rate = float(header.rate)
    return found.replaced(fps=rate) if abs(found.fps / rate - 1.0) < SAME_RATE else found
