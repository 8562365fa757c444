"""Which of two things each pixel is, when its own look, its neighbours and what is sure are weighed together.

The cheapest labelling is a smallest cut through a graph of the pixels (Boykov and Jolly 2001), found by scipy's
maximum flow. OpenCV's GrabCut takes no cost of its own for a pixel, so what networks and bodies say could only be told
to it as sure or not.
"""

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

UNITS = 1000.0
"""Flow is counted in whole numbers; so many are a cost of 1."""
MOST = 1e5
STEPS = ((0, 1), (1, 0), (1, 1), (1, -1))


def smallest_cut(
    picture: np.ndarray, for_it: np.ndarray, open_pixels: np.ndarray, sure: np.ndarray, seam: float
) -> np.ndarray:
    """Decide what is open: (H, W) bool.

    Args:
        picture: (H, W, 3) float32, 0 to 1; seams follow its edges.
        for_it: (H, W) how much speaks for True, below 0 for False, as log-odds.
        open_pixels: (H, W) bool, the pixels to decide on.
        sure: (H, W) bool, what the others are.
        seam: what a step of seam costs in an even part of the picture.
    """
    found = sure.copy()
    count = int(open_pixels.sum())
    if not count:
        return found
    number = np.full(open_pixels.shape, -1)
    number[open_pixels] = np.arange(count)
    pull = for_it[open_pixels].astype(np.float64)
    spread = _contrast(picture)
    ends, costs = [], []
    for step in STEPS:
        here, there = _pair(step, open_pixels.shape)
        off = np.square(picture[here] - picture[there]).sum(axis=-1)
        cost = seam * (0.05 + np.exp(-off / spread)) / np.hypot(*step)
        first, second = number[here], number[there]
        both = (first >= 0) & (second >= 0)
        ends.append(np.stack([first[both], second[both]]))
        costs.append(cost[both])
        for inner, outer in ((first, there), (second, here)):
            one = (inner >= 0) & (number[outer] < 0)
            np.add.at(pull, inner[one], np.where(sure[outer][one], 1.0, -1.0) * cost[one])
    found[open_pixels] = _cut(pull, np.concatenate(ends, axis=1), np.concatenate(costs))
    return found


def _contrast(picture: np.ndarray) -> float:
    """What is a usual squared difference of neighbours."""
    across = np.square(np.diff(picture, axis=1)).sum(axis=-1).mean()
    down = np.square(np.diff(picture, axis=0)).sum(axis=-1).mean()
    return float(across + down) + 1e-6


def _pair(step: tuple[int, int], shape: tuple[int, int]) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """All pixels that have a neighbour at a step, and those neighbours."""
    down, across = step
    height, width = shape
    left, right = max(0, -across), max(0, across)
    here = slice(0, height - down), slice(left, width - right)
    there = slice(down, height), slice(left + across, width - right + across)
    return here, there


def _cut(pull: np.ndarray, ends: np.ndarray, costs: np.ndarray) -> np.ndarray:
    """The side of the source, (n,) bool; it gives what speaks for a pixel, the sink takes what speaks against."""
    count = len(pull)
    source, sink = count, count + 1
    nodes = np.arange(count)
    rows = np.concatenate([ends[0], ends[1], np.full(count, source), nodes, nodes, np.full(count, sink)])
    columns = np.concatenate([ends[1], ends[0], nodes, np.full(count, source), np.full(count, sink), nodes])
    none = np.zeros(count)
    values = np.concatenate([costs, costs, np.maximum(pull, 0.0), none, np.maximum(-pull, 0.0), none])
    amounts = np.minimum(values * UNITS, MOST).astype(np.int32)
    graph = coo_matrix((amounts, (rows, columns)), (count + 2, count + 2)).tocsr()
    left = graph - maximum_flow(graph, source, sink).flow
    left.data[left.data < 0] = 0
    left.eliminate_zeros()
    side = np.zeros(count + 2, bool)
    side[breadth_first_order(left, source, return_predecessors=False)] = True
    return side[:count]
