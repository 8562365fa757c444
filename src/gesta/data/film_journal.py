"""What became of each film of a data set: sources.jsonl, a line for each, and report.json, the same in sums.

The line of a film is written after those of its clips: a film without one is made again by the next run.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import Field

from gesta.data.films import UNKNOWN
from gesta.data.listing import LONGEST_NAME, NAME, Split, whole_lines
from gesta.settings import Settings
from gesta.units import VIDEO_FPS

JOURNAL_FILE, REPORT_FILE = "sources.jsonl", "report.json"
FAILED = "the film cannot be used"


class Dropped(Settings):
    """Stretches of a film that are not used for one reason."""

    stretches: int = Field(ge=1, description="how many")
    frames: int = Field(ge=1, description="frames of all of them")


class FilmLine(Settings):
    """What became of a film."""

    id: str = Field(pattern=NAME, max_length=LONGEST_NAME, description="name of the film in the data set")
    film: str = Field(description="the file, below the folder that was prepared")
    origin: str = Field(UNKNOWN, description="where it was published")
    licence: str = Field(UNKNOWN, description="what may be done with it")
    speaker: str = Field(max_length=LONGEST_NAME, description="who speaks")
    split: Split = Field(description="what its clips may be used for")
    points: str = Field("found", description="where its points come from: found here, given, or projected")
    size: tuple[int, int] | None = Field(None, description="width and height of its pictures")
    frames: int = Field(0, ge=0, description="pictures that were looked at, 25 a second")
    shots: int = Field(0, ge=0, description="shots between its cuts")
    clips: int = Field(0, ge=0, description="clips made of it")
    kept_frames: int = Field(0, ge=0, description="frames of those")
    dropped: dict[str, Dropped] = Field({}, description="what is not used, by reason")
    refused: str | None = Field(None, description="why nothing of it can be used")

    def line(self) -> str:
        """The line of the file."""
        return json.dumps(self.model_dump(mode="json"), separators=(",", ":")) + "\n"

    def why_nothing(self) -> str | None:
        """Why there is no clip of it, in a sentence; None where there is one."""
        if self.clips or self.refused:
            return self.refused
        said = ", ".join(f"{reason} ({dropped.frames / VIDEO_FPS:.1f} s)" for reason, dropped in self.dropped.items())
        return f"nothing of '{self.film}' can be used: {said}."


def read_journal(folder: Path) -> list[tuple[FilmLine, int]]:
    """The lines of a data set's journal, and the byte at which each ends; none where there is no journal.

    Raises:
        InputError: it cannot be read, or a line is not one of a film.
    """
    path = folder / JOURNAL_FILE
    if not path.is_file():
        return []
    return [(line, end) for line, _, end in whole_lines(path, FilmLine)]


def report_of(lines: Iterable[FilmLine]) -> dict[str, Any]:
    """The sums: films and clips, what is not used by reason, licences."""
    lines = list(lines)
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for line in lines:
        for reason, dropped in line.dropped.items():
            sums[reason].update(stretches=dropped.stretches, frames=dropped.frames)
    refused = {line.film: line.refused for line in lines if line.refused}
    return {
        "films": len(lines),
        "films_that_cannot_be_used": refused,
        "shots": sum(line.shots for line in lines),
        "clips": sum(line.clips for line in lines),
        "seconds_looked_at": round(sum(line.frames for line in lines) / VIDEO_FPS, 2),
        "seconds_kept": round(sum(line.kept_frames for line in lines) / VIDEO_FPS, 2),
        "dropped": {
            reason: {"stretches": count["stretches"], "seconds": round(count["frames"] / VIDEO_FPS, 2)}
            for reason, count in sorted(sums.items())
        },
        "films_by_licence": dict(sorted(Counter(line.licence for line in lines).items())),
    }


def said_of(report: dict[str, Any]) -> list[str]:
    """The sums in sentences."""
    shots = f" in {report['shots']} shots" if report["shots"] else ""
    said = [
        f"{report['films']} films{shots}: {report['seconds_kept']:.1f} s of "
        f"{report['seconds_looked_at']:.1f} s became {report['clips']} clips"
    ]
    for reason, dropped in report["dropped"].items():
        said.append(f"dropped, {reason}: {dropped['stretches']} stretches, {dropped['seconds']:.1f} s")
    if unknown := report["films_by_licence"].get(UNKNOWN, 0):
        said.append(f"{unknown} films have an unknown licence; say what you know with --licence or --sources")
    return said
