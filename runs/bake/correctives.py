"""Shapes that mend the surface where linear skinning collapses: arms raised and hanging, elbows, wrists, hips, knees.

A better surface for each pose is found by "delta mush" (Mancewicz et al., Delta Mush: smoothing deformations while
preserving detail, DigiPro 2014): the skinned surface is smoothed, and the detail that smoothing takes off the surface
at rest is added back in frames of the smoothed one. What that changes by more than a millimetre is taken back to rest
through the skinning matrices. Right-hand shapes are the left ones mirrored.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from base import averaging
from folds import normals_of
from pieces import RIG, BakedPiece, Sparse
from rest_pose import MIRROR, blended
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from gesta.avatar.correctives import bone_direction
from gesta.avatar.info import CorrectiveInfo
from gesta.motion.skeleton import skeleton

SMOOTHINGS = 16
STEP = 0.5
NOTHING_M, WHOLE_M = 0.0006, 0.0016
"""A corrective is gone where it moves less than the first, and whole where it moves more than the second."""
NEIGHBOURS = 4
TRANSFER_REACH_M = 0.06
"""Cloth farther from the skin than this does not follow its correctives."""


@dataclass(frozen=True)
class Rule:
    """A corrective: the joint whose turn brings it on, that turn in degrees, and how far off it begins to act."""

    name: str
    joint: str
    turn: tuple[float, float, float]
    reach_deg: float
    grows: bool = False
    """Whether the surface may only be pushed out: bent elbows and knees are to stay pointed."""

    def mirrored(self) -> "Rule":
        """The same on the right."""
        x, y, z = self.turn
        name, joint = self.name.replace("left", "right"), self.joint.replace("left", "right")
        return replace(self, name=name, joint=joint, turn=(x, -y, -z))

    def matrix(self) -> np.ndarray:
        """The local rotation of the joint, (3, 3)."""
        return Rotation.from_rotvec(self.turn, degrees=True).as_matrix()

    def info(self) -> CorrectiveInfo:
        """The rule as the asset states it."""
        x, y, z = np.round(self.matrix() @ bone_direction(self.joint), 6).tolist()
        return CorrectiveInfo(name=self.name, joint=self.joint, direction=(x, y, z), reach_deg=self.reach_deg)


LEFT = (
    Rule("left_arm_raised", "left_shoulder", (0.0, 0.0, 80.0), 65.0),
    Rule("left_arm_hanging", "left_shoulder", (0.0, 0.0, -75.0), 60.0),
    Rule("left_arm_forward", "left_shoulder", (0.0, -85.0, 0.0), 65.0),
    Rule("left_elbow_bent", "left_elbow", (0.0, -120.0, 0.0), 100.0, grows=True),
    Rule("left_wrist_down", "left_wrist", (0.0, 0.0, -70.0), 55.0, grows=True),
    Rule("left_wrist_up", "left_wrist", (0.0, 0.0, 70.0), 55.0, grows=True),
    Rule("left_hip_bent", "left_hip", (-90.0, 0.0, 0.0), 80.0, grows=True),
    Rule("left_knee_bent", "left_knee", (90.0, 0.0, 0.0), 80.0, grows=True),
)
RULES = (*LEFT, *(rule.mirrored() for rule in LEFT))


def smoothed(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """A surface with its detail smoothed away, (V, 3)."""
    mean = averaging(faces, len(vertices))
    for _ in range(SMOOTHINGS):
        vertices = vertices + STEP * (mean @ vertices - vertices)
    return vertices


def frames(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """A frame on the surface at every vertex, (V, 3, 3) columns: towards a neighbour, across, outwards."""
    normals = normals_of(vertices, faces)
    neighbour = np.zeros(len(vertices), np.int64)
    for corner in range(3):
        neighbour[faces[:, corner]] = faces[:, (corner + 1) % 3]
    along = vertices[neighbour] - vertices
    along -= normals * np.sum(along * normals, axis=1, keepdims=True)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-12)
    return np.stack([along, np.cross(normals, along), normals], axis=2)


def mushed(rest: np.ndarray, posed: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """The posed surface (V, 3) as delta mush has it."""
    soft_rest, soft_posed = smoothed(rest, faces), smoothed(posed, faces)
    detail = np.einsum("vba,vb->va", frames(soft_rest, faces), rest - soft_rest)
    return soft_posed + np.einsum("vab,vb->va", frames(soft_posed, faces), detail)


def pose_of(rules: Sequence[Rule]) -> np.ndarray:
    """Local rotations (55, 3, 3) with the joints of some rules turned."""
    locals_ = np.tile(np.eye(3), (len(skeleton().names), 1, 1))
    for rule in rules:
        locals_[RIG.index(rule.joint)] = rule.matrix()
    return locals_


def corrective(skin: BakedPiece, rule: Rule) -> np.ndarray:
    """Offsets of the skin in the T-pose that mend the pose of a rule: (V, 3) metres."""
    matrices, shifts = blended(skin.weights, pose_of([rule]))
    posed = np.einsum("vab,vb->va", matrices, skin.vertices) + shifts
    better = mushed(skin.vertices, posed, skin.faces)
    change = better - posed
    if rule.grows:
        outwards = normals_of(better, skin.faces)
        change -= outwards * np.minimum(np.sum(change * outwards, axis=1, keepdims=True), 0.0)
    worn = np.zeros(len(posed), bool)
    worn[np.unique(skin.faces)] = True
    size = np.linalg.norm(change, axis=1)
    keep = np.clip((size - NOTHING_M) / (WHOLE_M - NOTHING_M), 0.0, 1.0) * worn
    return np.einsum("vab,vb->va", np.linalg.inv(matrices), change * keep[:, None])


def sparse(offsets: np.ndarray) -> Sparse:
    """Offsets (V, 3) as the vertices that they move."""
    moved = np.flatnonzero(np.linalg.norm(offsets, axis=1) > NOTHING_M / 4)
    return moved.astype(np.int32), offsets[moved]


def dense(moves: Sparse, count: int) -> np.ndarray:
    """Sparse offsets as (V, 3)."""
    offsets = np.zeros((count, 3))
    offsets[moves[0]] = moves[1]
    return offsets


def skin_correctives(skin: BakedPiece) -> list[Sparse]:
    """The skin's correctives in the order of RULES; `skin` is in the T-pose."""
    left = [corrective(skin, rule) for rule in LEFT]
    _, twin = cKDTree(skin.vertices).query(skin.vertices @ MIRROR)
    return [sparse(offsets) for offsets in (*left, *(offsets[twin] @ MIRROR for offsets in left))]


def transferred(mended: Sequence[Sparse], skin: BakedPiece, piece: BakedPiece) -> list[Sparse]:
    """Correctives of another piece, carried over from the nearest points of the skin."""
    worn = np.unique(skin.faces)
    distance, nearest = cKDTree(skin.vertices[worn]).query(piece.vertices, k=NEIGHBOURS)
    share = 1.0 / np.maximum(distance, 1e-4)
    share /= share.sum(axis=1, keepdims=True)
    share *= np.clip(2.0 - 2.0 * distance[:, :1] / TRANSFER_REACH_M, 0.0, 1.0)
    return [sparse(np.einsum("vk,vka->va", share, dense(moves, len(skin.vertices))[worn[nearest]])) for moves in mended]
