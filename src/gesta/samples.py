"""Several takes of one recording, ranked: which keeps time best with the speech and moves most like people.

The score of a take is the mean of two numbers from 0 to 1: how well its hands keep time (the normalised margin, 0 for
chance, 0.5 for what people reach in the mean, 1 for twice that), and how natural the motion is
(`metrics.motion.naturalness`). Where there is nothing to keep time with, naturalness alone decides. docs/metrics.md
says what both are worth.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from os import PathLike
from pathlib import Path

from gesta.metrics.motion.report import MotionReport
from gesta.motion.writing_together import replacing_together
from gesta.reports import write_json
from gesta.settings import read_table
from gesta.take import REPORT, Take

PEOPLES_MARGIN = 0.18
"""Normalised alignment margin of people: the mean of ten takes (docs/metrics.md)."""
SAMPLES = "samples"
"""The folder of those that are not the best, in the folder of the best."""


@dataclass(frozen=True)
class Score:
    """How good a take is, beside others of the same recording.

    Attributes:
        score: 0 to 1, by which takes are ranked.
        timing: 0 to 1, from the margin; None where there is nothing to keep time with.
        normalised_margin: of the hands' alignment; None likewise.
        naturalness: 0 to 1; None for a motion without arms.
    """

    score: float
    timing: float | None
    normalised_margin: float | None
    naturalness: float | None

    @classmethod
    def of(cls, measures: MotionReport) -> "Score":
        """The score of a take that was measured."""
        aligned = measures.hand_alignment
        margin = None if aligned is None else aligned.normalised_margin
        timing = None if margin is None else min(max(margin / (2.0 * PEOPLES_MARGIN), 0.0), 1.0)
        natural = None if measures.naturalness is None else measures.naturalness.score
        known = [value for value in (timing, natural) if value is not None]
        return cls(sum(known) / len(known) if known else 0.0, timing, margin, natural)


def ranked(takes: Sequence[Take]) -> list[tuple[Take, Score]]:
    """Takes of one recording with their scores, the best first; of equals the one that came first."""
    scored = [(take, Score.of(take.measured)) for take in takes]
    return sorted(scored, key=lambda pair: -pair[1].score)


def save_ranked(
    takes: Iterable[Take], folder: str | PathLike[str], save: Callable[[Take, Path], list[Path]] = Take.save
) -> list[Path]:
    """Write takes of one recording: the best into a folder, the others into samples/2, samples/3 ... in it.

    The best one's report.json lists all with their scores. Either every file is there in the end, or the folder is as
    it was; no more than one take is in memory.

    Args:
        takes: are made when they are wanted.
        folder: made if it is not there; other files in it stay, further samples of an earlier run too.
        save: writes one take into a folder, as `Take.save` does, and gives the files.

    Returns:
        The files written, those of the best first.

    Raises:
        InputError, OutputError: as `Take.save`.
    """
    with replacing_together(Path(folder)) as beside:
        found: list[tuple[Score, int, list[str]]] = []
        for take in takes:
            number = len(found)
            names = [path.name for path in save(take, beside / f".{number}")]
            found.append((Score.of(take.measured), number, names))
            # An hour of motion is large, and the next take is made before this name is given to it.
            del take
        found.sort(key=lambda one: (-one[0].score, one[1]))
        places = [Path(), *(Path(SAMPLES, str(rank)) for rank in range(2, len(found) + 1))]
        listed = []
        for place, (score, number, names) in zip(places, found, strict=True):
            (beside / place).mkdir(parents=True, exist_ok=True)
            for name in names:
                (beside / f".{number}" / name).replace(beside / place / name)
            (beside / f".{number}").rmdir()
            provenance = read_table(beside / place / REPORT, "report")["provenance"]
            listed.append({"folder": place.as_posix(), "seed": provenance["seed"], **asdict(score)})
        best = read_table(beside / REPORT, "report")
        write_json(beside / REPORT, {**best, SAMPLES: listed})
    return [Path(folder) / place / name for place, (_, _, names) in zip(places, found, strict=True) for name in names]
