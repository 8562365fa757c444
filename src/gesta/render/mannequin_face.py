"""How the mannequin's face answers ARKit weights: what each of the 52 adds to the vertices at full strength."""

from collections.abc import Callable

import numpy as np

from gesta.motion.face import ARKIT_INDEX, ARKIT_NAMES
from gesta.render.mannequin_head import MOUTH_HALF_M, MOUTH_M, FacePiece, hill, lip_split, step

BROW_SKIN_SHARE = 0.7
"""Share of a brow's motion that the skin under it takes."""
EYE_YAW_RAD, EYE_PITCH_RAD = 0.55, 0.45
"""How far the eyes turn at a weight of one."""
JAW_OPEN_RAD = 0.27


def jaw_and_eyes(weights: np.ndarray) -> np.ndarray:
    """Axis-angle (T, 3, 3) in radians of jaw, left eye and right eye for ARKit weights (T, 52)."""

    def weight(name: str) -> np.ndarray:
        return weights[:, ARKIT_INDEX[name]]

    turns = np.zeros((len(weights), 3, 3), np.float32)
    turns[:, 0, 0] = JAW_OPEN_RAD * weight("jawOpen")
    for row, side, outward in ((1, "Left", 1.0), (2, "Right", -1.0)):
        turns[:, row, 0] = EYE_PITCH_RAD * (weight(f"eyeLookDown{side}") - weight(f"eyeLookUp{side}"))
        turns[:, row, 1] = EYE_YAW_RAD * outward * (weight(f"eyeLookOut{side}") - weight(f"eyeLookIn{side}"))
    return turns


def expressions(part: FacePiece) -> np.ndarray:
    """What each ARKit weight adds to a piece of the face: (52, V, 3) metres."""
    points = part.piece.vertices
    moves = np.zeros((len(ARKIT_NAMES), len(points), 3))
    builders: dict[str, tuple[Callable[[FacePiece], dict[str, np.ndarray]], ...]] = {
        "skin": (_mouth, _corners, _jaw, _cheeks, _brows),
        "brow": (_brows,),
        "tongue": (_tongue, _jaw),
        "teeth": (_jaw,),
    }
    for builder in builders.get(part.kind, ()):
        for name, move in builder(part).items():
            moves[ARKIT_INDEX[name]] += move
    return moves


def _along(mask: np.ndarray, x: float | np.ndarray, y: float | np.ndarray, z: float | np.ndarray) -> np.ndarray:
    """(V, 3) metres: the vector x, y, z where `mask` (V,) is one."""
    return np.stack(np.broadcast_arrays(mask * x, mask * y, mask * z), axis=1)


def _sides(x: np.ndarray) -> tuple[tuple[str, float, np.ndarray], ...]:
    """Name, sign of x, and share of the points on that side, with a smooth middle."""
    left = step(-0.010, 0.010, x)
    return ("Left", 1.0, left), ("Right", -1.0, 1.0 - left)


def _mouth(part: FacePiece) -> dict[str, np.ndarray]:
    """Opening, rounding and pressing of the lips."""
    x, y, z = part.piece.vertices.T
    front = step(0.03, 0.07, z)
    around = hill(x, y, (0.0, MOUTH_M), 0.031, 0.019) * front
    inner = lip_split(x) * np.exp(-(((y - MOUTH_M) / 0.013) ** 2)) * front
    low, up = inner * part.below, inner * (1.0 - part.below)
    moves = {
        "mouthFunnel": _along(around, -0.26 * x, 0.0, 0.0085)
        + _along(low, 0.0, -0.0065, 0.0)
        + _along(up, 0.0, 0.0045, 0.0),
        "mouthPucker": _along(around, -0.42 * x, 0.0, 0.0090)
        + _along(low, 0.0, 0.0005, 0.0010)
        + _along(up, 0.0, -0.0005, 0.0010),
        "mouthClose": _along(low, 0.0, 0.0175, 0.0085) + _along(up, 0.0, -0.0075, -0.0020),
        "mouthLeft": _along(around, 0.0080, 0.0, -0.0010),
        "mouthRight": _along(around, -0.0080, 0.0, -0.0010),
        "mouthRollLower": _along(low, 0.0, 0.0012, -0.0050),
        "mouthRollUpper": _along(up, 0.0, -0.0012, -0.0045),
        "mouthShrugLower": _along(around, 0.0, 0.0035, 0.0005) + _along(low, 0.0, 0.0, 0.0030),
        "mouthShrugUpper": _along(up, 0.0, 0.0025, 0.0020),
    }  # fmt: skip
    for name, _, share in _sides(x):
        moves[f"mouthLowerDown{name}"] = _along(low * share, 0.0, -0.0090, -0.0010)
        moves[f"mouthUpperUp{name}"] = _along(up * share, 0.0, 0.0080, 0.0005)
        moves[f"mouthPress{name}"] = _along(low * share, 0.0, 0.0006, -0.0028) + _along(
            up * share, 0.0, -0.0006, -0.0024
        )
    return moves


def _corners(part: FacePiece) -> dict[str, np.ndarray]:
    """What pulls the corners of the mouth."""
    x, y, z = part.piece.vertices.T
    front = step(0.01, 0.05, z)
    moves = {}
    for name, sign, share in _sides(x):
        corner = hill(sign * x, y, (MOUTH_HALF_M + 0.002, MOUTH_M), 0.0190, 0.0165) * front * share
        cheek = hill(sign * x, y, (0.039, 1.492), 0.018, 0.016) * front
        moves[f"mouthSmile{name}"] = _along(corner, sign * 0.0070, 0.0072, -0.0045) + _along(
            cheek, sign * 0.001, 0.0030, 0.0032
        )
        moves[f"mouthFrown{name}"] = _along(corner, 0.0, -0.0085, -0.0010)
        moves[f"mouthDimple{name}"] = _along(corner, sign * 0.0045, 0.0010, -0.0040)
        moves[f"mouthStretch{name}"] = _along(corner, sign * 0.0095, -0.0030, -0.0040)
    return moves


def _jaw(part: FacePiece) -> dict[str, np.ndarray]:
    """Sliding of the jaw; its opening is the jaw joint's."""
    carried = part.piece.weights.get("jaw", np.zeros(len(part.piece.vertices)))
    return {
        "jawLeft": _along(carried, 0.0090, 0.0, 0.0),
        "jawRight": _along(carried, -0.0090, 0.0, 0.0),
        "jawForward": _along(carried, 0.0, 0.0, 0.0080),
    }


def _cheeks(part: FacePiece) -> dict[str, np.ndarray]:
    """Cheeks and the wings of the nose."""
    x, y, z = part.piece.vertices.T
    front = step(0.0, 0.04, z)
    away, sign = np.abs(x), np.sign(x)
    moves = {"cheekPuff": _along(hill(away, y, (0.043, 1.470), 0.019, 0.018) * front, sign * 0.0085, 0.0, 0.0060)}
    for name, _, share in _sides(x):
        cheek = hill(away, y, (0.037, 1.503), 0.016, 0.010) * front * share
        wing = hill(away, y, (0.013, 1.492), 0.008, 0.010) * front * share
        moves[f"cheekSquint{name}"] = _along(cheek, 0.0, 0.0040, 0.0030)
        moves[f"noseSneer{name}"] = _along(wing, 0.0, 0.0035, 0.0005)
    return moves


def _brows(part: FacePiece) -> dict[str, np.ndarray]:
    """The brows, and part of it for the skin under them."""
    x, y, z = part.piece.vertices.T
    strength = (BROW_SKIN_SHARE if part.kind == "skin" else 1.0) * step(0.02, 0.05, z)
    away, sign = np.abs(x), np.sign(x)
    inner = hill(away, y, (0.014, 1.551), 0.017, 0.017) * strength
    moves = {"browInnerUp": _along(inner, 0.0, 0.0105, 0.0)}
    for name, _, share in _sides(x):
        outer = hill(away, y, (0.043, 1.552), 0.019, 0.018) * strength * share
        whole = hill(away, y, (0.020, 1.551), 0.026, 0.017) * strength * share
        moves[f"browOuterUp{name}"] = _along(outer, 0.0, 0.0095, -0.0010)
        moves[f"browDown{name}"] = _along(whole, -sign * 0.0025, -0.0070, 0.0008)
    return moves


def _tongue(part: FacePiece) -> dict[str, np.ndarray]:
    """The tongue, out."""
    return {"tongueOut": _along(np.ones(len(part.piece.vertices)), 0.0, 0.0030, 0.0300)}
