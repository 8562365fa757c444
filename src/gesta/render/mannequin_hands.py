"""The mannequin's hands: a palm, a thumb with its ball, and four fingers of three segments each."""

import numpy as np

from gesta.motion.skeleton import Skeleton
from gesta.render.palette import SKIN
from gesta.render.shapes import Piece, limb, loft, mirrored, rigid

FINGERS = {  # radii in metres at the knuckle, the two joints and the tip
    "index": (0.0102, 0.0094, 0.0086, 0.0074),
    "middle": (0.0104, 0.0096, 0.0088, 0.0076),
    "ring": (0.0100, 0.0092, 0.0084, 0.0073),
    "pinky": (0.0089, 0.0082, 0.0075, 0.0066),
    "thumb": (0.0135, 0.0118, 0.0104, 0.0082),
}
TIP_SHARE = {"index": 0.85, "middle": 0.80, "ring": 0.80, "pinky": 1.0, "thumb": 0.72}
"""Length of the last segment, up to the centre of its round end, as a share of the one before."""
FINGER_COLUMNS = 8
THUMB_BALL = ((0.0, 0.0150), (0.5, 0.0165), (1.0, 0.0138))
PALM_PLACES = np.array([-0.16, -0.05, 0.10, 0.30, 0.55, 0.80, 0.95, 1.04])
PALM_WIDTHS = np.array([0.0225, 0.0235, 0.0260, 0.0330, 0.0395, 0.0415, 0.0395, 0.0340])
PALM_THICKNESSES = np.array([0.0185, 0.0185, 0.0185, 0.0175, 0.0155, 0.0135, 0.0110, 0.0080])
PALM_COLUMNS = 16


def hand_pieces(bones: Skeleton) -> list[Piece]:
    """Both hands."""
    rest = dict(zip(bones.names, bones.rest_positions(), strict=True))
    left = [_palm(rest), _thumb_ball(rest)]
    for finger in FINGERS:
        left += _finger(finger, rest)
    return [*left, *(mirrored(piece) for piece in left)]


def _palm(rest: dict[str, np.ndarray]) -> Piece:
    """The left palm with the wrist, a flattened loft from inside the sleeve to the knuckles."""
    wrist = rest["left_wrist"]
    knuckles = np.stack([rest[f"left_{finger}1"] for finger in ("index", "middle", "ring", "pinky")])
    reach = knuckles.mean(axis=0) - wrist
    sideways = np.array((0.0, 0.0, 1.0))
    turn = 2 * np.pi * np.arange(PALM_COLUMNS) / PALM_COLUMNS
    side = np.sign(np.cos(turn)) * np.abs(np.cos(turn)) ** 0.8
    rise = np.sign(np.sin(turn)) * np.abs(np.sin(turn)) ** 0.8
    rings = (
        wrist
        + PALM_PLACES[:, None, None] * reach
        + PALM_WIDTHS[:, None, None] * side[:, None] * sideways
        + PALM_THICKNESSES[:, None, None] * rise[:, None] * np.array((0.0, 1.0, 0.0))
    )
    # Seen along the arm the section runs clockwise from z to y, so the columns are taken in reverse.
    vertices, faces = loft(rings[:, ::-1], rings[0].mean(axis=0), rings[-1].mean(axis=0) + 0.004 * reach)
    return rigid(vertices, faces, SKIN, "left_wrist")


def _thumb_ball(rest: dict[str, np.ndarray]) -> Piece:
    """The muscle between wrist and thumb."""
    start = rest["left_wrist"] + (0.022, -0.004, 0.012)
    return limb(start, rest["left_thumb1"], THUMB_BALL, FINGER_COLUMNS, SKIN, "left_wrist")


def _finger(finger: str, rest: dict[str, np.ndarray]) -> list[Piece]:
    """Three segments, each a tapered limb whose round ends are the joints."""
    joints = [rest[f"left_{finger}{segment}"] for segment in (1, 2, 3)]
    joints.append(joints[2] + (joints[2] - joints[1]) * TIP_SHARE[finger])
    radii = FINGERS[finger]
    pieces = []
    for at in range(3):
        profile = ((0.0, radii[at]), (1.0, radii[at + 1]))
        pieces.append(limb(joints[at], joints[at + 1], profile, FINGER_COLUMNS, SKIN, f"left_{finger}{at + 1}"))
    return pieces
