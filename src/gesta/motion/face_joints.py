"""Jaw and eye joints from ARKit weights, for files whose readers know rotations only.

In gesta's own motion ARKit is the source for jaw and eyes, and the joints stay at rest; they are turned only while a
file is written. The jaw's forward shift (`jawForward`) has no rotation and is lost there.
"""

import numpy as np

from gesta.motion.face import ARKIT_INDEX
from gesta.motion.rotations import matrix_from_euler

JAW_OPEN_DEGREES = 18.0
"""Turn of the jaw about +X at jawOpen 1."""
JAW_SIDE_DEGREES = 6.0
"""Turn of the jaw about Y at jawLeft or jawRight 1."""
EYE_SIDE_DEGREES = 30.0
"""Turn of an eye about Y at eyeLookIn or eyeLookOut 1."""
EYE_UP_DEGREES = 25.0
EYE_DOWN_DEGREES = 30.0
"""Turns of an eye about X at eyeLookUp and eyeLookDown 1."""

FACE_JOINTS = ("jaw", "left_eye_smplhf", "right_eye_smplhf")


def face_joint_rotations(weights: np.ndarray) -> np.ndarray:
    """Local rotations of jaw, left and right eye: (T, 52) ARKit weights to (T, 3, 3, 3)."""

    def weight(name: str) -> np.ndarray:
        return np.asarray(weights[:, ARKIT_INDEX[name]], dtype=np.float64)

    down_and_left = np.zeros((len(weights), 3, 3))
    down_and_left[:, 0, 0] = JAW_OPEN_DEGREES * weight("jawOpen")
    down_and_left[:, 0, 1] = JAW_SIDE_DEGREES * (weight("jawLeft") - weight("jawRight"))
    # Left is +X, which the left eye reaches by looking out and the right eye by looking in.
    for row, (side, left, right) in enumerate((("Left", "Out", "In"), ("Right", "In", "Out")), start=1):
        down = EYE_DOWN_DEGREES * weight(f"eyeLookDown{side}") - EYE_UP_DEGREES * weight(f"eyeLookUp{side}")
        down_and_left[:, row, 0] = down
        down_and_left[:, row, 1] = EYE_SIDE_DEGREES * (weight(f"eyeLook{left}{side}") - weight(f"eyeLook{right}{side}"))
    return matrix_from_euler("YXZ", np.radians(down_and_left)[..., [1, 0, 2]])
