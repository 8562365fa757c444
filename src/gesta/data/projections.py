"""The kind of source `keypoints`: a prepared data set of motion in space, seen by many cameras as many people.

Every clip of motion is cut into pieces; each piece is another person's, before another camera
(`gesta.data.filmed_people`), and becomes a clip of 134 points, 25 frames a second, with its sound and without pictures.
Splits, speakers and licences are those of the data set.
"""

import hashlib
from pathlib import Path

from pydantic import Field

from gesta.data.clips import Dataset
from gesta.data.files import shown_name
from gesta.data.film_building import FilmPlan
from gesta.data.film_clips import Making
from gesta.data.film_tasks import ProjectionTask
from gesta.data.filmed_people import SIDE_PX
from gesta.data.listing import LONGEST_NAME
from gesta.settings import Settings
from gesta.units import VIDEO_FPS

KIND = "keypoints"
SHORTEST = 5


class KeypointsSettings(Settings):
    """How motion is projected."""

    share: float = Field(1.0, gt=0.0, le=1.0, description="share of the clips that is used, by a hash of their names")
    piece_s: float = Field(20.0, ge=4.0, le=600.0, description="seconds that a person is before a camera, about")
    hiding_each: int = Field(5, ge=1, le=60, description="what hides what is looked at in every so many frames")
    seed: int = Field(0, ge=0, description="of people and cameras")


def keypoints_plan(source: Path, settings: KeypointsSettings) -> FilmPlan:
    """Plan the clips of a data set of motion.

    Raises:
        InputError: it is no finished data set of motion.
    """
    dataset = Dataset.open(source)
    info = dataset.info
    tasks = tuple(
        ProjectionTask(
            id=clip.id,
            source=clip.id,
            split=clip.split,
            speaker=clip.speaker,
            speaker_index=clip.speaker_index,
            origin=clip.source,
            licence=clip.licence,
            size=clip.frames,
            dataset=source.absolute(),
            clip=clip.id,
            seed=settings.seed,
            hiding_each=settings.hiding_each,
        )
        for clip in dataset.clips
        if _place(clip.id) < settings.share
    )
    return FilmPlan(
        kind=KIND,
        source=shown_name(Path(source.resolve().name))[:LONGEST_NAME],
        licence=info.licence,
        speakers=info.speakers,
        split_rule=f"as in the data set of motion; there: {info.split_rule}",
        settings=settings.model_dump(mode="json"),
        films=tasks,
        making=Making(SIDE_PX, "any", SHORTEST, round(settings.piece_s * VIDEO_FPS)),
    )


def _place(name: str) -> float:
    """A number from 0 to below 1 that follows from a name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") / 2.0**64
