"""The kind of source `videos`: anybody's films of talking people, cut into clips of one person with their points.

A film needs nothing beside it: `gesta.data.film_found` says what is done with it. Where NAME.mp4 (or another film) has
NAME.npz or NAME.json beside it, those are the points of its pictures, as `gesta.keypoints.files` reads them; they begin
with the first picture, their own rate of frames need not be the film's, and the film becomes one clip as it is. Sound
is the film's own, or NAME.wav (or another sound) beside it.
"""

import re
from pathlib import Path
from typing import Literal

from pydantic import Field

from gesta.data.files import HASH_LETTERS, SOUND_SUFFIXES, clip_names, find_files, shown_name, total_size
from gesta.data.film_building import FilmPlan
from gesta.data.film_clips import Making
from gesta.data.film_sources import read_sources, source_of
from gesta.data.film_stretches import Hands
from gesta.data.film_tasks import FilmTask
from gesta.data.films import GREATEST_SIDE_PX, LEAST_SIDE_PX, UNKNOWN
from gesta.data.listing import LONGEST_NAME
from gesta.data.pairs import first_folder
from gesta.data.splits import Shares, split_groups
from gesta.errors import InputError
from gesta.hashing import file_sha256
from gesta.units import VIDEO_FPS

KIND = "videos"
FILM_SUFFIXES = (".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v")
POINT_SUFFIXES = (".npz", ".json")
BESIDE_SUFFIXES = tuple(suffix for suffix in SOUND_SUFFIXES if suffix not in FILM_SUFFIXES)
"""Of sounds that take the place of a film's own."""
GROUPS = {"film": "a film is a group", "speaker": "all films of a speaker are a group"}
"""What is never divided between the splits, by the word in the settings."""
NUMBERED = re.compile(r"-\d{4}$")
"""What clips of a cut film have behind its name."""


class VideosSettings(Shares):
    """How films are prepared."""

    side: int = Field(
        512,
        ge=LEAST_SIDE_PX,
        le=GREATEST_SIDE_PX,
        multiple_of=2,
        description="side of the square pictures, pixels",
    )
    hands: Hands = Field("one", description="which hands must be seen: both, one at least, or any number")
    shortest_s: float = Field(2.0, ge=0.2, le=60.0, description="the shortest clip, seconds")
    longest_s: float = Field(60.0, ge=1.0, le=600.0, description="the longest one; longer stretches are divided")
    together: Literal["film", "speaker"] = Field(
        "film", description="what is never divided between the splits: a film, or all films of a speaker"
    )
    licence: str = Field(UNKNOWN, description="what may be done with the films; kept with every clip")
    sources: str | None = Field(None, description="a CSV file that says for films: film, source, licence")

    def making(self) -> Making:
        """How films become clips."""
        return Making(self.side, self.hands, round(self.shortest_s * VIDEO_FPS), round(self.longest_s * VIDEO_FPS))


def videos_plan(source: Path, settings: VideosSettings) -> FilmPlan:
    """Plan every film below a folder.

    Raises:
        InputError: it is no folder, the table of sources cannot be read, or lengths do not fit each other.
    """
    if settings.longest_s < 2.0 * settings.shortest_s:
        raise InputError(
            f"The longest clip ({settings.longest_s:g} s) must be at least twice as long as the shortest "
            f"({settings.shortest_s:g} s), so that longer stretches can be divided."
        )
    table = read_sources(Path(settings.sources)) if settings.sources is not None else []
    films = find_files(source, FILM_SUFFIXES)
    own_name = shown_name(Path(source.resolve().name))[:LONGEST_NAME]
    speaker_of = {film: first_folder(film) or own_name for film in films}
    speakers = sorted(set(speaker_of.values()))
    group_of = speaker_of if settings.together == "speaker" else {film: shown_name(film) for film in films}
    splits = split_groups(group_of.values(), settings)
    tasks = []
    for film, name in zip(films, _names(films), strict=True):
        points, sound = (_beside(source / film, suffixes) for suffixes in (POINT_SUFFIXES, BESIDE_SUFFIXES))
        files = (source / film, *(file for file in (points, sound) if file is not None))
        speaker = speaker_of[film]
        origin, licence = source_of(shown_name(film), table, settings.licence)
        tasks.append(
            FilmTask(
                id=name,
                film=(source / film).absolute(),
                points=None if points is None else points.absolute(),
                sound=None if sound is None else sound.absolute(),
                source=shown_name(film),
                split=splits[group_of[film]],
                speaker=speaker,
                speaker_index=speakers.index(speaker),
                origin=origin,
                licence=licence,
                size=total_size(files),
            )
        )
    chosen = settings.model_dump(mode="json")
    if settings.together == "film":
        # Data sets of before there was a choice are still of the same plan.
        del chosen["together"]
    if settings.sources is not None:
        # The table's name says nothing; another table is another plan.
        chosen["sources"] = file_sha256(Path(settings.sources))
    return FilmPlan(
        kind=KIND,
        source=own_name,
        licence="; ".join(sorted({task.licence for task in tasks})) or settings.licence,
        speakers=tuple(speakers),
        split_rule=settings.rule(GROUPS[settings.together]),
        settings=chosen,
        films=tuple(tasks),
        making=settings.making(),
    )


def _names(films: list[Path]) -> list[str]:
    """A name for each film; none that a clip of another one could have."""
    names = clip_names(films)
    taken = set(names)
    return [
        f"{name}-{'0' * HASH_LETTERS}" if NUMBERED.search(name) and NUMBERED.sub("", name) in taken else name
        for name in names
    ]


def _beside(film: Path, suffixes: tuple[str, ...]) -> Path | None:
    """The file of the film's name with one of some suffixes, the likelier ones first."""
    return next((path for suffix in suffixes if (path := film.with_suffix(suffix)).is_file()), None)
