"""Capsules fitted to the skin: round-ended cylinders that tell the clean-up of motion what touches what.

Each stands for a slab of the skin. Its middle line is moved sideways until that skin lies as evenly round it as can
be; then 95 of 100 of those vertices are inside when it is grown by 5 mm.
"""

from collections.abc import Callable, Mapping

import numpy as np
from pieces import RIG, BakedPiece
from rest_pose import FINGERS, MIRROR, rest
from scipy.optimize import least_squares

from gesta.motion.skeleton import skeleton

INSIDE_PERCENT, MARGIN_M, MARGIN_SHARE = 95.0, 0.005, 0.15
"""A capsule may leave so much of the outermost skin outside; on fingers no more than this share of the radius."""
STIFFNESS = 0.05
"""Holds a middle line back from straying where skin is on one side only."""
LEAST_RADIUS_M = 0.003
LIMBS: Mapping[str, tuple[tuple[str, ...], str, str, float, float]] = {
    "thigh": (("hip", "knee"), "hip", "knee", 0.15, 0.55),
    "knee": (("hip", "knee"), "hip", "knee", 0.55, 1.0),
    "calf": (("knee", "ankle"), "knee", "ankle", 0.0, 0.5),
    "shin": (("knee", "ankle"), "knee", "ankle", 0.5, 1.0),
    "collar": (("upper_arm_twist",), "collar", "shoulder", 0.8, 1.1),
    "upper_arm": (("upper_arm_twist", "shoulder"), "shoulder", "elbow", 0.15, 0.6),
    "elbow": (("shoulder", "elbow"), "shoulder", "elbow", 0.55, 1.0),
    "forearm": (("elbow", "forearm_twist"), "elbow", "wrist", 0.0, 0.55),
    "wrist": (("elbow", "forearm_twist", "wrist"), "elbow", "wrist", 0.5, 1.0),
    "palm_index": (("wrist", "thumb1"), "wrist", "index1", 0.25, 0.95),
    "palm_middle": (("wrist",), "wrist", "middle1", 0.15, 0.95),
    "palm_little": (("wrist",), "wrist", "pinky1", 0.15, 0.95),
}
"""By name, without the side: joints that its skin hangs on, the bone, and the part of the bone it stands for; the
joint where the bone begins carries it."""
TRUNK: Mapping[str, tuple[str, float, float]] = {
    "pelvis": ("pelvis", 0.84, 0.98),
    "belly": ("spine1", 0.98, 1.12),
    "waist": ("spine2", 1.10, 1.22),
    "chest": ("spine3", 1.20, 1.32),
}
"""By name: the joint, and from which height to which; these lie across the body."""
UPRIGHT: Mapping[str, tuple[str, float, float]] = {
    "neck": ("neck", 1.37, 1.44),
    "face": ("head", 1.44, 1.52),
}
BROW_HEIGHT_M = 1.52
FOOT_HEIGHT_M = 0.032

Capsule = tuple[str, str, np.ndarray, np.ndarray, float]
"""Name, joint, start (3,), end (3,), radius; metres in the T-pose."""


def distances(points: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """How far points (n, 3) are from the line between two places, (n,)."""
    along = end - start
    share = np.clip((points - start) @ along / max(along @ along, 1e-12), 0.0, 1.0)
    return np.linalg.norm(points - start - share[:, None] * along, axis=1)


def fitted(
    points: np.ndarray, guess: np.ndarray, line: Callable[[np.ndarray], np.ndarray]
) -> tuple[np.ndarray, np.ndarray, float]:
    """The capsule that skin points (n, 3) lie most evenly round; `line` makes both ends, (2, 3), of free numbers."""

    def unevenness(free: np.ndarray) -> np.ndarray:
        away = distances(points, *line(free))
        return np.append((away - away.mean()) / np.sqrt(len(away)), STIFFNESS * (free - guess))

    start, end = line(least_squares(unevenness, guess).x)
    outer = float(np.percentile(distances(points, start, end), INSIDE_PERCENT))
    return start, end, max(outer - min(MARGIN_M, MARGIN_SHARE * outer), LEAST_RADIUS_M)


def hanging_on(skin: BakedPiece, joints: tuple[str, ...]) -> np.ndarray:
    """Skin vertices (n, 3) that hang on certain joints more than on any other."""
    worn = np.zeros(len(skin.vertices), bool)
    worn[np.unique(skin.faces)] = True
    main = np.argmax(skin.weights, axis=1)
    return skin.vertices[worn & np.isin(main, [RIG.index(joint) for joint in joints])]


def both_sides(name: str, joint: str, start: np.ndarray, end: np.ndarray, radius: float) -> list[Capsule]:
    """A capsule of the left and its mirror image."""
    return [
        (f"left_{name}", f"left_{joint}", start, end, radius),
        (f"right_{name}", f"right_{joint}", MIRROR @ start, MIRROR @ end, radius),
    ]


def along_bone(points: np.ndarray, start: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """A capsule for the points beside a bone; its ends may leave the bone sideways."""
    bone = (end - start) / np.linalg.norm(end - start)
    sideways = np.linalg.svd(bone[None])[2][1:]
    beside = points[np.abs((points - 0.5 * (start + end)) @ bone) <= 0.5 * np.linalg.norm(end - start)]
    return fitted(beside, np.full(4, 0.001), lambda free: np.stack([start, end]) + free.reshape(2, 2) @ sideways)


def limb(skin: BakedPiece, name: str) -> list[Capsule]:
    """A capsule along a bone of arm, hand or leg; the palm has three, each for the skin nearest to its bone."""
    joints, first, last, low, high = LIMBS[name]
    points = hanging_on(skin, tuple(f"left_{joint}" for joint in joints))
    start, end = rest()[f"left_{first}"], rest()[f"left_{last}"]
    if name.startswith("palm"):
        bones = [rest()[f"left_{LIMBS[other][2]}"] for other in LIMBS if other.startswith("palm")]
        away = np.stack([distances(points, start, bone) for bone in bones])
        points = points[distances(points, start, end) <= away.min(axis=0)]
    return both_sides(name, first, *along_bone(points, start + low * (end - start), start + high * (end - start)))


def foot(skin: BakedPiece) -> list[Capsule]:
    """A capsule along each sole, inside of heel and toe."""
    heel, toe = (rest()[sole.joint] + sole.offset for sole in skeleton().soles[:2])
    up, points = np.array((0.0, FOOT_HEIGHT_M, 0.0)), hanging_on(skin, ("left_ankle", "left_foot"))
    start, end = (heel + share * (toe - heel) + up for share in (0.12, 0.85))
    low = points[points[:, 1] < 2.0 * FOOT_HEIGHT_M]
    return both_sides("foot", "ankle", *along_bone(low, start, end)[:2], FOOT_HEIGHT_M)


def phalanx(skin: BakedPiece, finger: str, part: int) -> list[Capsule]:
    """A capsule of one bone of a finger, from its joint to the next, or to the fingertip's inside."""
    joint = f"{finger}{part}"
    points = hanging_on(skin, (f"left_{joint}",))
    start = rest()[f"left_{joint}"]
    centre = points.mean(axis=0)
    way = rest()[f"left_{finger}{part + 1}"] - start if part < len(FINGERS) - 2 else centre - start
    length = np.percentile((points - start) @ (way / np.linalg.norm(way)), INSIDE_PERCENT)
    end = start + way / np.linalg.norm(way) * length
    return both_sides(joint, joint, *along_bone(points, start + 0.15 * (end - start), start + 0.85 * (end - start)))


def lying(height: float) -> Callable[[np.ndarray], np.ndarray]:
    """Lines from the right to the left at a height, from half their length and their depth."""
    return lambda free: np.array([(-free[0], height, free[1]), (free[0], height, free[1])])


def upright(low: float, high: float) -> Callable[[np.ndarray], np.ndarray]:
    """Lines in the middle of the body between two heights, from the depths of their ends."""
    return lambda free: np.array([(0.0, low, free[0]), (0.0, high, free[1])])


def level_ahead(free: np.ndarray) -> np.ndarray:
    """The line in the middle of the skull, from back to front, from its height and the depths of its ends."""
    return np.array([(0.0, free[0], free[1]), (0.0, free[0], free[2])])


def fitted_capsules(skin: BakedPiece) -> list[Capsule]:
    """All capsules; `skin` is in the T-pose."""
    capsules: list[Capsule] = []
    trunk = hanging_on(skin, ("pelvis", "spine1", "spine2", "spine3", "left_hip", "right_hip"))
    for name, (joint, low, high) in TRUNK.items():
        points = trunk[(trunk[:, 1] >= low) & (trunk[:, 1] <= high)]
        level = points * (1.0, 0.0, 1.0) + (0.0, 0.5 * (low + high), 0.0)
        capsules.append((name, joint, *fitted(level, np.array((0.06, 0.0)), lying(0.5 * (low + high)))))
    for name, (joint, low, high) in UPRIGHT.items():
        points = hanging_on(skin, (joint,))
        points = points[(points[:, 1] >= low) & (points[:, 1] <= high)]
        capsules.append((name, joint, *fitted(points, np.full(2, points[:, 2].mean()), upright(low, high))))
    top = hanging_on(skin, ("head",))
    capsules.append(
        ("skull", "head", *fitted(top[top[:, 1] > BROW_HEIGHT_M], np.array((1.55, -0.02, 0.05)), level_ahead))
    )
    for name in LIMBS:
        capsules += limb(skin, name)
    capsules += foot(skin)
    for finger in FINGERS:
        for part in (1, 2, 3):
            capsules += phalanx(skin, finger, part)
    return capsules
