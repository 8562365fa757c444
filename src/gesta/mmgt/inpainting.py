"""Frames that are known before a window is made: how the network is given them, and how the others follow on.

Two ways. A network that has learned it is shown the known frames as they are, marked as such. Others, the published
one among them, are shown them under the noise of each step, which says little: the rest of the window then hardly
follows. So the error that the network makes in the known frames, which can be seen, is carried on into the frames
after them, for as long as motion remembers, and taken from them in every step.

B clips, F frames, K known frames, V numbers of a pose.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

MEMORY_FRAMES = 8.0
"""How long an error lasts (0.3 s): the time of a Matern 5/2 covariance."""
FRESH_SHARE = 1e-4
"""Share of an error's variance that is new in each frame."""


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

    def followed(self, poses: Tensor) -> Tensor:
        """Clean poses (B, F, V) that the network has answered, the frames after the known ones led on from these."""
        error = torch.where(self.kept, self.values - poses[:, : self.count], 0.0)
        carried = torch.einsum("fk,bkv->bfv", carrying(self.count, poses.shape[1]).to(error), error)
        return torch.cat([poses[:, : self.count], poses[:, self.count :] + carried], dim=1)


def carrying(known: int, frames: int) -> Tensor:
    """What an error in each of K frames says of it in the F - K frames after them: (F - K, K) float64."""
    apart = np.sqrt(5.0) / MEMORY_FRAMES * np.abs(np.subtract.outer(np.arange(frames), np.arange(known)))
    related = (1.0 + apart + apart**2 / 3.0) * np.exp(-apart)
    among = related[:known] + FRESH_SHARE * np.eye(known)
    return torch.from_numpy(np.linalg.solve(among, related[known:].T).T)
