"""Legs by two-bone inverse kinematics: feet that stay where they stand, step or stand before a chair.

A foot is known by its ankle's place. It stands flat, or tilts over its toes as it leaves the floor and over its heel as
it comes down, about a point that stays where it is. The pelvis stands as high as the longer leg lets it, less
what the knees give, or sits as high as the chair is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from gesta.motion.rotations import matrix_from_axis_angle
from gesta.motion.skeleton import skeleton
from gesta.procedural.arms import turn, unit
from gesta.procedural.targets import Targets

SIDES = ("left", "right")
LOOSE_KNEE = 0.998
"""Share of the straight leg's length that a standing leg has: knees are never locked."""
LOOSE_OVER_M = 0.006
"""Range in which the longer leg takes over the pelvis' height from the shorter one, so that it has no corner."""
SINK_M, SINK_OVER_M = 0.003, 0.004
"""How far knees let the pelvis down as somebody stands, and the range in which they stop at straight."""
SEAT_BELOW_KNEE_M = 0.02
"""Height of the hip joints over the knees of somebody who sits."""
FEET_BEFORE_KNEES_M, SEATED_APART_M = 0.03, 0.05
"""Where seated feet stand: before the knees, and further apart than standing ones."""
OFF_FLOOR_M, OFF_FLOOR_DEG = 0.001, 0.5


@dataclass(frozen=True)
class Foot:
    """Ankle (T, 3) in the world, metres, and the foot's rotation (T, 3, 3)."""

    ankle: np.ndarray
    rotation: np.ndarray


@cache
def _leg(side: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Rest vectors of one leg: hip from pelvis, knee from hip, ankle from knee, and the ankle's place in the world."""
    bones = skeleton()
    offsets = [bones.offsets[bones.index(f"{side}_{name}")] for name in ("hip", "knee", "ankle")]
    return (*offsets, bones.rest_positions()[bones.index(f"{side}_ankle")])


def feet(targets: Targets, seated: bool) -> Mapping[str, Foot]:
    """Where both feet are, by side."""
    found = {}
    for side in SIDES:
        _, thigh, _, ankle = _leg(side)
        outward = 1.0 if side == "left" else -1.0
        before = (outward * SEATED_APART_M, 0.0, np.linalg.norm(thigh) + FEET_BEFORE_KNEES_M) if seated else (0, 0, 0)
        place, lift = targets.channel(f"{side}_foot"), targets.channel(f"{side}_lift")[:, 0]
        moved = np.stack((place[:, 0], lift, place[:, 1]), axis=-1)
        yaw = matrix_from_axis_angle(np.radians(place[:, 2:]) * (0.0, 1.0, 0.0))
        tilt, raised = _tilted(side, targets.channel(f"{side}_tilt"))
        found[side] = Foot(ankle + before + moved + np.einsum("tij,tj->ti", yaw, raised), yaw @ tilt)
    return found


def _tilted(side: str, degrees: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rotation (T, 3, 3) of a foot tilted by (T, 1) degrees, and where that takes its ankle (T, 3)."""
    heel, toe = (sole.offset for sole in skeleton().soles if sole.name.startswith(side))
    tilt = matrix_from_axis_angle(np.radians(degrees) * (1.0, 0.0, 0.0))
    pivot = np.where(degrees > 0.0, toe, heel)
    return tilt, pivot - np.einsum("tij,tj->ti", tilt, pivot)


def contacts(targets: Targets) -> np.ndarray:
    """Which of heel and toe of the left, then of the right foot are on the floor: (T, 4), 0 or 1."""
    down = []
    for side in SIDES:
        low, tilt = (targets.channel(f"{side}_{name}")[:, 0] for name in ("lift", "tilt"))
        down += [(low < OFF_FLOOR_M) & (tilt < OFF_FLOOR_DEG), (low < OFF_FLOOR_M) & (tilt > -OFF_FLOOR_DEG)]
    return np.stack(down, axis=-1).astype(np.float32)


def seat_height() -> float:
    """Height of the pelvis joint of somebody who sits, with the shins upright: metres."""
    hip, _, shin, ankle = _leg("left")
    return float(ankle[1] + np.linalg.norm(shin) + SEAT_BELOW_KNEE_M - hip[1])


def pelvis_height(
    place: np.ndarray, pelvis: np.ndarray, standing: Mapping[str, Foot], sink: np.ndarray | float = 0.0
) -> np.ndarray:
    """Height at which the pelvis stands on its feet: (T,) metres.

    Args:
        place: (T, 2) of the pelvis on the floor: x and z, metres.
        pelvis: (T, 3, 3) its rotation.
        standing: both feet.
        sink: (T,) how much further than usual the knees let it down, metres.
    """
    heights = []
    for side in SIDES:
        hip, thigh, shin, _ = _leg(side)
        ankle = standing[side].ankle
        length = LOOSE_KNEE * (np.linalg.norm(thigh) + np.linalg.norm(shin))
        hip_at = pelvis @ hip
        across = np.stack((place[:, 0] + hip_at[:, 0] - ankle[:, 0], place[:, 1] + hip_at[:, 2] - ankle[:, 2]))
        heights.append(ankle[:, 1] - hip_at[:, 1] + np.sqrt(length**2 - np.sum(across**2, axis=0)))
    left, right = heights
    # A smooth minimum: the leg that would be too short decides.
    highest = -LOOSE_OVER_M * np.logaddexp(-left / LOOSE_OVER_M, -right / LOOSE_OVER_M)
    return highest - SINK_OVER_M * np.logaddexp(0.0, (SINK_M + sink) / SINK_OVER_M)


def solve_leg(
    side: str, translation: np.ndarray, pelvis: np.ndarray, foot: Foot
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Local rotations of hip, knee and ankle that put a foot where it is: (T, 3, 3) each.

    Args:
        side: "left" or "right".
        translation: (T, 3) pelvis position, metres.
        pelvis: (T, 3, 3) its rotation.
        foot: where the foot is.
    """
    hip, thigh, shin, _ = _leg(side)
    way = foot.ankle - (translation + pelvis @ hip)
    thigh_m, shin_m = np.linalg.norm(thigh), np.linalg.norm(shin)
    reach = np.linalg.norm(way, axis=-1, keepdims=True)
    line = way / reach
    reach = np.minimum(reach, thigh_m + shin_m - 1e-6)
    along = (reach**2 + thigh_m**2 - shin_m**2) / (2.0 * reach)
    aside = np.sqrt(np.maximum(thigh_m**2 - along**2, 0.0))
    # Knees go forward and slightly outward, over the toes; the hinge is the axis about which they bend.
    rest_toes = np.array((0.2 if side == "left" else -0.2, 0.0, 1.0))
    toes = foot.rotation @ rest_toes
    front = unit(toes - np.sum(toes * line, axis=-1, keepdims=True) * line)
    hinge = np.cross(line, front)
    rest_hinge = np.cross(thigh + shin, rest_toes)
    thigh_way = along * line + aside * front
    upper = turn(thigh_way, hinge, thigh, rest_hinge)
    lower = turn(reach * line - thigh_way, hinge, shin, rest_hinge)
    return (
        np.swapaxes(pelvis, -1, -2) @ upper,
        np.swapaxes(upper, -1, -2) @ lower,
        np.swapaxes(lower, -1, -2) @ foot.rotation,
    )
