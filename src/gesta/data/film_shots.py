"""Where a film is cut: the shots between the cuts, found from the pictures alone.

At a hard cut every picture before it differs from every picture after it, within a fifth of a second, and far more than
neighbouring pictures do otherwise. So a flash is no cut (what comes after it is what was before), nor is a fade or a
pan, however quick (its neighbouring pictures differ as much). What is compared: how colours are distributed in each of
16 parts of the picture. A slow dissolve from one shot into another is not found here; where the person in it jumps,
`gesta.data.film_stretches` divides.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from gesta.extras import extra_module

SIDE, PARTS, BINS = 64, 4, 8
"""Pictures are made this small, divided into so many parts each way, and each colour into so many steps."""
REACH = 5
"""Pictures on each side of a cut that are compared."""
NEIGHBOURS, RANK = 4, 3
"""Steps on each side that a cut is measured against, and which of them, from the greatest one."""
LEAST, TIMES = 0.1, 3.0
"""What a cut must be: so great (0 to 1), and so many times as great as that step."""


@dataclass(frozen=True)
class Shot:
    """The frames [start, stop) of a film, between two cuts."""

    start: int
    stop: int


def find_shots(pictures: Iterable[np.ndarray]) -> list[Shot]:
    """The shots of a film, which together are all of it.

    Args:
        pictures: (H, W, 3) uint8, taken one by one; a few small ones are kept at a time.

    Returns:
        At least one, unless there is no picture.

    Raises:
        InputError: OpenCV is not installed.
    """
    kept: deque[np.ndarray] = deque(maxlen=2 * REACH)
    steps: list[float] = []
    across: list[float] = []
    count = 0
    for picture in pictures:
        kept.append(colours(picture))
        count += 1
        if count > 1:
            steps.append(float(_difference(kept[-2], kept[-1])))
        if count > REACH:
            across.append(_across(kept, REACH))
    across += [_across(kept, after) for after in range(min(REACH, count) - 1, 0, -1)]
    cuts = cuts_at(np.array(steps), np.array(across))
    ends = [0, *(cuts + 1).tolist(), count]
    return [Shot(start, stop) for start, stop in pairwise(ends) if stop > start]


def colours(picture: np.ndarray) -> np.ndarray:
    """How colours are distributed in the parts of a picture: (16, 24) float32, each row's sum is 3."""
    cv2 = extra_module("cv2", "Finding cuts in films", "film")
    small = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    # A colour between the middles of two steps counts in both, so that a little more light is a little difference.
    place = np.clip(small / 256.0 * BINS - 0.5, 0.0, BINS - 1.001)
    low = place.astype(np.int64)
    share = place - low
    rows = np.arange(SIDE) * PARTS // SIDE
    part = (rows[:, None] * PARTS + rows)[..., None] * 3 + np.arange(3)
    size = PARTS * PARTS * 3 * BINS
    first = part * BINS + low
    total = np.bincount(first.ravel(), (1.0 - share).ravel(), size)
    total += np.bincount(first.ravel() + 1, share.ravel(), size)
    pixels = (SIDE // PARTS) ** 2
    return (total / pixels).astype(np.float32).reshape(PARTS * PARTS, 3 * BINS)


def cuts_at(steps: np.ndarray, across: np.ndarray) -> np.ndarray:
    """Which steps are cuts.

    Args:
        steps: (n,) how much each picture differs from the one before it.
        across: (n,) how much, at least, any picture before that step differs from any behind it.

    Returns:
        their indices, increasing.
    """
    usual = usual_steps(steps)
    return np.flatnonzero((across >= LEAST) & (across >= TIMES * usual))


def usual_steps(steps: np.ndarray) -> np.ndarray:
    """(n,) for each step the third greatest of the four before and the four behind it."""
    if not len(steps):
        return steps
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(steps, NEIGHBOURS), 2 * NEIGHBOURS + 1)
    return np.asarray(np.sort(np.delete(windows, NEIGHBOURS, axis=1), axis=1)[:, -RANK])


def _across(kept: deque[np.ndarray], after: int) -> float:
    """The least difference between any of the last `after` pictures and any of the REACH before them."""
    pictures = np.stack(kept)
    behind, before = pictures[-after:], pictures[:-after][-REACH:]
    return float(_difference(before[:, None], behind[None]).min())


def _difference(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """0 for the same distributions (..., 16, 24) to 1 for ones that share no colour."""
    return np.asarray(np.abs(first - second).mean(axis=(-2, -1)) * (BINS / 2.0))
