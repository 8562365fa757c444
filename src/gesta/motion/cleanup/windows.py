"""Steps of clean-up that look a few frames back and ahead, over stretches of any length.

Such a step sees every frame with all its neighbours within reach, however the stretches are cut, so a stream comes out
as the whole file does. At the take's two ends there are no neighbours, and the step sees that too.
"""

from collections.abc import Callable, Sequence

import numpy as np

from gesta.records import Motion

Change = Callable[[Motion], Motion]
ARRAYS = ("rotations", "translation", "face", "contacts", "attention")


def joined(motions: Sequence[Motion]) -> Motion:
    """Consecutive stretches of one motion as one record."""
    if len(motions) == 1:
        return motions[0]
    first = motions[0]
    there = [name for name in ARRAYS if getattr(first, name) is not None]
    return first.replaced(**{name: np.concatenate([getattr(m, name) for m in motions]) for name in there})


class Windowed:
    """A step that changes each frame by what is within `reach` frames of it.

    Args:
        change: takes a motion and gives one as long; frame t of it depends on the frames t - reach to t + reach.
        reach: frames; also how many frames the step is late.
    """

    def __init__(self, change: Change, reach: int) -> None:
        self.change, self.reach = change, reach
        self.held: Motion | None = None
        self.before = 0

    @property
    def delay_frames(self) -> int:
        """How many frames come out later than they went in."""
        return self.reach

    def push(self, motion: Motion) -> Motion | None:
        """Take a stretch; gives the frames that are ready, or None."""
        held = motion if self.held is None else joined([self.held, motion])
        ready = held.frame_count - self.before - self.reach
        if ready <= 0:
            self.held = held
            return None
        stop = self.before + ready
        result = self.change(held).frames(self.before, stop)
        keep = min(self.reach, stop)
        self.held, self.before = held.frames(stop - keep, held.frame_count), keep
        return result

    def finish(self) -> Motion | None:
        """The last frames, or None."""
        if self.held is None or self.held.frame_count == self.before:
            return None
        result = self.change(self.held).frames(self.before, self.held.frame_count)
        self.held, self.before = None, 0
        return result
