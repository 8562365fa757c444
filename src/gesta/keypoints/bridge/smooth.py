"""Poses of neighbouring frames brought down together: each meets its points, and all of them change smoothly.

What is added to the frames' own costs is how much velocities change from frame to frame: square for little, straight
for much, so that noise is taken out and accents stay. Gauss's and Newton's steps of a whole stretch are a banded
system.

F frames, U numbers of a row, M of them free.
"""

from dataclasses import dataclass

import numpy as np
import torch
from scipy.linalg import solveh_banded
from torch import Tensor

from gesta.keypoints.bridge.observed import Observed
from gesta.keypoints.bridge.pose_numbers import NAMES, place_of
from gesta.keypoints.bridge.unknown import COUNT, PLACE
from gesta.units import VIDEO_FPS

TURN_CHANGE = {"shoulder": 0.012, "elbow": 0.02, "wrist": 0.025, "collar": 0.003, "neck": 0.004}
"""Radians by which a turn of a joint usually changes its speed from one frame of 25 a second to the next: about twice
what our speaker's does."""
TRUNK_CHANGE, FINGER_CHANGE, PLACE_CHANGE_M = 0.002, 0.02, 0.0005
DONE = 1e-3
"""A share of the cost; a step that gains less is the last."""
DAMPING, LESS, MORE = 1e-3, 0.3, 5.0


@dataclass(frozen=True)
class Smoothness:
    """How smoothly rows change.

    Attributes:
        usual: (U,) usual changes of speed between frames.
        before: (2, U) or (0, U), the two frames before a stretch, which stay.
    """

    usual: Tensor
    before: Tensor

    @classmethod
    def at(cls, fps: float, before: Tensor | None = None) -> "Smoothness":
        """For films of so many frames a second."""
        usual = torch.full((COUNT,), TRUNK_CHANGE)
        for name in NAMES:
            joint = name.split("_")[-1]
            usual[place_of(name)] = FINGER_CHANGE if joint[-1].isdigit() else TURN_CHANGE.get(joint, TRUNK_CHANGE)
        usual[PLACE] = PLACE_CHANGE_M
        return cls(usual * (VIDEO_FPS / fps) ** 2, torch.empty(0, COUNT) if before is None else before)

    def changes(self, rows: Tensor) -> Tensor:
        """Changes of speed (F - 2 or F, U) in what is usual."""
        return torch.cat([self.before, rows]).diff(n=2, dim=0) / self.usual


def smooth(seen: Observed, rows: Tensor, smoothness: Smoothness, free: Tensor, steps: int) -> Tensor:
    """Go down together.

    Args:
        seen: F frames.
        rows: (F, U) to begin from.
        smoothness: how rows usually change.
        free: (M,) which numbers may change.
        steps: at most so many.

    Returns:
        (F, U).
    """
    damping, state = DAMPING, _State.at(seen, rows, smoothness, free)
    for _ in range(steps):
        tried = rows.clone()
        tried[:, free] -= state.step(damping)
        found = _State.at(seen, tried, smoothness, free)
        if found.cost < state.cost:
            gain = state.cost - found.cost
            rows, state, damping = tried, found, damping * LESS
            if gain < DONE * state.cost:
                break
        else:
            damping *= MORE
    return rows


@dataclass(frozen=True)
class _State:
    """Cost, gradient (F, M), frames' own curvature (F, M, M), weights (F - 2 or F, M) of changes, frames that stay."""

    cost: float
    gradient: np.ndarray
    curvature: np.ndarray
    weights: np.ndarray
    known: int

    @classmethod
    def at(cls, seen: Observed, rows: Tensor, smoothness: Smoothness, free: Tensor) -> "_State":
        cost, gradient, curvature = seen.normal(rows)
        changes = smoothness.changes(rows)[:, free].double()
        strong = (1.0 + changes.square() / 4.0).sqrt()
        usual = smoothness.usual[free].double()
        weights = 1.0 / (strong * usual.square())
        pull = torch.zeros(len(rows) + len(smoothness.before), len(free), dtype=torch.float64)
        for place, share in enumerate((1.0, -2.0, 1.0)):
            pull[place : place + len(changes)] += share * changes / (strong * usual)
        whole = float(cost.double().sum() + 4.0 * (strong - 1.0).sum())
        known = len(smoothness.before)
        mine, own = gradient[:, free].double() + pull[known:], curvature[:, free[:, None], free].double()
        return cls(whole, mine.numpy(), own.numpy(), weights.numpy(), known)

    def step(self, damping: float) -> Tensor:
        """The step (F, M)."""
        (frames, count), known = self.gradient.shape, self.known
        band = np.zeros((2 * count + 1, frames, count))
        for below in range(count):
            band[below, :, : count - below] = np.diagonal(self.curvature, -below, axis1=1, axis2=2)
        band[0] *= 1.0 + damping
        # Frame t lies in the changes at t - 2, t - 1 and t, counted from the first frame that stays.
        whole = np.zeros((frames + known, count))
        for place, share in enumerate((1.0, 4.0, 1.0)):
            whole[place : place + len(self.weights)] += share * self.weights
        band[0] += whole[known:] + 1e-9
        next_to = np.zeros((frames + known, count))
        next_to[: len(self.weights)] -= 2.0 * self.weights
        next_to[1 : 1 + len(self.weights)] -= 2.0 * self.weights
        band[count, : frames - 1] = next_to[known : known + frames - 1]
        band[2 * count, : frames - 2] = self.weights[known:]
        solved = solveh_banded(band.reshape(len(band), -1), self.gradient.ravel(), lower=True, check_finite=False)
        return torch.from_numpy(solved.reshape(frames, count)).float()
