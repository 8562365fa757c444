"""Turning whole bodies between coordinate systems: by a rigid turn of the root, so that nothing inside them changes."""

import numpy as np

from gesta.errors import unknown_name

TURNS = {
    "y": np.eye(3),
    "z": np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]]),
    "camera": np.diag([1.0, -1.0, -1.0]),
}
"""World turns by which axis was up: y (nothing), z (a quarter turn back about X), or a camera's x right, y down, z
forward (half a turn about X)."""


def turn_upright(rotations: np.ndarray, translation: np.ndarray, up: str) -> np.ndarray:
    """Turn a body upright in place.

    Args:
        rotations: (T, J, 3, 3) local rotations; the root's are changed in place.
        translation: (T, 3) metres.
        up: a name in TURNS.

    Returns:
        (T, 3) float32 translation, turned.
    """
    if up not in TURNS:
        raise unknown_name("up axis", up, TURNS)
    turn = TURNS[up]
    if up != "y":
        rotations[:, 0] = turn @ rotations[:, 0]
    return (translation @ turn.T).astype(np.float32)
