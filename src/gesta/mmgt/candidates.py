"""Which of several continuations goes best with what came before: no jump, no sudden turn.

Source: MMGT's and S2G-MDDiffusion's choice among five candidates, which compares positions at the join and the angle
between mean velocities. Their code compares the candidate's last velocities, where its first ones are meant, and takes
scores for coordinates; here the first ones count, and only the coordinates of points that are seen.
"""

from typing import NamedTuple

import numpy as np

from gesta.keypoints.vectors import ScoreScale, from_vectors
from gesta.mmgt.pose_vectors import visible_points

JOIN_FRAMES = 5
"""Frames on each side of the join that are compared, as published."""


class JoinCost(NamedTuple):
    """What a join costs; smaller is better.

    Attributes:
        distance: mean distance of the points from where they are known to be, in pixels of the 512 canvas.
        angle: mean angle between a point's mean velocity before and after the join, radians; fast points count more.
    """

    distance: float
    angle: float

    @property
    def total(self) -> float:
        """A radian costs as much as a pixel."""
        return self.distance + self.angle


def best_candidate(before: np.ndarray, candidates: np.ndarray, score_scale: ScoreScale) -> int:
    """The index of the continuation that costs least.

    Args:
        before: (K, 402) vectors of the frames that are known.
        candidates: (C, F, 402) windows whose first K frames are what the network made of the known ones.
        score_scale: of the vectors.
    """
    return int(np.argmin([join_cost(before, candidate, score_scale).total for candidate in candidates]))


def join_cost(before: np.ndarray, candidate: np.ndarray, score_scale: ScoreScale) -> JoinCost:
    """What it costs to go on from known frames (K, 402) with a window (F, 402) that begins with the same frames."""
    known = len(before)
    compared = slice(max(0, known - JOIN_FRAMES), known)
    # From the last known frame's twin on, so that the step across the join is a velocity too.
    after = candidate[known - 1 : known + JOIN_FRAMES]
    shown = visible_points(before[compared], score_scale).all(axis=0) & visible_points(after, score_scale).all(axis=0)
    if not shown.any():
        return JoinCost(0.0, 0.0)
    earlier, twin, later = (_pixels(rows)[:, shown] for rows in (before[compared], candidate[compared], after))
    distance = np.linalg.norm(earlier - twin, axis=-1).mean()
    return JoinCost(float(distance), _angle(_mean_velocity(earlier), _mean_velocity(later)))


def _pixels(vectors: np.ndarray) -> np.ndarray:
    return from_vectors(vectors, "own").points


def _mean_velocity(points: np.ndarray) -> np.ndarray:
    """(F, N, 2) points -> (N, 2) pixels a frame; nothing moves in one frame."""
    return (points[-1] - points[0]) / max(1, len(points) - 1)


def _angle(one: np.ndarray, other: np.ndarray) -> float:
    """The mean angle between vectors (N, 2), by how long both are; 0 where nothing moves."""
    sines, cosines = one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0], (one * other).sum(axis=-1)
    turn = np.abs(np.arctan2(sines, cosines))
    weight = np.sqrt(np.linalg.norm(one, axis=-1) * np.linalg.norm(other, axis=-1))
    return float((weight * turn).sum() / weight.sum()) if weight.sum() > 0.0 else 0.0
