"""The skeleton as a figure to draw: a slim bone from each joint to the next, coloured by side."""

from functools import cache

import numpy as np

from gesta.avatar.normals import vertex_normals
from gesta.motion.face_joints import FACE_JOINTS
from gesta.motion.kinematics import forward
from gesta.motion.skeleton import skeleton
from gesta.render.finish import PLAIN_KIND
from gesta.render.palette import BONE_LEFT, BONE_MIDDLE, BONE_RIGHT
from gesta.render.shapes import Piece, ball, limb, rigid

THICKNESS = 0.085
"""Radius of a bone at its thickest, as a share of its length."""
MOST_RADIUS_M, LEAST_RADIUS_M = 0.0125, 0.0028
PROFILE = ((0.0, 0.45), (0.18, 1.0), (1.0, 0.30))
"""Place along a bone, and its radius there as a share of the thickest."""
BONE_COLUMNS = 8
BALL_SHARE = 0.85
"""Radius of a joint, as a share of the thickest bone that ends there."""
BALL_ROWS = 5


def _colour(joint: str) -> np.ndarray:
    return BONE_LEFT if joint.startswith("left") else BONE_RIGHT if joint.startswith("right") else BONE_MIDDLE


def _bone_pieces() -> list[Piece]:
    """A bone to each joint from its parent, which carries it, and a ball at the joint."""
    bones = skeleton()
    places, pieces = bones.rest_positions(), []
    for at, (name, parent) in enumerate(zip(bones.names, bones.parents, strict=True)):
        if parent < 0 or name in FACE_JOINTS:
            continue
        start, end = places[parent], places[at]
        radius = float(np.clip(THICKNESS * np.linalg.norm(end - start), LEAST_RADIUS_M, MOST_RADIUS_M))
        profile = [(place, share * radius) for place, share in PROFILE]
        pieces.append(limb(start, end, profile, BONE_COLUMNS, _colour(name), bones.names[parent]))
        pieces.append(rigid(*ball(end, np.full(3, BALL_SHARE * radius), BONE_COLUMNS, BALL_ROWS), _colour(name), name))
    return pieces


class BonesFigure:
    """The skeleton's bones; see `gesta.render.drawable.Drawable`."""

    def __init__(self) -> None:
        pieces = _bone_pieces()
        counts = [len(piece.vertices) for piece in pieces]
        starts = np.cumsum([0, *counts])
        self._joints = np.repeat(skeleton().indices(next(iter(piece.weights)) for piece in pieces), counts)
        rest = np.concatenate([piece.vertices for piece in pieces])
        self._offsets = (rest - skeleton().rest_positions()[self._joints]).astype(np.float32)
        self.material = np.concatenate([piece.material for piece in pieces]).astype(np.float32)
        self.faces = np.concatenate([piece.faces + at for piece, at in zip(pieces, starts, strict=False)]).astype(
            np.int32
        )
        self.kind = np.full(len(rest), PLAIN_KIND, np.uint8)
        self.two_sided = np.zeros(len(self.faces), np.bool_)
        self._normals = np.empty_like(self._offsets)
        vertex_normals(rest.astype(np.float32), self.faces, self._normals)

    def pose(
        self, rotations: np.ndarray, translation: np.ndarray, face: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Vertices and unit normals (T, V, 3) float32; the face has no bones that could move."""
        del face
        pose = forward(np.asarray(rotations, np.float32), np.asarray(translation, np.float32))
        turns = pose.rotations[:, self._joints]
        normals = np.einsum("tvab,vb->tva", turns, self._normals)
        vertices = np.einsum("tvab,vb->tva", turns, self._offsets) + pose.positions[:, self._joints]
        return vertices.astype(np.float32), normals.astype(np.float32)


@cache
def bones_figure() -> BonesFigure:
    """The one skeleton to draw, built when first asked for."""
    return BonesFigure()
