"""Flicker: what changes from picture to picture where nothing should.

Brightness (the Y of BT.601) is compared with that of the picture before. Where the real film is still (its own change,
averaged over 5 x 5 pixels, is under STILL levels), any change of the generated one is flicker; the real film's own
change there, noise of the camera and the codec, stands beside it. The change over the whole picture says whether there
is as much movement at all.
"""

import numpy as np
from scipy.ndimage import uniform_filter

from gesta.metrics.evaluation import Value

WEIGHTS = np.array((0.299, 0.587, 0.114), np.float32)
STILL = 2.0
"""Levels of 255."""
AVERAGED_PX = 5


class Flicker:
    """Takes films block by block; memory does not grow with them."""

    def __init__(self) -> None:
        self._before: tuple[np.ndarray, np.ndarray] | None = None
        self._sums = np.zeros((2, 2))
        """By side, generated and real: change where the real film is still, and everywhere."""
        self._apart = 0.0
        self._still, self._every = 0, 0

    def take(self, generated: np.ndarray, real: np.ndarray) -> None:
        """Take pictures of both films at the same moments: two (n, H, W, 3) uint8."""
        for pair in zip(generated, real, strict=True):
            ours, theirs = (picture.astype(np.float32) @ WEIGHTS for picture in pair)
            if self._before is not None:
                self._compare(ours - self._before[0], theirs - self._before[1])
            self._before = ours, theirs

    def _compare(self, ours: np.ndarray, theirs: np.ndarray) -> None:
        changes = [np.abs(ours), np.abs(theirs)]
        still = uniform_filter(changes[1], AVERAGED_PX) < STILL
        self._still += int(still.sum())
        self._every += still.size
        for side, change in enumerate(changes):
            self._sums[side] += float(change[still].sum(dtype=np.float64)), float(change.sum(dtype=np.float64))
        self._apart += float(np.abs(ours - theirs).sum(dtype=np.float64))

    def found(self) -> dict[str, Value]:
        """The numbers, by key; absent for films of one picture, or films that are never still."""
        if not self._every:
            return {}
        everywhere = self._sums[:, 1] / self._every
        found = {
            "flicker.change": Value(float(everywhere[0]), float(everywhere[1])),
            "flicker.change_error": Value(self._apart / self._every),
        }
        if self._still:
            still = self._sums[:, 0] / self._still
            found["flicker.still"] = Value(float(still[0]), float(still[1]))
        return found
