"""The fitted body behind a picture: its joints in any pose, its surface in the picture's, and the camera.

Coordinates are the camera's: x to the picture's right, y up, the camera at the origin looking along -z.

T frames, J joints of the rig (the skeleton's and its helpers), V vertices.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gesta.avatar.posing import Figure
from gesta.film.puppet.flat_arms import flatten_arms
from gesta.keypoints.bridge.fit import BodyFit
from gesta.keypoints.bridge.pose_numbers import rotations_of
from gesta.keypoints.bridge.surface import BuiltSurface
from gesta.motion.kinematics import Pose


@dataclass(frozen=True)
class PicturedBody:
    """A body as the person in a picture.

    Attributes:
        built: the body with the person's proportions.
        local: (55, 3, 3) float32 the picture's pose, local rotations.
        pelvis: (3,) float32 metres.
        view: (5, 3) float64 the camera, as `gesta.render.camera.Camera.packed` gives it.
        face: (52,) float32 ARKit weights, what the picture's face expresses as far as its points tell.
    """

    built: BuiltSurface
    local: np.ndarray
    pelvis: np.ndarray
    view: np.ndarray
    face: np.ndarray

    @classmethod
    def of(cls, fit: BodyFit) -> "PicturedBody":
        """The body of a fit's first frame."""
        centre = fit.centre.tolist()
        view = np.array(((0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, -1), (float(fit.focal), *centre)), np.float64)
        local = rotations_of(fit.numbers[:1])[0].numpy().astype(np.float32)
        pelvis, face = (of[0].numpy().astype(np.float32) for of in (fit.pelvis, fit.face))
        return cls(BuiltSurface(fit), local, pelvis, view, face)

    @property
    def worn(self) -> Figure:
        """The body at rest."""
        return self.built.worn

    def pose(self, rotations: np.ndarray) -> Pose:
        """Where the rig's J joints are in poses (T, 55, 3, 3), the pelvis where it is in the picture."""
        return self.built.pose(rotations, np.tile(self.pelvis, (len(rotations), 1)))

    def surface(self, rest: np.ndarray | None = None) -> np.ndarray:
        """The surface in the picture's pose: (V, 3) float32 metres.

        Args:
            rest: (V, 3) metres, the surface in the T-pose; none: with the face at rest.
        """
        rest = self.worn.vertices if rest is None else rest
        return self.built.carried(rest, self.pose(self.local[None]))

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
        flatten_arms(self.built.bones, before, after, arms, turns, shifts)
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
