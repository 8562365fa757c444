"""The colours of the mannequin and of the drawn bones: (4,) float32 each, linear red, green, blue and gloss."""

import numpy as np

from gesta.avatar.colours import linear_from_srgb


def _material(srgb: tuple[int, int, int], gloss: float) -> np.ndarray:
    return np.append(linear_from_srgb(srgb), np.float32(gloss))


SKIN = _material((216, 168, 142), 0.30)
BLUSH = _material((212, 144, 122), 0.30)
LIP = _material((182, 110, 100), 0.40)
MOUTH = _material((74, 26, 28), 0.10)
THROAT = _material((26, 8, 10), 0.0)
TEETH = _material((236, 230, 218), 0.50)
TONGUE = _material((178, 88, 86), 0.35)
EYE_WHITE = _material((240, 238, 234), 0.90)
IRIS = _material((70, 104, 122), 0.95)
IRIS_RING = _material((34, 52, 64), 0.95)
PUPIL = _material((10, 10, 12), 1.0)
LID = _material((206, 154, 130), 0.25)
LASH = _material((58, 40, 34), 0.10)
LOWER_LASH = _material((150, 104, 88), 0.10)
BROW = _material((70, 50, 42), 0.10)
HAIR = _material((66, 50, 44), 0.30)
TOP = _material((58, 84, 104), 0.12)
TROUSERS = _material((76, 80, 94), 0.10)
SHOE = _material((176, 168, 160), 0.25)
STOOL = _material((150, 152, 158), 0.08)
BONE_LEFT = _material((255, 176, 58), 0.0)
BONE_RIGHT = _material((82, 196, 255), 0.0)
BONE_MIDDLE = _material((244, 244, 238), 0.0)
