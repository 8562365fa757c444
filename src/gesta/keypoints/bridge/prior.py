"""Which poses are likely: those of our own speaker in all its styles, as one Gaussian (runs/bake_pose_prior.py),
made somewhat wider for people.

D numbers of `pose_numbers`.
"""

from dataclasses import dataclass
from functools import cache
from importlib import resources

import torch
from torch import Tensor

from gesta.foreign import read_tensors
from gesta.keypoints.bridge.pose_numbers import NAMES, UPPER, place_of

PEOPLE_DIFFER = {"collar": 0.05, "shoulder": 0.1, "elbow": 0.1, "wrist": 0.15}
"""Radians by which people hold joints otherwise than our speaker ever does."""
FINGERS_DIFFER = {"1": (0.08, 0.12, 0.25), "2": (0.0, 0.0, 0.25), "3": (0.0, 0.0, 0.2)}
THUMBS_DIFFER = (0.15, 0.15, 0.15)
"""The same of fingers by segment, and of thumbs, about each axis."""


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
    differ = torch.cat([_differ(name) for name in NAMES])
    together = torch.cholesky_inverse(tensors["upper"], upper=True) + differ[places].square().diag()
    upper = torch.linalg.cholesky(torch.linalg.inv(together)).T.contiguous()
    spread = (tensors["spread"].square() + differ.square()).sqrt()
    return PosePrior(tensors["mean"], spread, upper, torch.tensor(places), torch.tensor(others))


def _differ(name: str) -> Tensor:
    joint = name.split("_")[-1]
    if joint.startswith("thumb"):
        return torch.tensor(THUMBS_DIFFER)
    if joint[-1] in FINGERS_DIFFER and not joint.startswith("spine"):
        return torch.tensor(FINGERS_DIFFER[joint[-1]])
    return torch.full((3,), PEOPLE_DIFFER.get(joint, 0.0))
