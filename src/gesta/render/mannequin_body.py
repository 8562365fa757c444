"""The mannequin's trunk, neck, arms, legs and feet, laid round the skeleton's rest pose."""

from collections.abc import Sequence

import numpy as np
from scipy.interpolate import PchipInterpolator

from gesta.motion.skeleton import Skeleton
from gesta.render.palette import SHOE, SKIN, TOP, TROUSERS
from gesta.render.shapes import Piece, limb, limb_rings, loft, mirrored

TRUNK = np.array(
    [  # height, half width, half depth, middle's depth (z); metres, at rest
        (0.808, 0.055, 0.060, -0.018),
        (0.835, 0.118, 0.084, -0.020),
        (0.875, 0.165, 0.102, -0.022),
        (0.925, 0.172, 0.110, -0.022),
        (0.985, 0.156, 0.104, -0.016),
        (1.050, 0.136, 0.094, -0.010),
        (1.110, 0.134, 0.094, -0.008),
        (1.170, 0.145, 0.103, -0.006),
        (1.230, 0.157, 0.109, -0.006),
        (1.280, 0.160, 0.102, -0.012),
        (1.318, 0.150, 0.084, -0.020),
        (1.345, 0.122, 0.066, -0.026),
        (1.362, 0.090, 0.057, -0.030),
        (1.374, 0.065, 0.053, -0.032),
        (1.386, 0.055, 0.051, -0.032),
    ]
)
TRUNK_RINGS = 28
TRUNK_COLUMNS = 32
TRUNK_BOTTOM = np.array((0.0, 0.800, -0.018))
TRUNK_TOP = np.array((0.0, 1.378, -0.032))
TRUNK_JOINTS = ("pelvis", "spine1", "spine2", "spine3")
TRUNK_BENDS = ((0.985, 1.085), (1.100, 1.190), (1.180, 1.250))
"""Heights between which one joint of TRUNK_JOINTS hands over to the next."""
WAIST_M = 0.992
"""Where the top ends and the trousers begin."""
SEAM_M = 0.0008
"""Half the height of the seam over which the colour changes."""
COLLAR_PULL = 0.75
"""Share of the collar bone's motion that the outer shoulder takes."""

UPPER_ARM = ((0.0, 0.0470), (0.12, 0.0470), (0.35, 0.0435), (0.7, 0.0395), (1.0, 0.0370))
FOREARM = ((0.0, 0.0370), (0.2, 0.0385), (0.5, 0.0345), (0.8, 0.0285), (0.93, 0.0272))
THIGH = ((0.0, 0.0900), (0.15, 0.0900), (0.4, 0.0820), (0.7, 0.0690), (1.0, 0.0560))
SHIN = ((0.0, 0.0560), (0.12, 0.0555), (0.3, 0.0575), (0.5, 0.0520), (0.75, 0.0430), (1.0, 0.0400))
COLLAR = ((0.0, 0.0580), (0.5, 0.0530), (1.0, 0.0470))
COLLAR_START = np.array((0.030, 1.312, -0.026))
ARM_COLUMNS, LEG_COLUMNS = 16, 18
NECK_COLUMNS = 20
NECK = ((0.0, 0.0500), (0.3, 0.0465), (0.65, 0.0455), (1.0, 0.0470))

SHOE_PLACES = np.array([0.0, 0.05, 0.15, 0.30, 0.45, 0.60, 0.75, 0.88, 0.96])
SHOE_WIDTHS = np.array([0.018, 0.028, 0.035, 0.037, 0.038, 0.043, 0.046, 0.039, 0.024])
SHOE_HEIGHTS = np.array([0.040, 0.062, 0.078, 0.092, 0.080, 0.060, 0.046, 0.037, 0.028])
SHOE_COLUMNS = 16
SOLE_SQUARENESS = 0.45
"""Exponent of the shoe's section: below 1 it is boxier, so that the sole lies flat."""
SHOE_BEND = (0.62, 0.78)
"""Places along the shoe between which the ball of the foot takes over from the ankle."""


def _step(low: float, high: float, value: np.ndarray) -> np.ndarray:
    """0 below `low`, 1 above `high`, and a smooth way between."""
    share = np.clip((value - low) / (high - low), 0.0, 1.0)
    return share * share * (3.0 - 2.0 * share)


def body_pieces(bones: Skeleton) -> list[Piece]:
    """Everything but head and hands."""
    rest = dict(zip(bones.names, bones.rest_positions(), strict=True))
    left = [*_arm(rest), *_leg(rest), _shoe(bones)]
    return [_trunk(), _neck(rest), *left, *(mirrored(piece) for piece in left)]


def _trunk() -> Piece:
    """Pelvis, belly and chest as one skin, bent by the spine and drawn along by the collar bones."""
    spread = np.linspace(0.0, 1.0, TRUNK_RINGS)
    even = TRUNK[0, 0] + (TRUNK[-1, 0] - TRUNK[0, 0]) * spread
    heights = np.sort(np.append(even, (WAIST_M - SEAM_M, WAIST_M + SEAM_M)))
    width, depth, middle = PchipInterpolator(TRUNK[:, 0], TRUNK[:, 1:])(heights).T[:, :, None]
    turn = 2 * np.pi * np.arange(TRUNK_COLUMNS) / TRUNK_COLUMNS
    side, front = np.sin(turn), np.cos(turn)
    # A trunk is a rounded box more than an ellipse; its back is flatter than its front.
    side, front = np.sign(side) * np.abs(side) ** 0.88, np.sign(front) * np.abs(front) ** 0.82
    rings = np.stack(
        np.broadcast_arrays(width * side, heights[:, None], middle + depth * front * np.where(front < 0, 0.92, 1.0)),
        axis=-1,
    )
    vertices, faces = loft(rings, TRUNK_BOTTOM, TRUNK_TOP)
    steps = [np.ones(len(vertices)), *(_step(*bend, vertices[:, 1]) for bend in TRUNK_BENDS), np.zeros(len(vertices))]
    weights = {joint: steps[at] - steps[at + 1] for at, joint in enumerate(TRUNK_JOINTS)}
    upper = _step(1.22, 1.31, vertices[:, 1]) * COLLAR_PULL
    for name, sign in (("left_collar", 1.0), ("right_collar", -1.0)):
        weights[name] = upper * _step(0.06, 0.15, sign * vertices[:, 0]) * weights["spine3"]
    weights["spine3"] = weights["spine3"] - weights["left_collar"] - weights["right_collar"]
    material = np.where(vertices[:, 1:2] > WAIST_M, TOP, TROUSERS)
    return Piece(vertices, faces, material, weights)


def _neck(rest: dict[str, np.ndarray]) -> Piece:
    """From inside the collar to inside the head, bending between chest, neck and head."""
    start, end = rest["neck"] + (0.0, -0.020, 0.0), rest["head"] + (0.0, 0.010, -0.008)
    places = np.linspace(0.0, 1.0, 9)
    profile = list(zip(places, np.interp(places, *np.array(NECK).T), strict=True))
    vertices, faces = loft(*limb_rings(start, end, profile, NECK_COLUMNS))
    along = (vertices[:, 1] - start[1]) / (end[1] - start[1])
    lower, upper = _step(-0.1, 0.35, along), _step(0.45, 1.0, along)
    weights = {"spine3": 1.0 - lower, "neck": lower - upper, "head": upper}
    return Piece(vertices, faces, np.tile(SKIN, (len(vertices), 1)), weights)


def _dense(profile: Sequence[tuple[float, float]], rings: int) -> list[tuple[float, float]]:
    """A smooth profile with more rings through the same points."""
    places, radii = np.array(profile).T
    fine = np.linspace(places[0], places[-1], rings)
    return list(zip(fine, PchipInterpolator(places, radii)(fine), strict=True))


def _arm(rest: dict[str, np.ndarray]) -> list[Piece]:
    """Left shoulder, upper arm and forearm; the ends are balls round the joints, so no bend opens a gap."""
    shoulder, elbow, wrist = (rest[f"left_{name}"] for name in ("shoulder", "elbow", "wrist"))
    cuff = elbow + (wrist - elbow) * FOREARM[-1][0]
    forearm = [(place / FOREARM[-1][0], radius) for place, radius in FOREARM]
    return [
        limb(COLLAR_START, shoulder, COLLAR, ARM_COLUMNS, TOP, "left_collar"),
        limb(shoulder, elbow, _dense(UPPER_ARM, 7), ARM_COLUMNS, TOP, "left_shoulder"),
        limb(elbow, cuff, _dense(forearm, 7), ARM_COLUMNS, TOP, "left_elbow"),
    ]


def _leg(rest: dict[str, np.ndarray]) -> list[Piece]:
    """Left thigh and shin."""
    hip, knee, ankle = (rest[f"left_{name}"] for name in ("hip", "knee", "ankle"))
    return [
        limb(hip, knee, _dense(THIGH, 8), LEG_COLUMNS, TROUSERS, "left_hip"),
        limb(knee, ankle, _dense(SHIN, 8), LEG_COLUMNS, TROUSERS, "left_knee"),
    ]


def _shoe(bones: Skeleton) -> Piece:
    """The left shoe: flat on the floor from behind the heel point to beyond the toe point, bending at the ball."""
    rest = dict(zip(bones.names, bones.rest_positions(), strict=True))
    heel, toe = (rest[sole.joint] + sole.offset for sole in bones.soles[:2])
    along = (toe - heel) / np.linalg.norm(toe - heel)
    sideways = np.cross((0.0, 1.0, 0.0), along)
    start, length = heel - 0.016 * along, float(np.linalg.norm(toe - heel)) + 0.030
    places = np.linspace(SHOE_PLACES[0], SHOE_PLACES[-1], 14)
    widths = PchipInterpolator(SHOE_PLACES, SHOE_WIDTHS)(places)[:, None, None]
    heights = PchipInterpolator(SHOE_PLACES, SHOE_HEIGHTS)(places)[:, None, None]
    turn = 2 * np.pi * np.arange(SHOE_COLUMNS) / SHOE_COLUMNS
    side, rise = np.cos(turn), np.sin(turn)
    power = np.where(rise < 0, SOLE_SQUARENESS, 0.85)
    side, rise = np.sign(side) * np.abs(side) ** power, np.sign(rise) * np.abs(rise) ** power
    # The section's widest line lies a third up: below it the sole, above it the upper.
    upright = np.where(rise > 0, 1.0 / 3.0 + rise * 2.0 / 3.0, (1.0 + rise) / 3.0)[:, None]
    rings = (
        start
        + (places[:, None, None] * length) * along
        + widths * side[:, None] * sideways
        + heights * upright * np.array((0.0, 1.0, 0.0))
    )
    back, front = rings[0].mean(axis=0) - 0.006 * along, rings[-1].mean(axis=0) + 0.010 * along
    vertices, faces = loft(rings, back, front)
    ball = _step(*SHOE_BEND, (vertices - start) @ along / length)
    return Piece(vertices, faces, np.tile(SHOE, (len(vertices), 1)), {"left_ankle": 1.0 - ball, "left_foot": ball})
