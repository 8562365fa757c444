"""A dressed body at rest, and how it takes a pose: what drawing and export work with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gesta.avatar.correctives import corrective_weights
from gesta.avatar.face_weights import jaw_weights, tamed
from gesta.avatar.info import CorrectiveInfo
from gesta.avatar.rig import Rig
from gesta.avatar.shapes import SparseShapes, stacked
from gesta.avatar.skinning import carry_block
from gesta.motion.skeleton import skeleton

EYES = ("left_eye_smplhf", "right_eye_smplhf")


@dataclass(frozen=True)
class Figure:
    """A dressed body at rest, in the T-pose: V vertices, N triangles.

    Attributes:
        vertices: (V, 3) float32 metres.
        drawn: the first so many of them are corners of faces; the others, hidden landmarks, are not.
        faces: (N, 3) int32, counter-clockwise seen from outside.
        material: (V, 4) float32 linear red, green, blue and gloss.
        kind: (V,) uint8, indices into `gesta.avatar.info.KINDS`.
        two_sided: (N,) bool, whether the inner side is to be drawn too.
        joints: (V, 4) int32, indices into the rig's joints.
        weights: (V, 4) float32, rows sum to 1, the strongest first.
        shapes: the 52 ARKit units, in the order of ARKIT_NAMES.
        correctives: shapes that some poses bring on.
        rules: when each of the correctives acts.
        landmarks: (n,) int32 vertices of this figure by what is there.
        rig: the joints.
    """

    vertices: np.ndarray
    drawn: int
    faces: np.ndarray
    material: np.ndarray
    kind: np.ndarray
    two_sided: np.ndarray
    joints: np.ndarray
    weights: np.ndarray
    shapes: SparseShapes
    correctives: SparseShapes
    rules: Sequence[CorrectiveInfo]
    landmarks: Mapping[str, np.ndarray]
    rig: Rig

    @cached_property
    def _all_shapes(self) -> SparseShapes:
        return stacked(self.shapes, self.correctives)

    def pose(
        self, rotations: np.ndarray, translation: np.ndarray, face: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Where the figure's surface is, for a block of T frames.

        Args:
            rotations: (T, 55, 3, 3) local rotations.
            translation: (T, 3) position of the pelvis joint, metres.
            face: (T, 52) ARKit weights, which then move jaw and eyes; or None: jaw and eyes do what `rotations` says
                and the rest of the face stays neutral.

        Returns:
            vertices (T, V, 3) float32 metres and unit normals (T, V, 3) float32; vertices that are not drawn have
            none.
        """
        local = np.array(rotations, np.float32)
        if face is not None:
            local[:, skeleton().indices(EYES)] = np.eye(3, dtype=np.float32)
        weights = tamed(face) if face is not None else jaw_weights(local)
        pose = self.rig.pose(local, np.asarray(translation, np.float32))
        shifts = pose.positions - np.einsum("tjab,jb->tja", pose.rotations, self.rig.rest_positions)
        shapes = self._all_shapes
        vertices = np.empty((len(local), len(self.vertices), 3), np.float32)
        normals = np.empty_like(vertices)
        carry_block(
            self.vertices, shapes.starts, shapes.vertices, shapes.offsets,
            np.concatenate([weights, corrective_weights(self.rules, local)], axis=1),
            self.joints, self.weights, pose.rotations, shifts, self.faces,
            np.empty_like(self.vertices), vertices, normals,
        )  # fmt: skip
        return vertices, normals
