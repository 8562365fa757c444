"""Forward kinematics: from local rotations and the pelvis' position to joints and soles in the world."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gesta.motion.skeleton import Skeleton, skeleton

FRAMES_PER_BLOCK = 1024


@dataclass(frozen=True)
class Pose:
    """Where joints are, in the world.

    Attributes:
        rotations: (T, J, 3, 3) global rotations.
        positions: (T, J, 3) metres.
    """

    rotations: np.ndarray
    positions: np.ndarray


def forward(rotations: np.ndarray, translation: np.ndarray, bones: Skeleton | None = None) -> Pose:
    """Global rotations and positions of all joints.

    Args:
        rotations: (T, J, 3, 3) local rotations.
        translation: (T, 3) position of the pelvis joint, metres.
        bones: the skeleton; gesta's own by default.
    """
    bones = bones or skeleton()
    world = np.empty_like(rotations)
    positions = np.empty(rotations.shape[:-1], dtype=rotations.dtype)
    offsets = bones.offsets.astype(rotations.dtype)
    for joint, parent in enumerate(bones.parents):
        if parent < 0:
            world[:, joint] = rotations[:, joint]
            positions[:, joint] = translation
            continue
        world[:, joint] = world[:, parent] @ rotations[:, joint]
        positions[:, joint] = positions[:, parent] + world[:, parent] @ offsets[joint]
    return Pose(world, positions)


def track(
    rotations: np.ndarray, translation: np.ndarray, joints: Sequence[str], turned: Sequence[str] | None = None
) -> Pose:
    """Global positions and rotations of a few joints, in blocks, so that long takes need little memory.

    Args:
        rotations: (T, J, 3, 3) local rotations.
        translation: (T, 3) position of the pelvis joint, metres.
        joints: N joint names whose positions are wanted.
        turned: M joint names whose rotations are wanted; the same joints if not given.

    Returns:
        rotations (T, M, 3, 3) and positions (T, N, 3).
    """
    placed = skeleton().indices(joints)
    turning = placed if turned is None else skeleton().indices(turned)
    frames = rotations.shape[0]
    world = np.empty((frames, len(turning), 3, 3), dtype=rotations.dtype)
    positions = np.empty((frames, len(placed), 3), dtype=rotations.dtype)
    for start in range(0, frames, FRAMES_PER_BLOCK):
        block = slice(start, start + FRAMES_PER_BLOCK)
        pose = forward(rotations[block], translation[block])
        world[block], positions[block] = pose.rotations[:, turning], pose.positions[:, placed]
    return Pose(world, positions)


def sole_positions(rotations: np.ndarray, translation: np.ndarray) -> np.ndarray:
    """World positions of the four sole points, in the order of `Skeleton.soles`: (T, 4, 3) metres."""
    soles = skeleton().soles
    pose = track(rotations, translation, [sole.joint for sole in soles])
    offsets = np.stack([sole.offset for sole in soles]).astype(pose.positions.dtype)
    return pose.positions + np.einsum("tsij,sj->tsi", pose.rotations, offsets)
