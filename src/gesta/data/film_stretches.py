"""Which stretches of a film become clips, and why the others do not.

Every frame of a film is in one stretch: each either is used or has one reason. A hand or a face that is lost for a
moment only does not end a clip: its points have the score 0 there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from gesta.data.film_shots import Shot, usual_steps
from gesta.data.film_watching import Watched
from gesta.keypoints.layout import VISIBLE, body_index

Hands = Literal["both", "one", "any"]
NOBODY, SEVERAL, SMALL = "nobody is found", "several persons", "the person is small"
FACE, HANDS_LOST, SHORT = "the face is lost", "hands are lost", "too short between cuts and losses"
REASONS = (NOBODY, SEVERAL, SMALL, FACE, HANDS_LOST, SHORT)
"""Why frames are not used; where several hold, the first of them counts."""
LEAST_SHOULDERS_PX = 48.0
"""Who has narrower shoulders in the film's own pixels is small."""
BRIDGED = {NOBODY: 2, FACE: 3, HANDS_LOST: 10}
"""Frames for which these may last within a clip."""
TORSO = tuple(body_index(name) for name in ("nose", "left_eye", "right_eye", "left_shoulder", "right_shoulder", "neck"))
JUMP, JUMP_TIMES, JUMP_REACH = 0.12, 4.0, 3
"""A person who moves so many shoulder widths in 1/25 s, so many times as far as otherwise, jumps: there is a cut that
keeps the background. That must hold between any of so many frames before it and behind it."""


@dataclass(frozen=True)
class Stretch:
    """The frames [start, stop) of a film: a clip, or what is not used, with the reason."""

    start: int
    stop: int
    reason: str | None = None

    def __len__(self) -> int:
        return self.stop - self.start


def stretches(
    watched: Watched, shots: Sequence[Shot], rows: np.ndarray, hands: Hands, shortest: int, longest: int
) -> list[Stretch]:
    """Divide a film.

    Args:
        watched: what was seen in its N frames.
        shots: all of it.
        rows: (N, 402) x, y and score of each point.
        hands: which hands must be seen: both, one at least, or any number.
        shortest: frames of the shortest clip.
        longest: frames of the longest one; longer stretches are divided evenly.

    Returns:
        All frames in order; none of the stretches crosses a cut.
    """
    reasons = _reasons(watched, hands)
    found: list[Stretch] = []
    for shot in shots:
        for start, stop in _runs(reasons[shot.start : shot.stop], shot.start):
            reason = int(reasons[start])
            if reason >= 0:
                found.append(Stretch(start, stop, REASONS[reason]))
                continue
            ends = [start, *(start + 1 + jumps_in(rows[start:stop])).tolist(), stop]
            for first, last in pairwise(ends):
                found += _clips(first, last, shortest, longest)
    return found


def jumps_in(rows: np.ndarray) -> np.ndarray:
    """After which of (n, 402) frames of one shot the person is elsewhere at once: indices from 0 to n - 2."""
    if len(rows) < 2:
        return np.zeros(0, np.int64)
    values = np.asarray(rows).reshape(len(rows), -1, 3)[:, TORSO]
    places, seen = values[..., :2].astype(np.float64), values[..., 2] >= VISIBLE
    shoulders = np.linalg.norm(places[:, 3] - places[:, 4], axis=1)
    wide = shoulders[seen[:, 3] & seen[:, 4]]
    unit = float(np.median(wide)) if len(wide) else np.inf
    steps = _moved(places[:-1], places[1:], seen[:-1] & seen[1:]) / unit
    across = steps.copy()
    count = len(rows)
    for before in range(JUMP_REACH):
        for behind in range(JUMP_REACH):
            first = np.maximum(np.arange(count - 1) - before, 0)
            last = np.minimum(np.arange(1, count) + behind, count - 1)
            across = np.minimum(across, _moved(places[first], places[last], seen[first] & seen[last]) / unit)
    return np.flatnonzero((across >= JUMP) & (across >= JUMP_TIMES * usual_steps(steps)))


def _moved(first: np.ndarray, second: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """How far (n, 6, 2) points have moved, by the median of those seen; 0 where less than half are: (n,)."""
    far = np.where(seen, np.linalg.norm(second - first, axis=2), np.nan)
    known = seen.sum(axis=1) * 2 >= seen.shape[1]
    moved = np.zeros(len(far))
    if known.any():
        moved[known] = np.nanmedian(far[known], axis=1)
    return moved


def _reasons(watched: Watched, hands: Hands) -> np.ndarray:
    """(N,) the number of the reason why each frame is not used, -1 where it is."""
    seen = watched.hands.sum(axis=1)
    lost = seen < {"both": 2, "one": 1, "any": 0}[hands]
    nobody = watched.persons == 0
    lasting = {
        NOBODY: nobody,
        SEVERAL: watched.persons > 1,
        SMALL: ~nobody & (watched.shoulders < LEAST_SHOULDERS_PX),
        FACE: ~nobody & ~watched.face,
        HANDS_LOST: ~nobody & lost,
    }
    reasons = np.full(len(nobody), -1)
    for reason in reversed(lasting):
        holds = lasting[reason]
        if reason in BRIDGED:
            holds = _longer(holds, BRIDGED[reason])
        reasons[holds] = REASONS.index(reason)
    return reasons


def _longer(holds: np.ndarray, most: int) -> np.ndarray:
    """Only those of (N,) flags that hold for more than so many frames in a row."""
    kept = holds.copy()
    for start, stop in _runs(holds.astype(np.int64), 0):
        if stop - start <= most:
            kept[start:stop] = False
    return kept


def _runs(values: np.ndarray, first: int) -> list[tuple[int, int]]:
    """Where (n,) values stay the same, [start, stop), counted from `first` on."""
    ends = [0, *(np.flatnonzero(np.diff(values)) + 1).tolist(), len(values)]
    return [(first + start, first + stop) for start, stop in pairwise(ends) if stop > start]


def _clips(start: int, stop: int, shortest: int, longest: int) -> list[Stretch]:
    count = stop - start
    if count < shortest:
        return [Stretch(start, stop, SHORT)]
    parts = -(-count // longest)
    ends = [start + count * part // parts for part in range(parts + 1)]
    return [Stretch(first, last) for first, last in pairwise(ends)]
