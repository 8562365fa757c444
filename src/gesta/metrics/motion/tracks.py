"""What the measures look at: where a few joints are and how a few of them turn, found once for a motion."""

from dataclasses import dataclass

import numpy as np

from gesta.motion.kinematics import Pose, track
from gesta.motion.skeleton import PELVIS
from gesta.records import Motion

SIDES = ("left", "right")
HEAD, CHEST = "head", "spine3"
PAIRS = ("hip", "shoulder", "elbow", "wrist")
CARRIED = (PELVIS, CHEST, HEAD)
TURNED = (*CARRIED, *(f"{side}_wrist" for side in SIDES))
JOINTS = (*CARRIED, *(f"{side}_{part}" for part in PAIRS for side in SIDES))


@dataclass(frozen=True)
class Tracks:
    """Global positions of JOINTS and rotations of TURNED over T frames."""

    pose: Pose

    @classmethod
    def of(cls, motion: Motion) -> "Tracks":
        """Follow the joints of a motion through the world, in blocks."""
        return cls(track(motion.rotations, motion.translation, JOINTS, TURNED))

    def position(self, joint: str) -> np.ndarray:
        """(T, 3) metres of one of JOINTS."""
        return self.pose.positions[:, JOINTS.index(joint)]

    def rotation(self, joint: str) -> np.ndarray:
        """(T, 3, 3) global rotations of one of TURNED."""
        return self.pose.rotations[:, TURNED.index(joint)]

    def both(self, part: str) -> np.ndarray:
        """(T, 2, 3) metres of a part's left and right joint."""
        return np.stack([self.position(f"{side}_{part}") for side in SIDES], axis=1)

    def in_pelvis(self, part: str) -> np.ndarray:
        """(T, 2, 3) metres of a part's left and right joint in the pelvis' frame."""
        offset = self.both(part) - self.position(PELVIS)[:, None]
        return np.einsum("tji,tsj->tsi", self.rotation(PELVIS), offset)
