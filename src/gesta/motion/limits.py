"""How far joints turn beyond what people's joints can do.

The table is joint_limits.csv. A joint's local rotation is split as R = swing x twist: first a turn about the bone
(twist), then the shortest turn that carries the bone to its new direction (swing, a rotation vector across the bone).
The twist angle and the two components of the swing are tested against the row's ranges, in degrees:

* `frame` "body": the axes are the skeleton's x, y, z. "bone": the twist axis is the bone's own direction at rest
  (turned to point along the positive axis), and the other two are the nearest directions across it, so that a finger
  that points obliquely flexes about its own hinge.
* Rows of the left side hold for the right one mirrored: y and z change sign.
* `allowance` is added at both ends. It covers the spread between people (goniometry: 5 to 10 degrees), the zero of a
  T-pose that is not the anatomical one, and the play of fitted models, which share a turn between neighbouring joints
  (forearm twist between elbow and wrist, arm elevation between collar and shoulder).

Sources: American Academy of Orthopaedic Surgeons, Joint Motion (1965); Norkin & White, Measurement of Joint Motion
(5th ed. 2016); Soucie et al. 2011 (Haemophilia 17; the CDC's normal joint ranges); White & Panjabi, Clinical
Biomechanics of the Spine (1990); Youdas et al. 1992 (Phys. Ther. 72); Ludewig et al. 2009 (J. Bone Joint Surg. 91);
Inman et al. 1944 (J. Bone Joint Surg. 26); Guitton & Volle 1987 (J. Neurophysiol. 58); Lee et al. 2019 (PLoS One 14).
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from gesta.motion.rotations import quaternion_from_matrix
from gesta.motion.skeleton import Skeleton, skeleton

FRAMES_PER_BLOCK = 1024
AXES = "xyz"
MIRROR = np.array([1.0, -1.0, -1.0])
"""What mirroring in the body's middle plane does to the components of a rotation vector."""
SMALLEST_SINE = 1e-9
"""Half-angles with a smaller sine have no axis."""
CENTRE_CHILD = {"wrist": "middle1", "ankle": "foot"}
"""The child towards which a joint's bone points, where it has several."""


@dataclass(frozen=True)
class Limits:
    """Ranges of N joints.

    Attributes:
        joints: (N,) joint indices.
        frames: (N, 3, 3) rows are the joint's own x, y and z axis in the skeleton's axes at rest.
        twist: (N,) which of the three axes is the twist axis.
        low: (N, 3) degrees about the joint's own axes.
        high: (N, 3) degrees.
    """

    joints: np.ndarray
    frames: np.ndarray
    twist: np.ndarray
    low: np.ndarray
    high: np.ndarray


@cache
def limits() -> Limits:
    """The table for all joints that have limits, allowances included."""
    bones = skeleton()
    with resources.files("gesta.motion").joinpath("joint_limits.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    entries = []
    for row in rows:
        low, high = (np.array([float(row[f"{axis}_{end}"]) for axis in AXES]) for end in ("min", "max"))
        low, high = low - float(row["allowance"]), high + float(row["allowance"])
        name, mirrored = row["joint"], row["joint"].replace("left_", "right_", 1)
        entries.append((name, row["frame"], row["twist_axis"], low, high))
        if mirrored not in (name, *(other["joint"] for other in rows)):
            # Mirrored, a range [low, high] of a component that changes sign is [-high, -low].
            ends = np.sort(np.stack([low * MIRROR, high * MIRROR]), axis=0)
            entries.append((mirrored, row["frame"], row["twist_axis"], ends[0], ends[1]))
    return Limits(
        joints=np.array(bones.indices([entry[0] for entry in entries])),
        frames=np.stack([_frame(bones, name, frame, twist) for name, frame, twist, _, _ in entries]),
        twist=np.array([AXES.index(entry[2]) for entry in entries]),
        low=np.stack([entry[3] for entry in entries]),
        high=np.stack([entry[4] for entry in entries]),
    )


def _frame(bones: Skeleton, name: str, frame: str, twist_axis: str) -> np.ndarray:
    """Axes of a joint as the rows of (3, 3); see the module's text."""
    if frame == "body":
        return np.eye(3)
    children = bones.children(name)
    wanted = next((end for key, end in CENTRE_CHILD.items() if name.endswith(key)), "")
    # A joint without children (the last one of a finger) continues its own bone.
    child = next((child for child in children if child.endswith(wanted)), name)
    twist = AXES.index(twist_axis)
    along = np.array(bones.offsets[bones.index(child)])
    along *= np.sign(along[twist]) / np.linalg.norm(along)
    axes = np.zeros((3, 3))
    axes[twist] = along
    second, third = (twist + 1) % 3, (twist + 2) % 3
    across = np.eye(3)[second] - along * along[second]
    axes[second] = across / np.linalg.norm(across)
    axes[third] = np.cross(axes[twist], axes[second])
    return axes


def swing_and_twist(rotations: np.ndarray) -> np.ndarray:
    """Twist angle and swing components of every joint that has limits, in the order of `limits().joints`.

    Args:
        rotations: (T, 55, 3, 3) local rotations.

    Returns:
        (T, N, 3) degrees about the joint's own x, y and z axis; the one at the twist axis is the twist.
    """
    table = limits()
    rows = np.arange(len(table.joints))
    quaternion = quaternion_from_matrix(np.asarray(rotations[:, table.joints], dtype=np.float64))
    vector = np.einsum("nij,tnj->tni", table.frames, quaternion[..., :3])
    scalar = quaternion[..., 3]
    # The twist is the part of the quaternion about the twist axis: (0 0 along, scalar), brought to unit length.
    along = vector[:, rows, table.twist]
    length = np.hypot(along, scalar)
    safe = np.where(length < SMALLEST_SINE, 1.0, length)
    sine, cosine = along / safe, np.where(length < SMALLEST_SINE, 1.0, scalar / safe)
    axis = np.zeros((len(rows), 3))
    axis[rows, table.twist] = 1.0
    # Swing = rotation x inverse twist, whose quaternion is (-sine axis, cosine); its scalar is `length`, so >= 0.
    swing = cosine[..., None] * vector - (scalar * sine)[..., None] * axis - sine[..., None] * np.cross(vector, axis)
    swing[:, rows, table.twist] = 0.0
    half = np.linalg.norm(swing, axis=-1)
    angle = 2.0 * np.arctan2(half, scalar * cosine + along * sine)
    result = np.degrees(swing * (angle / np.where(half < SMALLEST_SINE, 1.0, half))[..., None])
    twist = np.degrees(2.0 * np.arctan2(sine, cosine))
    result[:, rows, table.twist] = (twist + 180.0) % 360.0 - 180.0
    return result


def excess_degrees(rotations: np.ndarray) -> np.ndarray:
    """How far each joint is beyond its limits.

    Args:
        rotations: (T, 55, 3, 3) local rotations.

    Returns:
        (T, 55) float32 degrees, the largest excess of its twist and swing components; 0 within the limits and for
        joints that have none (the pelvis).
    """
    table = limits()
    result = np.zeros(rotations.shape[:2], dtype=np.float32)
    for start in range(0, len(rotations), FRAMES_PER_BLOCK):
        block = slice(start, start + FRAMES_PER_BLOCK)
        angles = swing_and_twist(rotations[block])
        beyond = np.maximum(table.low - angles, angles - table.high).max(axis=-1)
        result[block, table.joints] = np.maximum(beyond, 0.0)
    return result
