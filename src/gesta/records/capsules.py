"""The simplest picture of a body: round-ended cylinders, to see what touches what."""

from dataclasses import dataclass

import numpy as np

from gesta.records.arrays import frozen


@dataclass(frozen=True)
class Capsules:
    """N round-ended cylinders that joints carry; at rest the body stands in its T-pose.

    Attributes:
        names: of the capsules, for example "left_forearm".
        joints: of each, the name of the joint that carries it.
        starts: (N, 3) metres, one end of the middle line at rest, in the world.
        ends: (N, 3) metres, the other end.
        radii: (N,) metres.
    """

    names: tuple[str, ...]
    joints: tuple[str, ...]
    starts: np.ndarray
    ends: np.ndarray
    radii: np.ndarray

    def __post_init__(self) -> None:
        count = len(self.names)
        if len(self.joints) != count:
            raise ValueError(f"{count} capsules have {len(self.joints)} joints, but one each is needed")
        for name, shape in (("starts", (count, 3)), ("ends", (count, 3)), ("radii", (count,))):
            object.__setattr__(self, name, frozen(getattr(self, name), name, shape))
        if np.any(self.radii <= 0.0):
            raise ValueError("the radii of capsules must be above 0")

    def __len__(self) -> int:
        return len(self.names)
