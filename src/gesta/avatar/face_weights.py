"""ARKit weights for any motion's face, and what of them a mesh can show."""

import numpy as np

from gesta.motion.face import ARKIT_INDEX, ARKIT_NAMES
from gesta.motion.face_joints import JAW_OPEN_DEGREES, JAW_SIDE_DEGREES
from gesta.motion.skeleton import skeleton
from gesta.records import Motion


def arkit_weights(motion: Motion) -> np.ndarray:
    """The face of a motion as ARKit weights: (T, 52) float32.

    A motion that speaks ARKit has them. One in the basis `flame100` gets the jaw's from the jaw joint; the rest of
    its face stays neutral, and its eyes are turned by their joints.
    """
    return motion.face if motion.face_basis == "arkit52" else jaw_weights(motion.rotations)


def jaw_weights(rotations: np.ndarray) -> np.ndarray:
    """ARKit weights (T, 52) float32 of what the jaw joint does in local rotations (T, 55, 3, 3); the others are 0.

    The inverse of `gesta.motion.face_joints`: there the jaw is turned about Y and then about its own X.
    """
    jaw = rotations[:, skeleton().index("jaw")]
    down = np.degrees(np.arcsin(np.clip(-jaw[:, 1, 2], -1.0, 1.0)))
    left = np.degrees(np.arctan2(jaw[:, 0, 2], jaw[:, 2, 2]))
    weights = np.zeros((len(rotations), len(ARKIT_NAMES)), np.float32)
    for name, degrees, full in (
        ("jawOpen", down, JAW_OPEN_DEGREES),
        ("jawLeft", left, JAW_SIDE_DEGREES),
        ("jawRight", -left, JAW_SIDE_DEGREES),
    ):
        weights[:, ARKIT_INDEX[name]] = np.clip(degrees / full, 0.0, 1.0)
    return weights


def tamed(face: np.ndarray) -> np.ndarray:
    """ARKit weights (T, 52) kept within what a mesh can show: 0 to 1, lids never past closed, lips never crossing."""
    weights = np.clip(face, 0.0, 1.0).astype(np.float32)
    for side in ("Left", "Right"):
        awake = 1.0 - weights[:, ARKIT_INDEX[f"eyeBlink{side}"]]
        for name in ("eyeLookDown", "eyeLookUp", "eyeSquint", "eyeWide"):
            weights[:, ARKIT_INDEX[f"{name}{side}"]] *= awake
    close, opened = ARKIT_INDEX["mouthClose"], ARKIT_INDEX["jawOpen"]
    weights[:, close] = np.minimum(weights[:, close], weights[:, opened])
    return weights
