"""The fitted body behind a picture: its joints in any pose, its surface in the picture's, and the camera.

Coordinates are the camera's: x to the picture's right, y up, the camera at the origin looking along -z.

T frames, J joints of the rig (the skeleton's and its helpers), V vertices.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gesta.avatar.figure import figure
from gesta.avatar.looks import look
from gesta.avatar.posing import Figure
from gesta.film.puppet.flat_arms import flatten_arms
from gesta.keypoints.bridge.fit import BodyFit
from gesta.keypoints.bridge.pose_numbers import rotations_of
from gesta.keypoints.bridge.proportions import bone_sizes, flesh_sizes
from gesta.motion.kinematics import Pose, forward
from gesta.motion.skeleton import Skeleton, skeleton


@dataclass(frozen=True)
class PicturedBody:
    """A body as the person in a picture.

    Attributes:
        worn: the body at rest.
        bones: its rig, with the person's proportions.
        flesh: (J,) float32 how large what each joint carries is.
        local: (55, 3, 3) float32 the picture's pose, local rotations.
        pelvis: (3,) float32 metres.
        view: (5, 3) float64 the camera, as `gesta.render.camera.Camera.packed` gives it.
    """

    worn: Figure
    bones: Skeleton
    flesh: np.ndarray
    local: np.ndarray
    pelvis: np.ndarray
    view: np.ndarray

    @classmethod
    def of(cls, fit: BodyFit) -> "PicturedBody":
        """The body of a fit's first frame."""
        worn = figure(look())
        sizes = fit.sizes[:1]
        lengths, flesh = (_of_rig(worn, values) for values in (bone_sizes(sizes)[0], flesh_sizes(sizes)[0]))
        bones = replace(worn.rig.bones, offsets=worn.rig.bones.offsets * lengths[:, None])
        centre = fit.centre.tolist()
        view = np.array(((0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, -1), (float(fit.focal), *centre)), np.float64)
        local = rotations_of(fit.numbers[:1])[0].numpy().astype(np.float32)
        return cls(worn, bones, flesh, local, fit.pelvis[0].numpy().astype(np.float32), view)

    def pose(self, rotations: np.ndarray) -> Pose:
        """Where the rig's J joints are in poses (T, 55, 3, 3), the pelvis where it is in the picture."""
        return forward(self.worn.rig.local(rotations), np.tile(self.pelvis, (len(rotations), 1)), self.bones)

    def surface(self, rest: np.ndarray | None = None) -> np.ndarray:
        """The surface in the picture's pose: (V, 3) float32 metres.

        Args:
            rest: (V, 3) metres, the surface in the T-pose; none: with the face at rest.
        """
        rest = self.worn.vertices if rest is None else rest
        pose = self.pose(self.local[None])
        place = np.zeros_like(rest, dtype=np.float64)
        for slot in range(self.worn.joints.shape[1]):
            joints, shares = self.worn.joints[:, slot], self.worn.weights[:, slot]
            arm = (rest - self.worn.rig.rest_positions[joints]) * self.flesh[joints, None]
            turned = np.einsum("vab,vb->va", pose.rotations[0, joints], arm)
            place += shares[:, None] * (turned + pose.positions[0, joints])
        return place.astype(np.float32)

    def moves(self, rotations: np.ndarray, arms: Sequence[str] = ()) -> tuple[np.ndarray, np.ndarray]:
        """What carries the picture's pose to others (T, 55, 3, 3).

        Args:
            rotations: local ones.
            arms: the sides whose arms move as those of a relief do.

        Returns:
            (T, J, 3, 3) float32 rotations and (T, J, 3) float32 metres: x becomes map @ x + shift.
        """
        before, after = self.pose(self.local[None]), self.pose(rotations)
        turns = after.rotations @ np.swapaxes(before.rotations, -1, -2)
        shifts = after.positions - np.einsum("tjab,jb->tja", turns, before.positions[0])
        flatten_arms(self.bones, before, after, arms, turns, shifts)
        return turns.astype(np.float32), shifts.astype(np.float32)

    def seen(self, points: np.ndarray) -> np.ndarray:
        """Where points (..., 3) land: (..., 3) pixel x, pixel y and distance in metres."""
        focal, centre_x, centre_y = self.view[4]
        distance = np.maximum(-points[..., 2], 1e-3)
        scale = focal / distance
        return np.stack([centre_x + scale * points[..., 0], centre_y - scale * points[..., 1], distance], axis=-1)

    def at(self, places: np.ndarray, distance: np.ndarray) -> np.ndarray:
        """Points at pixels (N, 2) and distances (N,): (N, 3) metres."""
        focal, centre_x, centre_y = self.view[4]
        per = distance / focal
        return np.stack([(places[:, 0] - centre_x) * per, (centre_y - places[:, 1]) * per, -distance], axis=1)


def _of_rig(worn: Figure, of_joints: object) -> np.ndarray:
    """Values (55,) of the skeleton's joints for all of the rig's: a helper has those of the bone it lies on."""
    values = np.asarray(of_joints, np.float32)
    bones = skeleton()
    on_bone = []
    for helper in worn.rig.helpers:
        below = bones.children(helper.parent)
        on_bone.append(bones.index(below[0] if below else helper.parent))
    return np.concatenate([values, values[on_bone]])
