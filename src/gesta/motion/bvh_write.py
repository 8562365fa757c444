"""Writing BVH: 55 joints in a T-pose, centimetres, Y up, facing +Z, 30 frames a second.

Channels: the pelvis has Xposition Yposition Zposition, every joint Zrotation Xrotation Yrotation in degrees, that is
intrinsic ZXY. Angles run on past 180 degrees where a joint does, so that a tool may interpolate them. Positions of
the pelvis are absolute (its OFFSET is zero). Faces are not in BVH; jaw and eyes are derived from ARKit weights.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import numpy as np

from gesta.motion.face_joints import FACE_JOINTS, face_joint_rotations
from gesta.motion.rotations import euler_from_matrix
from gesta.motion.skeleton import BALL_HEIGHT_M, TOE_BEYOND_BALL_M, Skeleton, skeleton
from gesta.motion.writing import replacing
from gesta.records import Motion
from gesta.units import MOTION_FPS

CENTIMETRES = 100.0
"""Units of the file in a metre."""
ORDER = "ZXY"
FULL_TURN = 360.0
DECIMALS = 6
FRAMES_PER_BLOCK = 1024
INDENT = "  "
LEAF_LENGTH_M = 0.02
"""Length of the last bone of jaw and eyes."""


def write_bvh(motion: Motion, path: str | Path) -> Path:
    """Write a motion to a BVH file; an older file stays whole until the new one is.

    Returns:
        The path written.

    Raises:
        OutputError: the file cannot be written.
    """
    path = Path(path)
    bones = skeleton()
    order = list(_depth_first(bones, 0))
    line = " ".join([f"%.{DECIMALS}f"] * (3 + 3 * len(order))) + "\n"
    with replacing(path) as temporary, temporary.open("w", encoding="ascii", newline="\n") as file:
        file.write("HIERARCHY\n")
        _write_joint(file, bones, 0, 0)
        file.write(f"MOTION\nFrames: {motion.frame_count}\nFrame Time: {1.0 / MOTION_FPS:.8f}\n")
        for values in _channels(motion, order):
            file.write(line * len(values) % tuple(values.ravel().tolist()))
    return path


def _depth_first(bones: Skeleton, joint: int) -> Iterator[int]:
    """Joints in the order in which BVH names them, which is that of its channels."""
    yield joint
    for child in bones.children(bones.names[joint]):
        yield from _depth_first(bones, bones.index(child))


def _write_joint(file: TextIO, bones: Skeleton, joint: int, depth: int) -> None:
    """Write one joint of the hierarchy and all below it."""
    outer, inner = INDENT * depth, INDENT * (depth + 1)
    name, children = bones.names[joint], bones.children(bones.names[joint])
    rotations = " ".join(f"{axis}rotation" for axis in ORDER)
    offset = np.zeros(3) if joint == 0 else bones.offsets[joint]
    file.write(f"{outer}{'ROOT' if joint == 0 else 'JOINT'} {name}\n{outer}{{\n{inner}OFFSET {_offset(offset)}\n")
    places = "6 Xposition Yposition Zposition" if joint == 0 else "3"
    file.write(f"{inner}CHANNELS {places} {rotations}\n")
    for child in children:
        _write_joint(file, bones, bones.index(child), depth + 1)
    if not children:
        tip = _tip(name, bones.offsets[joint])
        file.write(f"{inner}End Site\n{inner}{{\n{inner}{INDENT}OFFSET {_offset(tip)}\n{inner}}}\n")
    file.write(f"{outer}}}\n")


def _tip(name: str, bone: np.ndarray) -> np.ndarray:
    """(3,) metres from the last joint of a chain to its tip."""
    if name in FACE_JOINTS:
        return np.array([0.0, 0.0, LEAF_LENGTH_M])
    if name.endswith("foot"):
        level = bone * (1.0, 0.0, 1.0)
        return level / np.linalg.norm(level) * TOE_BEYOND_BALL_M - (0.0, BALL_HEIGHT_M, 0.0)
    return bone


def _offset(metres: np.ndarray) -> str:
    """Three numbers in the file's units."""
    return " ".join(f"{value * CENTIMETRES:.{DECIMALS}f}" for value in metres)


def _channels(motion: Motion, order: list[int]) -> Iterator[np.ndarray]:
    """Blocks of (n, channels) numbers as they stand in the file, a row per frame."""
    face_joints = skeleton().indices(FACE_JOINTS)
    before: np.ndarray | None = None
    for start in range(0, motion.frame_count, FRAMES_PER_BLOCK):
        block = slice(start, start + FRAMES_PER_BLOCK)
        rotations = motion.rotations[block].astype(np.float64)
        if motion.face_basis == "arkit52":
            rotations[:, face_joints] = face_joint_rotations(motion.face[block])
        angles = np.degrees(euler_from_matrix(ORDER, rotations[:, order])).reshape(len(rotations), -1)
        if before is not None:
            angles = np.concatenate([before, angles])
        angles = np.unwrap(angles, period=FULL_TURN, axis=0)[0 if before is None else 1 :]
        before = angles[-1:]
        yield np.concatenate([motion.translation[block] * CENTIMETRES, angles], axis=1)
