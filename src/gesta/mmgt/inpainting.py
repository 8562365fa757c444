"""Frames that are known before a window is made: how the network is given them, and how they lead over to the others.

Two ways. A network that has learned it is shown the known frames as they are, marked as such. Others, the published
one among them, are shown them under the noise of each step, which says less: what they make goes on less well. Either
way the network has an answer for the known frames too, which the frames after them fit. So within the known frames the
take changes from these to that answer, as smoothly as it can be done.

B clips, F frames, K known frames, V numbers of a pose.
"""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor

Array = TypeVar("Array", np.ndarray, Tensor)
USUAL = 4.0
"""A third difference twice as large as they usually are is taken half for a step."""


@dataclass(frozen=True)
class Known:
    """What is known of a window's first frames.

    Attributes:
        values: (B, K, V).
        kept: (B, 1, V) or (1, 1, V) bool, the numbers of a pose that are known; in each of the K frames the same.
        learned: the network has learned to continue known frames.
    """

    values: Tensor
    kept: Tensor
    learned: bool

    @property
    def count(self) -> int:
        """K."""
        return self.values.shape[1]

    def shown_in(self, noisy: Tensor) -> Tensor:
        """Noisy poses (B, F, V) with the known frames as they are, unknown numbers in them at zero."""
        return torch.cat([self.values * self.kept, noisy[:, self.count :]], dim=1)

    def placed(self, poses: Tensor, values: Tensor | None = None) -> Tensor:
        """Poses (B, F, V) with these values (B, K, V), or the known ones, where something is known."""
        first = torch.where(self.kept, self.values if values is None else values, poses[:, : self.count])
        return torch.cat([first, poses[:, self.count :]], dim=1)


def without_step(found: np.ndarray, known: int, over: int) -> np.ndarray:
    """A window (F, V) without the step that the network makes from its answer for known frames to that for the others.

    A network that has learned little is not as wrong in the ones as in the others. A step is half the third difference
    across it, as far as that is larger than third differences are in this window; half of it fades on either side.

    Args:
        found: (F, V), F more than K + 1.
        known: K.
        over: frames on each side that it fades in, at most.
    """
    reach = min(over, known, len(found) - known)
    if reach < 2:
        return found
    across = np.diff(found, n=3, axis=0)
    here, usual = np.square(across[known - 2]), np.square(across).mean(axis=0)
    surprise = here / (here + USUAL * usual + np.finfo(np.float32).tiny)
    step = -0.5 * surprise * across[known - 2]
    share = minimum_jerk((np.arange(reach) + 0.5) / reach)[:, None]
    before, after = slice(known - reach, known), slice(known, known + reach)
    smooth = found.copy()
    smooth[before] += 0.5 * share * step
    smooth[after] -= 0.5 * (1.0 - share) * step
    return smooth


def minimum_jerk(way: Array) -> Array:
    """From 0 to 1 on the way from 0 to 1; neither speed nor acceleration jumps at either end."""
    return way**3 * (10.0 - 15.0 * way + 6.0 * way**2)


def joined(known: np.ndarray, found: np.ndarray, kept: np.ndarray, over: int) -> np.ndarray:
    """A window (F, V) that leads from what is known of its first frames over to what the network has made of all.

    The difference between them fades within `over` frames; after the known frames the last difference goes on.

    Args:
        known: (K, V), K from 1 to `over`.
        found: (F, V).
        kept: (V,) bool, the numbers of a pose that are known.
        over: frames.
    """
    apart = np.where(kept, known - found[: len(known)], 0.0)
    apart = np.concatenate([apart, np.repeat(apart[-1:], over - len(known), axis=0)])
    share = minimum_jerk(np.arange(over)[:, None] / over)
    return np.concatenate([found[:over] + (1.0 - share) * apart, found[over:]]).astype(np.float32)
