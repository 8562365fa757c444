"""Hand shapes as rotations of the 30 finger joints."""

from functools import cache

import numpy as np

from gesta.motion.finger_curl import flexion_deg
from gesta.motion.rotations import matrix_from_axis_angle
from gesta.motion.skeleton import skeleton

FINGERS = ("index", "middle", "ring", "pinky")
TOGETHER_DEG = {"index": -12.0, "middle": 3.0, "ring": 15.0, "pinky": 22.0}
FULL_SPREAD_DEG = {"index": 9.0, "middle": 2.0, "ring": -6.0, "pinky": -12.0}
"""Sideways turn of a finger that lies beside the others, and of one that is fully spread: towards the thumb. The
skeleton's fingers rest 34 degrees apart; the hands of films that were lifted hold theirs 2 to 14 degrees apart."""
FURTHEST_BACK_DEG, SOFT_DEG = -5.0, 2.0
"""Fingers bend back no further than this, and come to it gently."""
FINGER_JOINTS = 15
"""Of one hand: base, middle and end joint of FINGERS, then the thumb's."""
THUMB_ACROSS_DEG, THUMB_BEND_DEG = 42.0, (12.0, 38.0, 48.0)
THUMB_LEVEL_DEG = 45.0
THUMB_LEVEL_WAY = (0.86, -0.1, 0.5)
"""Where a left thumb points that lies level beside the hand."""
PALM = np.array((0.0, -1.0, 0.0))
"""Where the palm faces at rest."""
UP = -PALM


@cache
def _axes(side: str) -> dict[str, np.ndarray]:
    """Axis about which each finger joint of a hand flexes towards the palm: unit vectors by joint name."""
    bones = skeleton()
    axes = {}
    for finger in (*FINGERS, "thumb"):
        for segment in (1, 2, 3):
            name = f"{side}_{finger}{segment}"
            # The bone that a joint moves runs to the next joint; the last one goes straight on.
            along = bones.offsets[bones.index(f"{side}_{finger}{min(segment + 1, 3)}")]
            outward = 1.0 if side == "left" else -1.0
            towards = PALM if finger != "thumb" else np.array((0.35 * outward, -0.25, -0.9))
            axis = np.cross(along, towards)
            axes[name] = axis / np.linalg.norm(axis)
    return axes


@cache
def _level_axis(side: str) -> np.ndarray:
    """Axis about which a thumb below the palm comes level with it: unit vector."""
    bones = skeleton()
    along = bones.offsets[bones.index(f"{side}_thumb2")]
    axis = np.cross(along, np.array(THUMB_LEVEL_WAY) * (1.0 if side == "left" else -1.0, 1.0, 1.0))
    return axis / np.linalg.norm(axis)


def finger_rotations(side: str, shape: np.ndarray, stray_deg: np.ndarray | None = None) -> tuple[list[str], np.ndarray]:
    """Local rotations of one hand's finger joints.

    Args:
        side: "left" or "right".
        shape: (T, 8) values of a `HandShape`, between shapes where the hand is changing.
        stray_deg: (T, 15) further flexion of each of FINGER_JOINTS; none if not given.

    Returns:
        15 joint names and (T, 15, 3, 3) rotations.
    """
    axes = _axes(side)
    mirror = 1.0 if side == "left" else -1.0
    stray: np.ndarray = np.zeros((len(shape), FINGER_JOINTS)) if stray_deg is None else stray_deg
    names: list[str] = []
    vectors: list[np.ndarray] = []
    for number, finger in enumerate(FINGERS):
        curl = shape[:, number]
        for segment, bent in enumerate(flexion_deg(curl).T, start=1):
            flexion = bent + stray[:, len(names)]
            flexion = FURTHEST_BACK_DEG + SOFT_DEG * np.logaddexp(0.0, (flexion - FURTHEST_BACK_DEG) / SOFT_DEG)
            vector = np.radians(flexion)[:, None] * axes[f"{side}_{finger}{segment}"]
            if segment == 1:
                # Fingers that close come together.
                spread = shape[:, 4] * (1.0 - 0.7 * curl)
                aside = TOGETHER_DEG[finger] + spread * (FULL_SPREAD_DEG[finger] - TOGETHER_DEG[finger])
                vector = vector - mirror * np.radians(aside)[:, None] * UP
            names.append(f"{side}_{finger}{segment}")
            vectors.append(vector)
    for segment, full in enumerate(THUMB_BEND_DEG, start=1):
        vector = np.radians(full * shape[:, 6] + stray[:, len(names)])[:, None] * axes[f"{side}_thumb{segment}"]
        if segment == 1:
            vector = vector + np.radians(THUMB_ACROSS_DEG * shape[:, 5])[:, None] * axes[f"{side}_thumb1"]
            vector = vector + np.radians(THUMB_LEVEL_DEG * shape[:, 7])[:, None] * _level_axis(side)
        names.append(f"{side}_thumb{segment}")
        vectors.append(vector)
    return names, matrix_from_axis_angle(np.stack(vectors, axis=1))
