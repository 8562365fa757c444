"""Somebody who sits, for tests of what is drawn around him."""

import numpy as np

from gesta.motion.face import ARKIT_NAMES
from gesta.motion.rotations import matrix_from_euler
from gesta.motion.skeleton import skeleton
from gesta.records import Motion

LOWER_M = 0.36


def sitting(frames: int = 3, wander_m: float = 0.0) -> Motion:
    """Somebody with thighs level and shins upright, who may slide sideways."""
    bones = skeleton()
    rotations = np.tile(np.eye(3, dtype=np.float32), (frames, len(bones.names), 1, 1))
    for joint, degrees in (("hip", -86.0), ("knee", 86.0)):
        for side in ("left", "right"):
            rotations[:, bones.index(f"{side}_{joint}")] = matrix_from_euler("XYZ", np.radians((degrees, 0.0, 0.0)))
    translation = np.tile(bones.rest_positions()[0].astype(np.float32), (frames, 1))
    translation[:, 1] -= LOWER_M
    translation[:, 0] += np.linspace(0.0, wander_m, frames)
    return Motion(rotations, translation, np.zeros((frames, len(ARKIT_NAMES)), np.float32))
