"""How fast groups of joints turn, and how far the fingers bend."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gesta.metrics.motion.speed import angular_speed
from gesta.motion.limits import FRAMES_PER_BLOCK, limits, swing_and_twist
from gesta.motion.skeleton import skeleton
from gesta.records import Motion

SIDES = ("left", "right")
FINGERS = ("index", "middle", "pinky", "ring")
FINGER_ROWS = {"base": 1, "middle": 2, "end": 3}
GROUPS: Mapping[str, tuple[str, ...]] = {
    "spine": ("spine1", "spine2", "spine3"),
    "head": ("head",),
    **{part: tuple(f"{side}_{part}" for side in SIDES) for part in ("collar", "shoulder", "elbow", "wrist")},
    "finger_base": tuple(f"{side}_{finger}1" for side in SIDES for finger in FINGERS),
    "fingers": tuple(f"{side}_{finger}{row}" for side in SIDES for finger in (*FINGERS, "thumb") for row in (1, 2, 3)),
}
"""Joints by group. A group's speed is the mean over its joints; that of the spine is the sum of three."""
SUMMED = ("spine",)


@dataclass(frozen=True)
class FingerFlexion:
    """Mean flexion of the joints of four fingers of both hands (not the thumbs), degrees."""

    base: float
    middle: float
    end: float


def mean_angular_speeds(motion: Motion) -> Mapping[str, float] | None:
    """Mean angular speed of each group, degrees a second; groups of parts that are not real are left out.

    Returns:
        None for a single frame.
    """
    if motion.frame_count < 2:
        return None
    total = np.zeros(len(skeleton().names))
    for start in range(0, motion.frame_count - 1, FRAMES_PER_BLOCK):
        # One frame of overlap, so that no step between frames is lost.
        total += angular_speed(motion.rotations[start : start + FRAMES_PER_BLOCK + 1]).sum(axis=0)
    mean = total / (motion.frame_count - 1)
    real = {"upper": tuple(set(GROUPS) - {"fingers", "finger_base"}), "hands": ("fingers", "finger_base")}
    wanted = [name for name in GROUPS if any(name in real[part] for part in real if part in motion.parts)]
    return {
        name: float((np.sum if name in SUMMED else np.mean)(mean[skeleton().indices(GROUPS[name])])) for name in wanted
    }


def finger_flexion(motion: Motion) -> FingerFlexion | None:
    """Mean flexion of base, middle and end joints; None where the hands are not real."""
    if "hands" not in motion.parts:
        return None
    rows = {int(joint): index for index, joint in enumerate(limits().joints)}
    total = np.zeros(len(rows))
    for start in range(0, motion.frame_count, FRAMES_PER_BLOCK):
        # z is the hinge of the fingers: flexion is negative on the left and positive on the right.
        total += swing_and_twist(motion.rotations[start : start + FRAMES_PER_BLOCK])[..., 2].sum(axis=0)
    mean = total / motion.frame_count

    def flexion(row: int) -> float:
        left, right = (
            np.mean([mean[rows[skeleton().index(f"{side}_{finger}{row}")]] for finger in FINGERS]) for side in SIDES
        )
        return float((right - left) / 2.0)

    return FingerFlexion(**{name: flexion(row) for name, row in FINGER_ROWS.items()})
