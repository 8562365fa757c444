"""A BVH file as another program writes it: other names, rest pose, axes, units, channel order and rate."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from gesta.motion.kinematics import forward
from gesta.motion.rotations import euler_from_matrix, matrix_from_axis_angle
from gesta.motion.skeleton import skeleton
from gesta.records import Motion

MIXAMO = {
    "pelvis": "Hips", "spine1": "Spine", "spine2": "Spine1", "spine3": "Spine2", "neck": "Neck", "head": "Head",
    "hip": "UpLeg", "knee": "Leg", "ankle": "Foot", "foot": "ToeBase",
    "collar": "Shoulder", "shoulder": "Arm", "elbow": "ForeArm", "wrist": "Hand",
}  # fmt: skip
Z_UP = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
"""From a y-up world to a z-up one."""


def mixamo_name(name: str) -> str:
    """Mixamo's name of one of our joints."""
    side, _, part = name.rpartition("_")
    if part[-1:].isdigit() and side:
        return f"mixamorig:{side.capitalize()}Hand{part.capitalize()}"
    return f"mixamorig:{side.capitalize()}{MIXAMO[part]}"


def hanging_arms() -> np.ndarray:
    """(55, 3, 3) turns from our rest pose to one with hanging arms, each by the shortest way."""
    bones = skeleton()
    turns = np.tile(np.eye(3), (55, 1, 1))
    for side in ("left", "right"):
        bone = bones.offsets[bones.index(f"{side}_elbow")]
        axis = np.cross(bone / np.linalg.norm(bone), [0.1, -1.0, 0.0])
        axis /= np.linalg.norm(axis)
        for joint, name in enumerate(bones.names):
            if name.startswith(side) and any(joint == i or _below(joint, i) for i in [bones.index(f"{side}_shoulder")]):
                turns[joint] = matrix_from_axis_angle(axis * 1.3)
    return turns


def _below(joint: int, ancestor: int) -> bool:
    parents = skeleton().parents
    while joint >= 0 and joint != ancestor:
        joint = parents[joint]
    return joint == ancestor


@dataclass
class Foreign:
    """How the other program does it."""

    turns: np.ndarray = field(default_factory=lambda: np.tile(np.eye(3), (55, 1, 1)))
    world: np.ndarray = field(default_factory=lambda: np.eye(3))
    order: str = "XYZ"
    unit_m: float = 0.01
    rate: float = 30.0


def write_foreign(motion: Motion, path: Path, how: Foreign) -> Path:
    """Write all joints but jaw and eyes under Mixamo's names."""
    bones = skeleton()
    turns = how.world @ how.turns
    pose = forward(motion.rotations.astype(np.float64), motion.translation.astype(np.float64))
    world = how.world @ pose.rotations @ np.swapaxes(turns, 1, 2)
    values = [motion.translation @ how.world.T / how.unit_m]
    lines = ["HIERARCHY"]

    def write(joint: int) -> None:
        parent = bones.parents[joint]
        offset = turns[parent] @ bones.offsets[joint] / how.unit_m if joint else np.zeros(3)
        local = np.swapaxes(world[:, parent], 1, 2) @ world[:, joint] if joint else world[:, joint]
        values.append(np.degrees(euler_from_matrix(how.order, local)))
        places = "6 Xposition Yposition Zposition" if joint == 0 else "3"
        lines.append(f"{'JOINT' if joint else 'ROOT'} {mixamo_name(bones.names[joint])} {{")
        lines.append("OFFSET " + " ".join(f"{value:.9f}" for value in offset))
        lines.append(f"CHANNELS {places} " + " ".join(f"{axis}rotation" for axis in how.order))
        for child in bones.children(bones.names[joint]):
            if not child.endswith("smplhf") and child != "jaw":
                write(bones.index(child))
        lines.append("End Site {\nOFFSET 0 0 0\n}" if not bones.children(bones.names[joint]) else "")
        lines.append("}")

    write(0)
    table = np.concatenate(values, axis=1)
    lines += ["MOTION", f"Frames: {len(table)}", f"Frame Time: {1 / how.rate:.9f}"]
    lines += [" ".join(f"{value:.9f}" for value in row) for row in table]
    path.write_text("\n".join(lines) + "\n")
    return path
