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
from gesta.motion.kinematics import forward
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
        lengths, self.flesh = (of_rig(self.worn, of(fit.sizes)[0].numpy()) for of in (bone_sizes, flesh_sizes))
        bones = self.worn.rig.bones
        self.bones = replace(bones, offsets=bones.offsets * lengths[:, None])

    def posed(self, rotations: np.ndarray, pelvis: np.ndarray, face: np.ndarray) -> np.ndarray:
        """Where the skin is: (T, V, 3) float32 metres.

        Args:
            rotations: (T, 55, 3, 3) local.
            pelvis: (T, 3) metres.
            face: (T, 52) ARKit weights.
        """
        pose = forward(self.worn.rig.local(np.asarray(rotations, np.float32)), pelvis.astype(np.float32), self.bones)
        turned = pose.rotations * self.flesh[:, None, None]
        shifts = pose.positions - np.einsum("tjab,jb->tja", turned, self.worn.rig.rest_positions)
        weights = tamed(face)
        placed = np.empty((len(rotations), *self.worn.vertices.shape), np.float32)
        for frame, shown in enumerate(placed):
            moved = self.worn.vertices + self.worn.shapes.offset(weights[frame], len(self.worn.vertices))
            carry(moved, self.worn.joints, self.worn.weights, turned[frame], shifts[frame], shown)
        return placed


def of_rig(worn: Figure, of_joints: np.ndarray) -> np.ndarray:
    """Values (J,) of the skeleton's joints for all of the rig's, (R,): a helper has those of the bone it lies on."""
    bones = skeleton()
    on_bone = []
    for helper in worn.rig.helpers:
        below = bones.children(helper.parent)
        on_bone.append(bones.index(below[0] if below else helper.parent))
    return np.concatenate([of_joints, of_joints[on_bone]]).astype(np.float32)
