"""The joint tree as the FGD encoder sees it: edges, who is near whom, and which edges are merged on the way.

Facts of the published extractor (VAESKConv; skeleton-aware convolutions, Aberman et al. 2020): an edge is a joint with
the bone from its parent, the root's edge has no length; a masked convolution connects edges at most two steps apart,
where edges that share a joint are one step apart; pooling walks each unbranched chain of edges from the root outward
and takes the mean of two and two, the first one alone if their number is odd.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

REACH = 2
"""Steps between edges that a convolution connects."""
PAIR = 2
"""Edges that are merged into one."""


@dataclass(frozen=True)
class Tree:
    """Edges of a joint tree.

    Attributes:
        edges: E pairs (joint nearer to the root, joint farther from it).
    """

    edges: tuple[tuple[int, int], ...]

    @classmethod
    def of_joints(cls, parents: Sequence[int]) -> "Tree":
        """One edge for each joint: from its parent, or from itself where the parent is -1."""
        return cls(tuple((max(parent, 0), joint) for joint, parent in enumerate(parents)))

    def near(self, reach: int = REACH) -> np.ndarray:
        """Which edges are at most `reach` steps apart: (E, E) bool."""
        ends = np.array(self.edges)
        touching = (ends[:, np.newaxis, :, np.newaxis] == ends[np.newaxis, :, np.newaxis, :]).any(axis=(2, 3))
        found = np.eye(len(ends), dtype=bool)
        for _ in range(reach):
            found = (found.astype(np.int64) @ touching.astype(np.int64)) > 0
        return found

    def chains(self) -> list[list[int]]:
        """The unbranched runs of edges from the root outward: indices, depth first."""
        leaving: dict[int, list[int]] = {}
        for index, (start, end) in enumerate(self.edges):
            if start != end:
                leaving.setdefault(start, []).append(index)
        found = [[index] for index, (start, end) in enumerate(self.edges) if start == end]
        waiting = list(reversed(leaving[self.edges[0][0]]))
        while waiting:
            chain = [waiting.pop()]
            while len(further := leaving.get(self.edges[chain[-1]][1], [])) == 1:
                chain += further
            found.append(chain)
            waiting += reversed(further)
        return found

    def merged(self) -> tuple["Tree", list[list[int]]]:
        """The tree after pooling, and for each of its edges the indices of those it is the mean of."""
        groups: list[list[int]] = []
        for chain in self.chains():
            odd = len(chain) % PAIR
            groups += [chain[:odd]] if odd else []
            groups += [chain[start : start + PAIR] for start in range(odd, len(chain), PAIR)]
        return Tree(tuple((self.edges[group[0]][0], self.edges[group[-1]][1]) for group in groups)), groups


def convolution_mask(tree: Tree, out_channels: int, in_channels: int, kernel: int) -> np.ndarray:
    """1 where a convolution over edges may connect: (E out_channels, E in_channels, kernel) float32.

    Args:
        tree: whose edges.
        out_channels, in_channels: for each edge.
        kernel: length of the convolution in time.
    """
    block = np.ones((out_channels, in_channels), np.float32)
    spread = np.kron(tree.near().astype(np.float32), block)
    return np.repeat(spread[:, :, np.newaxis], kernel, axis=2)


def pooling_matrix(groups: Sequence[Sequence[int]], edge_count: int, channels: int) -> np.ndarray:
    """Means over merged edges: (groups channels, edge_count channels) float32."""
    share = np.zeros((len(groups), edge_count), np.float32)
    for row, group in enumerate(groups):
        share[row, list(group)] = 1.0 / len(group)
    return np.kron(share, np.eye(channels, dtype=np.float32))
