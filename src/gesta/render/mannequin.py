"""The mannequin: a figure built once round the skeleton's rest pose, and posed a block of frames at a time."""

from functools import cache

import numpy as np

from gesta.avatar.face_weights import tamed
from gesta.avatar.normals import vertex_normals
from gesta.kernels import kernel
from gesta.motion.face import ARKIT_INDEX, ARKIT_NAMES
from gesta.motion.kinematics import forward
from gesta.motion.skeleton import skeleton
from gesta.render.finish import PLAIN_KIND
from gesta.render.mannequin_body import body_pieces
from gesta.render.mannequin_eyes import eyeball, lid, lid_moves
from gesta.render.mannequin_face import expressions, jaw_and_eyes
from gesta.render.mannequin_hair import hair_piece
from gesta.render.mannequin_hands import hand_pieces
from gesta.render.mannequin_head import HEAD_PARTS, head_pieces
from gesta.render.shapes import Piece

FACE_JOINTS = ("jaw", "left_eye_smplhf", "right_eye_smplhf")
WEIGHTS_PER_VERTEX = 4


@kernel
def _pose_frame(
    rest: np.ndarray, moves: np.ndarray, shell_centres: np.ndarray, shell_radii: np.ndarray, first_shell: int,
    joints: np.ndarray, weights: np.ndarray, rotations: np.ndarray, shifts: np.ndarray, vertices: np.ndarray,
) -> None:  # fmt: skip
    """Carry the vertices of one frame with their joints.

    Args:
        rest: (V, 3) metres.
        moves: (M, 3) what the expression adds to the first M vertices.
        shell_centres, shell_radii: (N, 3) and (N,): vertices from `first_shell` on stay on these spheres.
        first_shell: index of the first of those N vertices.
        joints, weights: (V, WEIGHTS_PER_VERTEX).
        rotations: (J, 3, 3) global.
        shifts: (J, 3) global position minus rotated rest position.
        vertices: (V, 3) float32, written.
    """
    for index in range(rest.shape[0]):
        x, y, z = rest[index, 0], rest[index, 1], rest[index, 2]
        if index < moves.shape[0]:
            x, y, z = x + moves[index, 0], y + moves[index, 1], z + moves[index, 2]
        shell = index - first_shell
        if 0 <= shell < shell_radii.shape[0]:
            cx, cy, cz = shell_centres[shell, 0], shell_centres[shell, 1], shell_centres[shell, 2]
            dx, dy, dz = x - cx, y - cy, z - cz
            scale = shell_radii[shell] / np.sqrt(dx * dx + dy * dy + dz * dz + np.float32(1e-12))
            x, y, z = cx + scale * dx, cy + scale * dy, cz + scale * dz
        for axis in range(3):
            total = np.float32(0.0)
            for slot in range(WEIGHTS_PER_VERTEX):
                share = weights[index, slot]
                if share > 0.0:
                    joint = joints[index, slot]
                    turned = (
                        rotations[joint, axis, 0] * x + rotations[joint, axis, 1] * y + rotations[joint, axis, 2] * z
                    )
                    total += share * (turned + shifts[joint, axis])
            vertices[index, axis] = total


@kernel
def _pose_block(
    rest: np.ndarray, moves: np.ndarray, shell_centres: np.ndarray, shell_radii: np.ndarray, first_shell: int,
    joints: np.ndarray, weights: np.ndarray, rotations: np.ndarray, shifts: np.ndarray, faces: np.ndarray,
    vertices: np.ndarray, normals: np.ndarray,
) -> None:  # fmt: skip
    """`_pose_frame` and normals for T frames: every array but the mannequin's own has T leading."""
    for frame in range(vertices.shape[0]):
        _pose_frame(
            rest, moves[frame], shell_centres, shell_radii, first_shell, joints, weights,
            rotations[frame], shifts[frame], vertices[frame],
        )  # fmt: skip
        vertex_normals(vertices[frame], faces, normals[frame])


def _small_rotations(turns: np.ndarray) -> np.ndarray:
    """Matrices (..., 3, 3) of axis-angles (..., 3) in radians, by Rodrigues' formula, without loading torch."""
    angle = np.linalg.norm(turns, axis=-1)[..., None, None]
    cross = np.zeros((*turns.shape, 3), np.float32)
    x, y, z = np.moveaxis(turns, -1, 0)
    cross[..., 0, 1], cross[..., 0, 2], cross[..., 1, 2] = -z, y, -x
    cross[..., 1, 0], cross[..., 2, 0], cross[..., 2, 1] = z, -y, x
    safe = np.maximum(angle, 1e-8)
    sine, turned = np.sin(angle) / safe, (1.0 - np.cos(angle)) / safe**2
    return np.eye(3, dtype=np.float32) + sine * cross + turned * (cross @ cross)


class Mannequin:
    """A figure of about 20,000 triangles with a face that speaks.

    Attributes:
        faces: (N, 3) int32, counter-clockwise seen from outside.
        material: (V, 4) float32 linear red, green, blue and gloss of each vertex.
        kind: (V,) uint8, plain everywhere.
        two_sided: (N,) bool, nowhere.
        rest: (V, 3) float32 metres, the vertices of the figure at rest.
        face_parts: which of them the parts of the face have: "left_upper_lid" and so on, and those in HEAD_PARTS.
    """

    def __init__(self) -> None:
        bones = skeleton()
        rest = dict(zip(bones.names, bones.rest_positions(), strict=True))
        lids, moves, centres, names = [], [], [], []
        for side in ("Left", "Right"):
            eye = rest[f"{side.lower()}_eye_smplhf"]
            for upper in (True, False):
                piece = lid(eye, upper)
                names.append(f"{side.lower()}_{'upper' if upper else 'lower'}_lid")
                own = np.zeros((len(ARKIT_NAMES), len(piece.vertices), 3))
                for name, move in lid_moves(upper).items():
                    own[ARKIT_INDEX[f"{name}{side}"]] = move
                lids.append(piece)
                moves.append(own)
                centres.append(np.tile(eye, (len(piece.vertices), 1)))
        head = head_pieces(bones)
        moves += [expressions(part) for part in head]
        eyes = [eyeball(rest[joint], joint) for joint in FACE_JOINTS[1:]]
        face = [*lids, *(part.piece for part in head), *eyes, hair_piece()]
        self._assemble([*face, *hand_pieces(bones), *body_pieces(bones)])
        ends = np.cumsum([len(piece.vertices) for piece in face]).tolist()
        self.face_parts = dict(zip([*names, *HEAD_PARTS], map(slice, [0, *ends], ends), strict=False))
        self._moves = np.concatenate(moves, axis=1).astype(np.float32).reshape(len(ARKIT_NAMES), -1)
        self._shell_centres = np.concatenate(centres).astype(np.float32)
        on_shell = self.rest[: len(self._shell_centres)] - self._shell_centres
        self._shell_radii = np.linalg.norm(on_shell, axis=1).astype(np.float32)
        self._joint_rest = bones.rest_positions().astype(np.float32)
        self._face_joints = bones.indices(FACE_JOINTS)

    def _assemble(self, pieces: list[Piece]) -> None:
        """Join the pieces into one mesh and keep the strongest weights of every vertex."""
        names = skeleton().names
        starts = np.cumsum([0, *(len(piece.vertices) for piece in pieces)])
        weights = np.zeros((starts[-1], len(names)))
        for piece, start in zip(pieces, starts, strict=False):
            for joint, share in piece.weights.items():
                weights[start : start + len(piece.vertices), names.index(joint)] = share
        strongest = np.argsort(-weights, axis=1, kind="stable")[:, :WEIGHTS_PER_VERTEX]
        kept = np.take_along_axis(weights, strongest, axis=1)
        self._joints = strongest.astype(np.int32)
        self._weights = (kept / kept.sum(axis=1, keepdims=True)).astype(np.float32)
        self.kind = np.full(starts[-1], PLAIN_KIND, np.uint8)
        self.rest = np.concatenate([piece.vertices for piece in pieces]).astype(np.float32)
        self.material = np.concatenate([piece.material for piece in pieces]).astype(np.float32)
        self.faces = np.concatenate([piece.faces + start for piece, start in zip(pieces, starts, strict=False)]).astype(
            np.int32
        )
        self.two_sided = np.zeros(len(self.faces), np.bool_)

    def pose(
        self, rotations: np.ndarray, translation: np.ndarray, face: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Where the figure's surface is, for a block of T frames.

        Args:
            rotations: (T, 55, 3, 3) local rotations.
            translation: (T, 3) position of the pelvis joint, metres.
            face: (T, 52) ARKit weights, which then move jaw and eyes; or None: the face stays neutral and jaw and
                eyes do what `rotations` says.

        Returns:
            vertices (T, V, 3) float32 metres and unit normals (T, V, 3) float32.
        """
        frames = len(rotations)
        weights = np.zeros((frames, len(ARKIT_NAMES)), np.float32)
        local = np.array(rotations, np.float32)
        if face is not None:
            weights = tamed(face)
            local[:, self._face_joints] = _small_rotations(jaw_and_eyes(weights))
        pose = forward(local, np.asarray(translation, np.float32))
        shifts = pose.positions - np.einsum("tjab,jb->tja", pose.rotations, self._joint_rest)
        moves = (weights @ self._moves).reshape(frames, -1, 3)
        vertices = np.empty((frames, len(self.rest), 3), np.float32)
        normals = np.empty_like(vertices)
        _pose_block(
            self.rest, moves, self._shell_centres, self._shell_radii, 0, self._joints, self._weights,
            pose.rotations, shifts, self.faces, vertices, normals,
        )  # fmt: skip
        return vertices, normals


@cache
def mannequin() -> Mannequin:
    """The one mannequin, built when first asked for."""
    return Mannequin()
