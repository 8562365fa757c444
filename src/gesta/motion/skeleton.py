"""The 55-joint skeleton: names, parents, rest pose and sole points, read once from skeleton.csv.

Joint names and order are SMPL-X's. The rest pose is a T-pose: metres, right-handed, Y up, facing +Z, left hand on
+X, soles on the floor y = 0. Local frames are aligned with the world at rest, so a rotation means what it means in
SMPL-X. Where the directions and lengths come from stands in the `from` column of skeleton.csv.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

PELVIS = "pelvis"

HEEL_BEHIND_ANKLE_M = 0.045
"""Horizontal distance of the heel point behind the ankle joint, along the foot."""
TOE_BEYOND_BALL_M = 0.06
"""Horizontal distance of the toe point in front of the foot joint (the ball), along the foot."""
BALL_HEIGHT_M = 0.02
"""Height of the foot joint above the sole at rest."""


@dataclass(frozen=True)
class SolePoint:
    """A point of a sole, fixed to the foot's ankle joint, on the floor at rest."""

    name: str
    joint: str
    offset: np.ndarray
    """(3,) metres from the joint, in the joint's frame."""


@dataclass(frozen=True)
class Skeleton:
    """Joints of a body with their parents and rest offsets; parents always come before their children.

    Attributes:
        names: J joint names.
        parents: J parent indices, -1 for the root.
        offsets: (J, 3) metres from parent to joint at rest; the root's is its rest position above the floor.
        soles: heel and toe of the left foot, then of the right one.
    """

    names: tuple[str, ...]
    parents: tuple[int, ...]
    offsets: np.ndarray
    soles: tuple[SolePoint, ...]

    def index(self, name: str) -> int:
        """Index of the joint `name`; raises KeyError with the name when the skeleton has no such joint."""
        try:
            return self.names.index(name)
        except ValueError:
            raise KeyError(f"the skeleton has no joint '{name}'") from None

    def indices(self, names: Iterable[str]) -> list[int]:
        """Indices of several joints, in the order given."""
        return [self.index(name) for name in names]

    def children(self, name: str) -> list[str]:
        """Names of the joints whose parent is `name`."""
        parent = self.index(name)
        return [child for child, above in zip(self.names, self.parents, strict=True) if above == parent]

    def rest_positions(self) -> np.ndarray:
        """World positions of all joints at rest, soles on the floor: (J, 3) metres."""
        positions = np.zeros_like(self.offsets)
        for joint, parent in enumerate(self.parents):
            positions[joint] = self.offsets[joint] + (positions[parent] if parent >= 0 else 0.0)
        return positions


@cache
def skeleton() -> Skeleton:
    """The skeleton every gesta motion uses (frozen: the body's mesh is fitted to it)."""
    with resources.files("gesta.motion").joinpath("skeleton.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = tuple(row["joint"] for row in rows)
    parents = tuple(names.index(row["parent"]) if row["parent"] else -1 for row in rows)
    directions = np.array([[float(row[f"direction_{axis}"]) for axis in "xyz"] for row in rows])
    offsets = directions * np.array([[float(row["length_m"])] for row in rows])
    below_pelvis = Skeleton(names, parents, offsets, ()).rest_positions()
    balls = below_pelvis[[names.index("left_foot"), names.index("right_foot")]]
    offsets[0] = (0.0, BALL_HEIGHT_M - balls[:, 1].min(), 0.0)
    offsets.setflags(write=False)
    rest = Skeleton(names, parents, offsets, ()).rest_positions()
    return Skeleton(names, parents, offsets, tuple(_sole_points(names, rest)))


def _sole_points(names: tuple[str, ...], rest: np.ndarray) -> list[SolePoint]:
    """Heel and toe of both feet: on the floor below the foot's axis, carried by the ankle (a stiff sole)."""
    points = []
    for side in ("left", "right"):
        ankle, ball = rest[names.index(f"{side}_ankle")], rest[names.index(f"{side}_foot")]
        along = (ball - ankle) * (1.0, 0.0, 1.0)
        along /= np.linalg.norm(along)
        heel = (ankle - HEEL_BEHIND_ANKLE_M * along) * (1.0, 0.0, 1.0)
        toe = (ball + TOE_BEYOND_BALL_M * along) * (1.0, 0.0, 1.0)
        points += [
            SolePoint(f"{side}_{part}", f"{side}_ankle", at - ankle) for part, at in (("heel", heel), ("toe", toe))
        ]
    return points
