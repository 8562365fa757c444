"""How the elbows bend, and how they are carried."""

import numpy as np

LEVELS = (5, 50, 95)
"""Percentiles of both angles that are reported."""
MINIMUM_LENGTH_M = 1e-6
"""Vectors shorter than this have no direction."""
BENT_DEGREES = 30.0
"""An elbow that is less bent has no swivel: the arm is nearly a line."""


def elbow_flexion(shoulder: np.ndarray, elbow: np.ndarray, wrist: np.ndarray) -> np.ndarray:
    """Angle between upper arm and forearm, 0 for a straight arm: three times (T, 3) metres to (T,) degrees."""
    upper, fore = np.asarray(elbow - shoulder, np.float64), np.asarray(wrist - elbow, np.float64)
    across = np.linalg.norm(np.cross(upper, fore), axis=-1)
    return np.degrees(np.arctan2(across, np.sum(upper * fore, axis=-1)))


def elbow_swivel(shoulder: np.ndarray, elbow: np.ndarray, wrist: np.ndarray, outward: np.ndarray) -> np.ndarray:
    """Angle by which the elbow stands out of the vertical plane through shoulder and wrist, outward positive.

    The elbow turns about the line from shoulder to wrist. Zero is straight below that line, 90 degrees is level with
    it on the outer side.

    Args:
        shoulder: (T, 3) metres.
        elbow: (T, 3) metres.
        wrist: (T, 3) metres.
        outward: (T, 3) direction away from the body's middle, of any length.

    Returns:
        (T,) degrees in [-180, 180]; not a number where the line is vertical or the elbow bent under BENT_DEGREES.
    """
    line = _unit(wrist - shoulder)
    down = _unit(_without(np.broadcast_to([0.0, -1.0, 0.0], line.shape), line))
    side = np.cross(line, down)
    side = side * np.sign(np.sum(side * outward, axis=-1, keepdims=True))
    arm = _without(elbow - shoulder, line)
    swivel = np.degrees(np.arctan2(np.sum(arm * side, axis=-1), np.sum(arm * down, axis=-1)))
    return np.where(elbow_flexion(shoulder, elbow, wrist) < BENT_DEGREES, np.nan, swivel)


def _unit(vectors: np.ndarray) -> np.ndarray:
    """Directions of (T, 3) vectors; not a number where a vector has none."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.where(lengths < MINIMUM_LENGTH_M, np.nan, lengths)


def _without(vectors: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """What is left of (T, 3) vectors without their part along the (T, 3) unit `direction`."""
    return vectors - direction * np.sum(vectors * direction, axis=-1, keepdims=True)
