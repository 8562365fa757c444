"""How far a relief may be moved: deviations are let through whole while small and eased off towards a limit."""

import numpy as np

from gesta.motion.rotations import axis_angle_from_matrix, matrix_from_axis_angle

TURNS_DEG = {
    "spine1": (1.5, 1.2, 1.2),
    "spine2": (2.0, 1.8, 1.8),
    "spine3": (2.0, 1.8, 1.8),
    "neck": (6.0, 8.0, 6.0),
    "head": (8.0, 10.0, 6.0),
    "collar": (6.0, 6.0, 6.0),
    "wrist": (14.0, 18.0, 18.0),
}
"""By joint: the most that it turns away from the picture about x, y and z; what they
make of the head together is eased once more. Joints that are not named, legs and pelvis, stay."""
HEAD_DEG = (7.0, 13.0, 6.0)
"""How far the head turns from the picture in all: what a face hides, ear and temple, is not there to be turned to."""
FINGER_DEG = 16.0
FINGER_SHARE = 0.3
"""Fingers bend by this share of what the motion asks."""
WRIST_M = (0.068, 0.07, 0.02)
"""How far a wrist may go from where the picture has it: sideways, up, toward the camera. What lies behind it is not in
the picture, and foreshortening that is not there cannot be drawn."""


def eased(values: np.ndarray, most: np.ndarray | float) -> np.ndarray:
    """Values with the same sign and slope at 0 that never reach `most`: most * tanh(value / most)."""
    return most * np.tanh(values / most)


def eased_steps(steps: np.ndarray) -> np.ndarray:
    """Steps (..., 3) of a wrist: in the picture's plane in the same direction, no farther than WRIST_M says; toward the
    camera by itself, so that what cannot be drawn does not hold back what can."""
    plane = np.array(WRIST_M[:2])
    unit = steps[..., :2] / plane
    length = np.maximum(np.linalg.norm(unit, axis=-1, keepdims=True), 1e-9)
    return np.concatenate([unit * np.tanh(length) / length * plane, eased(steps[..., 2:], WRIST_M[2])], axis=-1)


def eased_turns(rotations: np.ndarray, most_deg: np.ndarray | float) -> np.ndarray:
    """Rotations (..., 3, 3) whose rotation vector is eased, axis by axis, to `most_deg`."""
    vectors = axis_angle_from_matrix(np.asarray(rotations, np.float64))
    return matrix_from_axis_angle(eased(vectors, np.radians(most_deg)))
