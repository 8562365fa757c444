"""The skin of our body in a person's build, in any pose: what hides what in a picture.

T frames, J joints of the skeleton, R joints of the rig (the skeleton's and its helpers), V vertices.
"""

from dataclasses import replace

import numpy as np

from gesta.avatar.face_weights import tamed
from gesta.avatar.figure import figure
from gesta.avatar.looks import look
from gesta.avatar.posing import Figure
from gesta.avatar.skinning import carry
from gesta.keypoints.bridge.body_fit import BodyFit
from gesta.keypoints.bridge.proportions import bone_sizes, flesh_sizes
from gesta.motion.kinematics import Pose, forward
from gesta.motion.skeleton import skeleton


class BuiltSurface:
    """The body's skin in one build.

    Attributes:
        worn: the body at rest.
        bones: its rig, with the person's proportions.
        flesh: (R,) float32 how large what each joint of the rig carries is.
    """

    def __init__(self, fit: BodyFit) -> None:
        self.worn = figure(look())
        lengths, self.flesh = (_of_rig(self.worn, of(fit.sizes)[0].numpy()) for of in (bone_sizes, flesh_sizes))
        bones = self.worn.rig.bones
        self.bones = replace(bones, offsets=bones.offsets * lengths[:, None])

    def pose(self, rotations: np.ndarray, pelvis: np.ndarray) -> Pose:
        """Where the rig's R joints are in poses (T, 55, 3, 3), local ones, with the pelvis at (T, 3) metres."""
        return forward(self.worn.rig.local(rotations), pelvis, self.bones)

    def carried(self, rest: np.ndarray, pose: Pose, frame: int = 0) -> np.ndarray:
        """Where a pose's frame carries the skin (V, 3) of the T-pose: (V, 3) float32 metres."""
        turned = pose.rotations[frame] * self.flesh[:, None, None]
        shifts = pose.positions[frame] - np.einsum("jab,jb->ja", turned, self.worn.rig.rest_positions)
        placed = np.empty(rest.shape, np.float32)
        carry(rest, self.worn.joints, self.worn.weights, turned, shifts, placed)
        return placed

    def posed(self, rotations: np.ndarray, pelvis: np.ndarray, face: np.ndarray) -> np.ndarray:
        """Where the skin is: (T, V, 3) float32 metres.

        Args:
            rotations: (T, 55, 3, 3) local.
            pelvis: (T, 3) metres.
            face: (T, 52) ARKit weights.
        """
        pose, weights = self.pose(np.asarray(rotations, np.float32), pelvis.astype(np.float32)), tamed(face)
        placed = np.empty((len(rotations), *self.worn.vertices.shape), np.float32)
        for frame, shown in enumerate(placed):
            moved = self.worn.vertices + self.worn.shapes.offset(weights[frame], len(self.worn.vertices))
            shown[:] = self.carried(moved, pose, frame)
        return placed


def _of_rig(worn: Figure, of_joints: np.ndarray) -> np.ndarray:
    """Values (J,) of the skeleton's joints for all of the rig's, (R,): a helper has those of the bone it lies on."""
    bones = skeleton()
    on_bone = []
    for helper in worn.rig.helpers:
        below = bones.children(helper.parent)
        on_bone.append(bones.index(below[0] if below else helper.parent))
    return np.concatenate([of_joints, of_joints[on_bone]]).astype(np.float32)
