"""What clean-up is for, counted: feet that creep, hands in the body, joints beyond their limits; before and after."""

from dataclasses import dataclass

import numpy as np

from gesta.motion.cleanup.overlaps import ArmOverlaps
from gesta.motion.contacts import planted
from gesta.motion.kinematics import FRAMES_PER_BLOCK, forward, sole_positions
from gesta.motion.limits import excess_degrees
from gesta.records import Motion

MILLIMETRES = 1000.0
DEEP_MM = 5.0
"""Hands deeper in the body than this are counted."""
FLOOR = [0, 2]


@dataclass(frozen=True)
class Faults:
    """What is wrong with a motion; None where it cannot be told (floor or capsules unknown, parts absent).

    Attributes:
        foot_creep_mm_per_frame: mean way of a planted sole point along the floor from frame to frame.
        foot_creep_mm_per_plant: the longest such way while a point is planted.
        foot_depth_mm: how far the lowest sole point is below the floor.
        limit_joint_frames: pairs of joint and frame beyond a limit.
        limit_worst_deg: the largest excess.
        hand_depth_mm: how deep a hand or a forearm's far half is in the body, at the most.
        hand_frames: frames in which one is deeper than 5 mm.
        hand_longest_frames: the most of these in a row.
    """

    foot_creep_mm_per_frame: float | None
    foot_creep_mm_per_plant: float | None
    foot_depth_mm: float | None
    limit_joint_frames: int
    limit_worst_deg: float
    hand_depth_mm: float | None
    hand_frames: int | None
    hand_longest_frames: int | None


class FaultCounter:
    """Counts the faults of a motion, stretch by stretch; it keeps a few numbers for each frame.

    Args:
        overlaps: tells how deep hands are; None if the body's capsules are not known.
    """

    def __init__(self, overlaps: ArmOverlaps | None) -> None:
        self.overlaps = overlaps
        self.soles: list[np.ndarray] = []
        self.depths: list[np.ndarray] = []
        self.excesses, self.worst_excess = 0, 0.0

    def push(self, motion: Motion) -> None:
        """Look at a stretch."""
        for start in range(0, motion.frame_count, FRAMES_PER_BLOCK):
            self._look(motion.frames(start, start + FRAMES_PER_BLOCK))

    def _look(self, motion: Motion) -> None:
        excess = excess_degrees(motion.rotations)
        self.excesses += int(np.count_nonzero(excess))
        self.worst_excess = max(self.worst_excess, float(excess.max()))
        if motion.floor_known and {"lower", "translation"} <= motion.parts:
            self.soles.append(sole_positions(motion.rotations, motion.translation))
        if self.overlaps is not None and "upper" in motion.parts:
            pose = forward(motion.rotations.astype(np.float64), motion.translation.astype(np.float64))
            self.depths.append(self.overlaps.depths(self.overlaps.place(pose)))

    def total(self) -> Faults:
        """What has been seen."""
        per_frame = per_plant = below = None
        if self.soles:
            soles = np.concatenate(self.soles)
            per_frame, per_plant = _creep(soles)
            below = max(0.0, -float(soles[..., 1].min())) * MILLIMETRES
        depths = np.concatenate(self.depths) * MILLIMETRES if self.depths else None
        runs = _runs(depths > DEEP_MM) if depths is not None else None
        return Faults(
            foot_creep_mm_per_frame=per_frame,
            foot_creep_mm_per_plant=per_plant,
            foot_depth_mm=below,
            limit_joint_frames=self.excesses,
            limit_worst_deg=self.worst_excess,
            hand_depth_mm=None if depths is None else float(depths.max()),
            hand_frames=None if runs is None else int(np.sum(np.diff(runs, axis=1))),
            hand_longest_frames=None if runs is None else int(np.diff(runs, axis=1).max(initial=0)),
        )


def _runs(flags: np.ndarray) -> np.ndarray:
    """(N, 2) first and one past the last of each run of true values in (T,)."""
    return np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]]))).reshape(-1, 2)


def _creep(soles: np.ndarray) -> tuple[float | None, float | None]:
    """Mean and, for a whole plant, largest way of planted points (T, 4, 3) along the floor, in mm."""
    down = planted(soles)
    steps = np.linalg.norm(np.diff(soles[..., FLOOR].astype(np.float64), axis=0), axis=-1) * MILLIMETRES
    counted = np.where(down[1:] & down[:-1], steps, 0.0)
    so_far = np.concatenate([np.zeros((1, counted.shape[1])), np.cumsum(counted, axis=0)])
    plants = [(point, start, stop) for point in range(down.shape[1]) for start, stop in _runs(down[:, point])]
    if not plants:
        return None, None
    ways = [float(so_far[stop - 1, point] - so_far[start, point]) for point, start, stop in plants]
    pairs = sum(stop - 1 - start for _, start, stop in plants)
    return sum(ways) / max(pairs, 1), max(ways)
