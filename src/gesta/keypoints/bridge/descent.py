"""Rows of unknown numbers brought down to where their cost is least: Levenberg's and Marquardt's steps, many at once.

N rows, U numbers of a row.
"""

import torch
from torch import Tensor

from gesta.keypoints.bridge.observed import Observed

DAMPING, LESS, MORE = 1e-2, 0.3, 4.0
"""How much steps are shortened at first, and how that changes after a step that was good or bad."""
LEAST_DAMPING, MOST_DAMPING = 1e-6, 1e6
LEAST_CURVATURE = 1e-9
"""What nothing says anything of does not move."""
DONE = 1e-4
"""A share of the cost; who gains less by a step is done."""


def descend(seen: Observed, rows: Tensor, steps: int, free: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Go down.

    Args:
        seen: one frame for all rows, or as many frames as rows.
        rows: (N, U) to begin from.
        steps: at most so many.
        free: which numbers of the rows may change; none given: all.

    Returns:
        (N, U) where each ends, and (N,) its cost.
    """
    free = torch.arange(rows.shape[1]) if free is None else free
    damping = torch.full((len(rows),), DAMPING, dtype=torch.float64)
    cost, gradient, curvature = seen.normal(rows)
    for _ in range(steps):
        tried = rows - _step(gradient, curvature, damping, free)
        found = seen.normal(tried)
        better = found[0] < cost
        gain = torch.where(better, cost - found[0], 0.0)
        small = bool((better & (gain < DONE * cost) | ~better & (damping > 1.0)).all())
        rows = torch.where(better[:, None], tried, rows)
        cost = torch.where(better, found[0], cost)
        gradient = torch.where(better[:, None], found[1], gradient)
        curvature = torch.where(better[:, None, None], found[2], curvature)
        damping = (damping * torch.where(better, LESS, MORE)).clamp(LEAST_DAMPING, MOST_DAMPING)
        if small:
            break
    return rows, cost


def _step(gradient: Tensor, curvature: Tensor, damping: Tensor, free: Tensor) -> Tensor:
    """Marquardt's step (N, U) of gradients (N, U), curvatures (N, U, U) and damping (N,)."""
    whole = curvature[:, free[:, None], free].double()
    whole = whole + torch.diag_embed(whole.diagonal(dim1=1, dim2=2) * damping[:, None] + LEAST_CURVATURE)
    found = torch.zeros_like(gradient)
    solved = torch.cholesky_solve(gradient[:, free, None].double(), torch.linalg.cholesky(whole))
    found[:, free] = solved[..., 0].float()
    return found
