"""Frames that are known before a window is made: how the network is given them, and how they lead over to the others.

Two ways. A network that has learned it is shown the known frames as they are, marked as such. Others, the published
one among them, are shown them under the noise of each step, which says less: what they make goes on less well. Either
way the network has an answer for the known frames too, which the frames after them fit. So within the known frames the
take changes from these to that answer, as smoothly as it can be done.

B clips, F frames, K known frames, V numbers of a pose.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


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
    way = np.arange(over)[:, None] / over
    # Minimum jerk: neither speed nor acceleration jumps at either end.
    share = way**3 * (10.0 - 15.0 * way + 6.0 * way**2)
    return np.concatenate([found[:over] + (1.0 - share) * apart, found[over:]]).astype(np.float32)
