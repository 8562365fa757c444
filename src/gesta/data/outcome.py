"""What came of preparing a data set, and what a run is told meanwhile."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from gesta.data.listing import ClipLine, SetInfo
from gesta.data.plans import SetPlan
from gesta.errors import InputError

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many bytes of the source are done and how many there are."""


@dataclass(frozen=True)
class Prepared:
    """What came of it.

    Attributes:
        info: the finished description.
        made: clips made now.
        made_frames: frames of those.
        kept: clips that an earlier run had finished.
        left_out: what could not be used, and why.
        notes: what readers had to say, and of how many clips.
        said: further sentences about the data set.
    """

    info: SetInfo
    made: int
    made_frames: int
    kept: int
    left_out: Mapping[str, str]
    notes: Mapping[str, int]
    said: Sequence[str] = field(default=())


def notes_of(records: Sequence[ClipLine]) -> dict[str, int]:
    """What readers had to say, and of how many clips."""
    return dict(Counter(said for record in records for said in record.notes))


def nothing_usable(plan: SetPlan, left_out: Mapping[str, str]) -> InputError:
    """The error for a source of which nothing can be used."""
    if not left_out:
        return InputError(f"There is nothing in '{plan.source}' that could be prepared as {plan.kind}.")
    name, reason = next(iter(left_out.items()))
    return InputError(f"None of the {len(left_out)} clips can be used; the first, {name}: {reason}")


def told_nobody(_what: str, _done: int, _of: int) -> None:
    """The progress that nobody watches."""
