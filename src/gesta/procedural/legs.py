"""Planted feet: ankles that stay where they stand while the pelvis moves over them, by two-bone inverse kinematics."""

from functools import cache

import numpy as np

from gesta.motion.skeleton import skeleton
from gesta.procedural.arms import turn, unit

LOOSE_KNEE = 0.998
"""Share of the straight leg's length that a standing leg has: knees are never locked."""
LOOSE_OVER_M = 0.008
"""Range in which the longer leg takes over the pelvis' height from the shorter one, so that it has no corner."""


@cache
def _leg(side: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Rest vectors of one leg: hip from pelvis, knee from hip, ankle from knee, and the ankle's place in the world."""
    bones = skeleton()
    offsets = [bones.offsets[bones.index(f"{side}_{name}")] for name in ("hip", "knee", "ankle")]
    return (*offsets, bones.rest_positions()[bones.index(f"{side}_ankle")])


def pelvis_height(place: np.ndarray, pelvis: np.ndarray) -> np.ndarray:
    """Height at which the pelvis stands on planted feet: (T,) metres.

    Args:
        place: (T, 2) of the pelvis on the floor: x and z, metres.
        pelvis: (T, 3, 3) its rotation.
    """
    heights = []
    for side in ("left", "right"):
        hip, thigh, shin, ankle = _leg(side)
        length = LOOSE_KNEE * (np.linalg.norm(thigh) + np.linalg.norm(shin))
        hip_at = pelvis @ hip
        across = np.stack((place[:, 0] + hip_at[:, 0] - ankle[0], place[:, 1] + hip_at[:, 2] - ankle[2]))
        heights.append(ankle[1] - hip_at[:, 1] + np.sqrt(length**2 - np.sum(across**2, axis=0)))
    left, right = heights
    # A smooth minimum: the leg that would be too short decides.
    return -LOOSE_OVER_M * np.logaddexp(-left / LOOSE_OVER_M, -right / LOOSE_OVER_M)


def solve_leg(side: str, translation: np.ndarray, pelvis: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Local rotations of hip, knee and ankle with the foot planted at its rest place: (T, 3, 3) each.

    Args:
        side: "left" or "right".
        translation: (T, 3) pelvis position, metres.
        pelvis: (T, 3, 3) its rotation.
    """
    hip, thigh, shin, ankle = _leg(side)
    way = ankle - (translation + pelvis @ hip)
    thigh_m, shin_m = np.linalg.norm(thigh), np.linalg.norm(shin)
    reach = np.linalg.norm(way, axis=-1, keepdims=True)
    line = way / reach
    reach = np.minimum(reach, thigh_m + shin_m - 1e-6)
    along = (reach**2 + thigh_m**2 - shin_m**2) / (2.0 * reach)
    aside = np.sqrt(np.maximum(thigh_m**2 - along**2, 0.0))
    # Knees go forward and slightly outward, over the toes; the hinge is the axis about which they bend.
    toes = np.array((0.2 if side == "left" else -0.2, 0.0, 1.0))
    front = unit(toes - np.sum(toes * line, axis=-1, keepdims=True) * line)
    hinge = np.cross(line, front)
    rest_line = thigh + shin
    rest_hinge = np.cross(rest_line, toes)
    thigh_way = along * line + aside * front
    upper = turn(thigh_way, hinge, thigh, rest_hinge)
    lower = turn(reach * line - thigh_way, hinge, shin, rest_hinge)
    return np.swapaxes(pelvis, -1, -2) @ upper, np.swapaxes(upper, -1, -2) @ lower, np.swapaxes(lower, -1, -2)
