"""PSNR and SSIM of what matters and is small: lips, face and hands, where the real film's points say they are.

Each region of each picture is the box around its points, larger by GROWN of its sides, in both films at the same
place; a hand that is elsewhere in the generated film is wrong here. Regions of fewer pixels than SSIM's window are
left out. A number is the mean over all boxes of a film; both hands count as hands.
"""

import numpy as np

from gesta.keypoints.layout import GROUPS, HANDS, LIPS, VISIBLE
from gesta.metrics.evaluation import Value
from gesta.metrics.video.psnr import psnr_db
from gesta.metrics.video.ssim import LEAST_SIDE_PX, ssim
from gesta.records import Keypoints

REGIONS = {"lips": (LIPS,), "face": (GROUPS["face"],), "hands": tuple(GROUPS[hand] for hand in HANDS)}
"""By name: the points of each box."""
GROWN = 0.15
MOST_HIDDEN = 0.5
"""A box counts in which no larger share of the points is hidden."""


class RegionLikeness:
    """Takes films block by block; memory does not grow with them.

    Args:
        real: the points of the real film, in pixels of its pictures.
    """

    def __init__(self, real: Keypoints) -> None:
        self._points = real
        self._frame = 0
        self._sums = {name: np.zeros(3) for name in REGIONS}
        """By region: sum of PSNR, sum of SSIM, boxes."""

    def take(self, generated: np.ndarray, real: np.ndarray) -> None:
        """Take pictures of both films at the same moments: two (n, H, W, 3) uint8."""
        for ours, theirs in zip(generated, real, strict=True):
            if self._frame < self._points.frame_count:
                self._compare(ours, theirs)
            self._frame += 1

    def _compare(self, ours: np.ndarray, theirs: np.ndarray) -> None:
        for name, groups in REGIONS.items():
            for points in groups:
                box = self._box(points, theirs.shape)
                if box is not None:
                    both = ours[box][None], theirs[box][None]
                    self._sums[name] += psnr_db(*both)[0], ssim(*both)[0], 1.0

    def _box(self, points: slice, shape: tuple[int, ...]) -> tuple[slice, slice] | None:
        """Rows and columns of the box around some points; None where they are hidden or it is too small."""
        seen = self._points.scores[self._frame, points] >= VISIBLE
        if 1.0 - seen.mean() > MOST_HIDDEN:
            return None
        there = self._points.points[self._frame, points][seen]
        low, high = there.min(axis=0), there.max(axis=0)
        more = GROWN * (high - low)
        limits = np.array(shape[1::-1])
        first = np.clip(np.floor(low - more), 0, limits).astype(int)
        last = np.clip(np.ceil(high + more) + 1, 0, limits).astype(int)
        if (last - first).min() < LEAST_SIDE_PX:
            return None
        return slice(first[1], last[1]), slice(first[0], last[0])

    def found(self) -> dict[str, Value]:
        """The numbers, by key; absent for a region that is never seen."""
        found = {}
        for name, (likeness, structure, boxes) in self._sums.items():
            if boxes:
                found[f"psnr_db.{name}"] = Value(float(likeness / boxes))
                found[f"ssim.{name}"] = Value(float(structure / boxes))
        return found
