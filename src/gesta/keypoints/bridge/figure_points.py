"""The 134 points of our body in space, for any pose, build and face, in a form that gradients pass through.

N poses, J joints, P points, S face shapes.
"""

from functools import cache

import torch
from torch import Tensor

from gesta.keypoints.bridge.anchors import Anchors, anchors
from gesta.keypoints.bridge.proportions import bone_sizes, flesh_sizes
from gesta.motion.skeleton import skeleton


class FigurePoints:
    """A body's points, ready to be placed.

    Args:
        fixed: where they sit; on the built-in body if not given.
    """

    def __init__(self, fixed: Anchors | None = None) -> None:
        bones, fixed = skeleton(), fixed or anchors()
        self._offsets = torch.tensor(bones.offsets, dtype=torch.float32)
        self._levels = _levels(bones.parents)
        self._parents = torch.tensor(bones.parents)
        self.carriers, self._shares = torch.from_numpy(fixed.joints), torch.from_numpy(fixed.shares)
        self._places, self._shapes = torch.from_numpy(fixed.places), torch.from_numpy(fixed.shapes)
        self._rest = torch.tensor(bones.rest_positions(), dtype=torch.float32)

    def __call__(
        self, rotations: Tensor, pelvis: Tensor, sizes: Tensor, face: Tensor | None = None, made: Tensor | None = None
    ) -> Tensor:
        """Where the points are: (N, P, 3) metres.

        Args:
            rotations: (N, J, 3, 3) local rotations.
            pelvis: (N, 3) metres.
            sizes: (N or 1, 11) from `proportions.sizes`.
            face: (N, S) ARKit weights; none: the face at rest.
            made: (P, 3) metres by which points of a person lie elsewhere at rest; none: where our body has them.
        """
        _, placed, carried = self.carried(rotations, pelvis, sizes, face, made)
        return ((carried + placed[:, self.carriers]) * self._shares[..., None]).sum(dim=2)

    def carried(
        self, rotations: Tensor, pelvis: Tensor, sizes: Tensor, face: Tensor | None = None, made: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """World rotations and positions of all joints, and the way from each joint to a point that it carries.

        Arguments as above; (N, J, 3, 3), (N, J, 3) and (N, P, K, 3), the last two in metres.
        """
        turned, placed = self.joints(rotations, pelvis, sizes)
        there = self._places if made is None else self._places + made[:, None]
        if face is not None:
            there = there + torch.einsum("ns,spc->npc", face, self._shapes)[:, :, None]
        carried = (there - self._rest[self.carriers]) * flesh_sizes(sizes)[:, self.carriers, None]
        return turned, placed, (turned[:, self.carriers] @ carried[..., None])[..., 0]

    def joints(self, rotations: Tensor, pelvis: Tensor, sizes: Tensor) -> tuple[Tensor, Tensor]:
        """World rotations (N, J, 3, 3) and positions (N, J, 3) in metres of all joints; arguments as above."""
        offsets = (self._offsets * bone_sizes(sizes)[..., None]).expand(len(rotations), -1, -1)
        turned, placed = [rotations[:, :1]], [pelvis[:, None]]
        order = [0]
        for level in self._levels:
            rows = torch.tensor([order.index(int(parent)) for parent in self._parents[level]])
            above, where = torch.cat(turned, dim=1)[:, rows], torch.cat(placed, dim=1)[:, rows]
            placed.append(where + (above @ offsets[:, level, :, None])[..., 0])
            turned.append(above @ rotations[:, level])
            order += level.tolist()
        back = torch.tensor(order).argsort()
        return torch.cat(turned, dim=1)[:, back], torch.cat(placed, dim=1)[:, back]


def _levels(parents: tuple[int, ...]) -> list[Tensor]:
    """The joints by their depth below the root, which is left out."""
    depths = [0]
    for parent in parents[1:]:
        depths.append(depths[parent] + 1)
    return [
        torch.tensor([at for at, depth in enumerate(depths) if depth == level]) for level in range(1, max(depths) + 1)
    ]


@cache
def figure_points() -> FigurePoints:
    """The body's points, made once."""
    return FigurePoints()
