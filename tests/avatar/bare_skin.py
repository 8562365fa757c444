"""The packaged body's bare skin as a figure, and single joints turned, for tests that measure the surface itself."""

from functools import cache

import numpy as np
from scipy.spatial.transform import Rotation

from gesta.avatar.asset import body_asset
from gesta.avatar.info import SKIN
from gesta.avatar.posing import Figure
from gesta.avatar.rig import Rig
from gesta.motion.skeleton import PELVIS, skeleton


@cache
def bare_skin() -> Figure:
    """The skin with every vertex and face of the piece, in its order."""
    body = body_asset()
    piece = body.pieces[SKIN]
    return Figure(
        vertices=piece.vertices,
        drawn=len(piece.vertices),
        faces=piece.faces,
        material=np.zeros((len(piece.vertices), 4), np.float32),
        kind=np.zeros(len(piece.vertices), np.uint8),
        two_sided=np.zeros(len(piece.faces), bool),
        joints=piece.joints.astype(np.int32),
        weights=piece.weights,
        shapes=piece.shapes,
        correctives=piece.correctives,
        rules=body.info.correctives,
        landmarks={},
        rig=Rig(body.info.helpers),
    )


def posed(**degrees: tuple[float, float, float]) -> np.ndarray:
    """The skin (V, 3) metres with joints turned by rotation vectors in degrees."""
    bones = skeleton()
    rotations = np.tile(np.eye(3, dtype=np.float32), (1, len(bones.names), 1, 1))
    for joint, turn in degrees.items():
        rotations[0, bones.index(joint)] = Rotation.from_rotvec(turn, degrees=True).as_matrix()
    root = bones.rest_positions()[bones.index(PELVIS)]
    return bare_skin().pose(rotations, root[None], None)[0][0]
