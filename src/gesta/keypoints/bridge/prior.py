"""Which poses are likely: those of our own speaker in all its styles, as one Gaussian (runs/bake_pose_prior.py).

D numbers of `pose_numbers`.
"""

from dataclasses import dataclass
from functools import cache
from importlib import resources

import torch
from torch import Tensor

from gesta.foreign import read_tensors
from gesta.keypoints.bridge.pose_numbers import NAMES, UPPER, place_of


@dataclass(frozen=True)
class PosePrior:
    """A Gaussian over poses.

    Attributes:
        mean, spread: (D,) radians.
        upper: what makes the numbers above the hips, taken together, independent and of deviation 1.
        places: where these numbers are.
        others: where all other numbers are.
    """

    mean: Tensor
    spread: Tensor
    upper: Tensor
    places: Tensor
    others: Tensor

    def strangeness(self, numbers: Tensor) -> Tensor:
        """How unlikely poses (N, D) are: half the squared distance from the mean, in deviations: (N,)."""
        away = numbers - self.mean
        together = away[:, self.places] @ self.upper.T
        alone = away[:, self.others] / self.spread[self.others]
        return 0.5 * (together.square().sum(dim=1) + alone.square().sum(dim=1))

    def drawn(self, count: int, chance: torch.Generator) -> Tensor:
        """Some likely poses: (count, D)."""
        found = self.mean.repeat(count, 1)
        drawn = torch.randn(count, len(self.places), generator=chance)
        found[:, self.places] += torch.linalg.solve_triangular(self.upper, drawn.T, upper=True).T
        return found


@cache
def pose_prior() -> PosePrior:
    """The one that ships."""
    with resources.as_file(resources.files("gesta").joinpath("assets", "pose_prior.safetensors")) as path:
        tensors = read_tensors(path, "pose prior")
    places = [number for name in UPPER for number in range(*place_of(name).indices(3 * len(NAMES)))]
    # The pelvis turns as the picture says.
    turning = {*places, *range(*place_of(NAMES[0]).indices(3 * len(NAMES)))}
    others = [number for number in range(3 * len(NAMES)) if number not in turning]
    return PosePrior(
        tensors["mean"], tensors["spread"], tensors["upper"], torch.tensor(places), torch.tensor(others)
    )  # fmt: skip
