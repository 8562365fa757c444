"""The points of a person in a picture or a film."""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gesta.records.arrays import frozen
from gesta.units import VIDEO_FPS

KEYPOINT_COUNT = 134


@dataclass(frozen=True)
class Keypoints:
    """The points of one person in a film or a picture; what each of the 134 is, says gesta.keypoints.layout.

    Attributes:
        points: (F, 134, 2) x to the right and y down in pixels, (0, 0) the upper left corner of the picture. Points
            may lie outside. Where the score is 0 the position means nothing.
        scores: (F, 134) 0 to 1: how sure it is that the point is there and seen.
        size: (width, height) of the picture in pixels.
        fps: frames a second.
    """

    points: np.ndarray
    scores: np.ndarray
    size: tuple[int, int]
    fps: float = VIDEO_FPS

    def __post_init__(self) -> None:
        frames = len(self.points)
        if frames < 1:
            raise ValueError("keypoints have at least one frame")
        if min(self.size) < 1:
            raise ValueError(f"a picture cannot have {self.size[0]} x {self.size[1]} pixels")
        if not (math.isfinite(self.fps) and self.fps > 0.0):
            raise ValueError(f"fps is {self.fps}, but must be above 0")
        object.__setattr__(self, "points", frozen(self.points, "points", (frames, KEYPOINT_COUNT, 2)))
        object.__setattr__(self, "scores", frozen(self.scores, "scores", (frames, KEYPOINT_COUNT)))
        if self.scores.min() < 0.0 or self.scores.max() > 1.0:
            raise ValueError("scores must be 0 to 1")

    @property
    def frame_count(self) -> int:
        """Number of frames F."""
        return len(self.points)

    def frames(self, start: int, stop: int) -> "Keypoints":
        """The frames [start, stop) as keypoints of their own."""
        return replace(self, points=self.points[start:stop], scores=self.scores[start:stop])

    def replaced(self, **changes: Any) -> "Keypoints":
        """A copy with some fields changed, validated again."""
        return replace(self, **changes)
