"""What the tests of the body's face measure: places of its pieces under weights of the 52 shapes, and what is seen."""

from functools import cache

import numpy as np

from gesta.avatar.asset import body_asset
from gesta.avatar.body import Piece
from gesta.motion.face import ARKIT_INDEX, ARKIT_NAMES
from gesta.render.camera import Camera
from gesta.render.rasteriser import Rasteriser

PIXELS = 320
"""Pictures are square."""
SAMPLE = 0
"""One sample of a pixel is enough to measure by."""
FACE_PIECES = ("skin", "eyes", "teeth_upper", "teeth_lower", "tongue")

Weights = dict[str, float]


def weights_of(given: Weights) -> np.ndarray:
    """(52,) weights from some by name."""
    weights = np.zeros(len(ARKIT_NAMES), np.float32)
    for name, value in given.items():
        weights[ARKIT_INDEX[name]] = value
    return weights


def piece(name: str) -> Piece:
    """A piece of the packaged body."""
    return body_asset().pieces[name]


def moved(name: str, weights: Weights | np.ndarray) -> np.ndarray:
    """Vertices (V, 3) of a piece at rest with a face made."""
    values = weights if isinstance(weights, np.ndarray) else weights_of(weights)
    return piece(name).vertices + piece(name).shapes.offset(values, len(piece(name).vertices))


def offsets(name: str, shape: str) -> np.ndarray:
    """What one shape does to a piece, dense (V, 3)."""
    return piece(name).shapes.offset(weights_of({shape: 1.0}), len(piece(name).vertices))


def landmark(numbers: list[int], weights: Weights) -> np.ndarray:
    """Places (n, 3) of face landmarks by their iBUG numbers, from 0."""
    vertices = [body_asset().info.landmarks["face"][number] for number in numbers]
    return moved("skin", weights)[vertices]


@cache
def _rasteriser() -> tuple[Rasteriser, np.ndarray]:
    """A rasteriser of the face's pieces, and the index in FACE_PIECES of every triangle."""
    faces, owners, count = [], [], 0
    for at, name in enumerate(FACE_PIECES):
        own = piece(name)
        faces.append(own.faces + count)
        owners.append(np.full(len(own.faces), at))
        count += len(own.vertices)
    return Rasteriser(np.concatenate(faces), np.ones((count, 4), np.float32), (PIXELS, PIXELS)), np.concatenate(owners)


def seen(
    weights: Weights, target: np.ndarray, span_m: float, turn_deg: float = 0.0, rise_deg: float = 0.0
) -> np.ndarray:
    """Which of FACE_PIECES each pixel sees, (PIXELS, PIXELS) int, -1 for none.

    Args:
        weights: of the face.
        target: (3,) metres, in the middle of the picture.
        span_m: what the picture shows at the target.
        turn_deg: the camera's place towards the figure's left.
        rise_deg: and above it.
    """
    turn, rise = np.radians([turn_deg, rise_deg])
    away = np.array((np.sin(turn) * np.cos(rise), np.sin(rise), np.cos(turn) * np.cos(rise)))
    rasteriser, owners = _rasteriser()
    vertices = np.concatenate([moved(name, weights) for name in FACE_PIECES])
    faces = rasteriser.visible_faces(vertices, Camera(target + 3.0 * away, target, span_m))[..., SAMPLE]
    return np.where(faces >= 0, owners[faces], -1)


def is_piece(picture: np.ndarray, *names: str) -> np.ndarray:
    """Where a picture of `seen` shows one of the pieces."""
    return np.isin(picture, [FACE_PIECES.index(name) for name in names])


def runs(column: np.ndarray) -> int:
    """How many unbroken runs of True there are."""
    return int(np.count_nonzero(np.diff(np.concatenate([[0], column.astype(int)])) == 1))
