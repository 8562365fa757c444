"""Windows: how a segment longer than what the network sees at once is cut, and how the answers become one again.

`cross_fade` is ours: windows overlap, and where they do, one answer fades linearly into the next. `as_published` closes
the segment to a ring: the last windows run on from its beginning, and all answers for a frame count alike (spec,
section 3.4). A ring ties the end of a film to its start.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from gesta.errors import unknown_name

Joining = Literal["cross_fade", "as_published"]


@dataclass(frozen=True)
class Windows:
    """The windows of a segment of F frames.

    Attributes:
        frames: (W, n) int64, which frames of the segment each window shows.
        weights: (W, n) float64, what each window's answer counts; they sum to one for each frame of the segment.
    """

    frames: np.ndarray
    weights: np.ndarray


def windows_of(count: int, size: int, overlap: int, joining: str = "cross_fade") -> Windows:
    """Cut a segment; windows are as long as the segment where that is shorter.

    Args:
        count: frames F of the segment, 1 or more.
        size: frames of a window.
        overlap: frames that two windows share, less than `size`. The last window of a cross-fade shares more where
            that makes it full.
        joining: "cross_fade" or "as_published".

    Raises:
        InputError: no such joining.
    """
    if joining not in JOININGS:
        raise unknown_name("joining", joining, JOININGS)
    if not 0 <= overlap < size or count < 1:
        raise ValueError(f"{count} frames cannot be cut into windows of {size} that share {overlap}")
    if count <= size:
        return Windows(np.arange(count)[None], np.ones((1, count)))
    return JOININGS[joining](count, size, size - overlap)


def _faded(count: int, size: int, hop: int) -> Windows:
    """Windows in a row, the last one moved back so that it is full."""
    starts = [*range(0, count - size, hop), count - size]
    frames = np.array(starts)[:, None] + np.arange(size)
    weights = np.ones(frames.shape)
    covered = size
    for number in range(1, len(starts)):
        shared = covered - starts[number]
        rising = np.arange(1, shared + 1) / (shared + 1)
        # Earlier windows give up what this one takes, however many of them there are at a frame.
        for earlier in range(number - 1, -1, -1):
            common = starts[earlier] + size - starts[number]
            if common <= 0:
                break
            weights[earlier, size - common :] *= 1.0 - rising[:common]
        weights[number, :shared] = rising
        covered = starts[number] + size
    return Windows(frames, weights)


def _ring(count: int, size: int, hop: int) -> Windows:
    """Windows in a ring, every answer counting alike."""
    frames = (np.arange(0, count, hop)[:, None] + np.arange(size)) % count
    counts = np.bincount(frames.ravel(), minlength=count)
    return Windows(frames, 1.0 / counts[frames])


JOININGS: dict[str, Callable[[int, int, int], Windows]] = {"cross_fade": _faded, "as_published": _ring}
"""Ways to cut and join, by name; each takes frames, window size and hop."""
