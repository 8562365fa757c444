"""What is known of every frame of a planned motion: whether it is in a stroke, and what each hand does and why.

A row of truth is `TRUTH`: 1 in a stroke of either hand, then for each hand numbers of its phase, its family and its
cause. What a number stands for is listed with each clip, in the order in which the names came up; 0 is always "", no
movement, so that new families need no new layout.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from gesta.errors import InputError
from gesta.records import HandMove
from gesta.units import MOTION_FPS, frame_times

STROKES = "strokes"
HANDS = ("left", "right")
KINDS = ("phase", "family", "cause")
LABELS = tuple(f"{hand}_{kind}" for hand in HANDS for kind in KINDS)
TRUTH = (STROKES, *LABELS)
"""The columns of truth where the plan is known; of a source that only knows strokes, only the first."""
COUNTS = ("strokes", "content_strokes", "stroke_frames")
NOTHING = ""


def known_columns(strokes: bool, truth: Sequence[str]) -> tuple[str, ...]:
    """The columns of truth that a data set holds: none where they begin with strokes and strokes are not known."""
    return tuple(truth) if strokes or STROKES not in truth else ()


@dataclass
class PlanTruth:
    """Turns a clip's moves into rows of truth, stretch by stretch.

    Attributes:
        names: what the numbers of each kind stand for; grows as names come up.
        counts: strokes of either hand that have begun, those of them that the words called for, and frames in a stroke.
        waiting: moves that go on after the last stretch.
    """

    names: dict[str, list[str]] = field(default_factory=lambda: {kind: [NOTHING] for kind in KINDS})
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    waiting: list[HandMove] = field(default_factory=list)

    def hear(self, news: Iterable[HandMove]) -> None:
        """Take moves that were decided since the last stretch."""
        # A later move takes the hand over from one that has not ended, so order matters.
        self.waiting = sorted([*self.waiting, *news], key=lambda move: move.start_s)

    def rows(self, start: int, stop: int) -> np.ndarray:
        """The truth about the frames [start, stop), which come after all that were asked for before.

        Returns:
            (n, len(TRUTH)) float32.
        """
        times = frame_times(start, stop)
        result = np.zeros((len(times), len(TRUTH)), dtype=np.float32)
        for move in self.waiting:
            first, last = np.searchsorted(times, (move.start_s, move.end_s))
            if first == last:
                continue
            column = TRUTH.index(f"{move.hand}_{KINDS[0]}")
            result[first:last, column : column + len(KINDS)] = [
                self._number(kind, getattr(move, kind)) for kind in KINDS
            ]
            if move.phase == "stroke":
                result[first:last, 0] = 1.0
                self._count(move, start, stop)
        self.counts["stroke_frames"] += int(result[:, 0].sum())
        self.waiting = [move for move in self.waiting if move.end_s * MOTION_FPS > stop]
        return result

    def _count(self, stroke: HandMove, start: int, stop: int) -> None:
        # Each stroke counts in the one stretch that holds its first frame.
        if start <= math.ceil(stroke.start_s * MOTION_FPS - 1e-9) < stop:
            self.counts["strokes"] += 1
            self.counts["content_strokes"] += stroke.cause == "content"

    def _number(self, kind: str, name: str) -> int:
        if name not in self.names[kind]:
            self.names[kind].append(name)
        return self.names[kind].index(name)


def labels_from(rows: np.ndarray, names: Mapping[str, Sequence[str]], where: str) -> dict[str, np.ndarray]:
    """What each hand does in some frames, in words.

    Args:
        rows: (n, len(TRUTH)) rows of truth.
        names: what the numbers stand for, see `PlanTruth`.
        where: what they belong to, for the sentence of an error.

    Returns:
        for each of LABELS (n,) strings, "" where the hand makes no movement.

    Raises:
        InputError: a number stands for nothing.
    """
    labels = {}
    for column, label in enumerate(LABELS, 1):
        known = np.array(names.get(label.partition("_")[2], (NOTHING,)))
        with np.errstate(invalid="ignore"):
            numbers = rows[:, column].astype(np.int64)
        if not np.array_equal(numbers, rows[:, column]) or np.any((numbers < 0) | (numbers >= len(known))):
            raise InputError(f"The truth about {where} holds a {label} that has no name; prepare the data set again.")
        labels[label] = known[numbers]
    return labels
