"""What clips of a data set of films are made of: a film, or motion in space that is projected; one task for each."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from gesta.data.listing import Split


@dataclass(frozen=True, kw_only=True)
class SourceTask:
    """Something that clips are to be made of.

    Attributes:
        id: unique in the data set, safe as a file name; names of clips begin with it.
        source: it as records name it, unique too.
        split, speaker, speaker_index, origin, licence: of its clips.
        size: of its files in bytes, or of its motion in frames, by which progress is counted.
    """

    id: str
    source: str
    split: Split
    speaker: str
    speaker_index: int
    origin: str
    licence: str
    size: int

    @property
    def files(self) -> tuple[Path, ...]:
        """What is read."""
        raise NotImplementedError

    @property
    def points_are(self) -> str:
        """Where points come from, as the journal says it."""
        raise NotImplementedError

    def listed(self) -> list[Any]:
        """What tells it from another one, wherever the files are."""
        return [self.id, self.split, self.speaker, self.source, self.size, self.origin, self.licence]

    def said(self) -> dict[str, Any]:
        """What every record of its clips says."""
        names = ("split", "speaker", "speaker_index", "source", "origin", "licence")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, kw_only=True)
class FilmTask(SourceTask):
    """A film.

    Attributes:
        film: the file.
        points: a file of its points; none: they are found.
        sound: a recording that takes the place of its own; none: its own.
    """

    film: Path
    points: Path | None
    sound: Path | None

    @property
    def files(self) -> tuple[Path, ...]:
        """The film and what lies beside it."""
        return tuple(path for path in (self.film, self.points, self.sound) if path is not None)

    @property
    def points_are(self) -> str:
        """Found here, or given."""
        return "found" if self.points is None else "given"


@dataclass(frozen=True, kw_only=True)
class ProjectionTask(SourceTask):
    """A clip of motion in space, which cameras see as people.

    Attributes:
        dataset: folder of a prepared data set of motion.
        clip: the clip's name in it.
        seed: of cameras and people.
        hiding_each: what hides what is looked at in every so many frames.
    """

    points_are: ClassVar[str] = "projected"
    dataset: Path
    clip: str
    seed: int
    hiding_each: int

    @property
    def files(self) -> tuple[Path, ...]:
        """The data set."""
        return (self.dataset,)
