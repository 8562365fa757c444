"""Joints beyond what people can do: how many, how far, and which."""

from dataclasses import dataclass

import numpy as np

from gesta.motion.limits import FRAMES_PER_BLOCK, excess_degrees
from gesta.motion.skeleton import skeleton
from gesta.records import Motion


@dataclass(frozen=True)
class LimitExcess:
    """Joints beyond their limits, see `gesta.motion.limits`.

    Attributes:
        joint_frames: number of pairs of joint and frame that are beyond a limit.
        frame_share: share of frames in which any joint is.
        worst_degrees: largest excess.
        worst_joint: the joint it belongs to; None if there is no excess.
    """

    joint_frames: int
    frame_share: float
    worst_degrees: float
    worst_joint: str | None


def limit_excess(motion: Motion) -> LimitExcess:
    """Count a motion's joints beyond their limits, block by block."""
    count = frames = 0
    worst = np.zeros(len(skeleton().names))
    for start in range(0, motion.frame_count, FRAMES_PER_BLOCK):
        excess = excess_degrees(motion.rotations[start : start + FRAMES_PER_BLOCK])
        count += int(np.count_nonzero(excess))
        frames += int(np.count_nonzero(excess.any(axis=1)))
        worst = np.maximum(worst, excess.max(axis=0))
    joint = int(worst.argmax())
    return LimitExcess(
        joint_frames=count,
        frame_share=frames / motion.frame_count,
        worst_degrees=float(worst[joint]),
        worst_joint=skeleton().names[joint] if worst[joint] > 0.0 else None,
    )
