"""Small turns of the eyes: what lies between the lids is shifted there, most in the middle and not at the edge.

Behind the iris white is drawn out, before it white is squeezed, as a turning eyeball shows more and less of it. Only
small turns look right that way, because nothing of the iris is known that the lids hide.
"""

from typing import NamedTuple

import numpy as np
from scipy.ndimage import distance_transform_edt, map_coordinates

from gesta.film.puppet.polygons import inside
from gesta.motion.face import ARKIT_INDEX

EYES = {"Right": slice(36, 42), "Left": slice(42, 48)}
"""Lids of each eye in the face's 68 points, all round."""
ASIDE, UPRIGHT = 0.2, 0.12
"""How far an iris goes at weight 1, in widths of the eye: an eyeball's radius is 0.4 of it, and it turns by 30
degrees."""
MOST_ASIDE, MOST_UPRIGHT = 0.085, 0.03
"""What shifts are eased towards."""
WHOLE_FROM = 0.22
"""So far from the lids, in widths of the eye, everything is shifted whole."""
LEAST_PX = 2.0
"""Eyes that are open less are left alone."""


class _Eye(NamedTuple):
    """An eye: its window of the texture, (h, w) how much of a shift each pixel makes, and its width in pixels."""

    window: tuple[slice, slice]
    share: np.ndarray
    width: float


class Gaze:
    """The eyes of a picture.

    Args:
        points: (68, 2) of the face, pixels of the texture.
        texture: (h, w, 4) float32.
    """

    def __init__(self, points: np.ndarray, texture: np.ndarray) -> None:
        self._eyes = [eye for lids in EYES.values() if (eye := _eye(points[lids], texture.shape[:2])) is not None]

    def turn(self, face: np.ndarray, own: np.ndarray, texture: np.ndarray) -> None:
        """Draw turned eyes into a texture, in place.

        Args:
            face: (52,) ARKit weights; both eyes turn by their mean.
            own: (h, w, 4) float32, the picture's.
            texture: like `own`.
        """
        across, down = gaze_of(face)
        if across == 0.0 and down == 0.0:
            return
        for window, share, width in self._eyes:
            rows, columns = np.indices(share.shape, np.float32)
            from_rows, from_columns = rows - down * width * share, columns - across * width * share
            part = own[window]
            for channel in range(3):
                texture[window][..., channel] = map_coordinates(
                    part[..., channel], (from_rows, from_columns), order=1, mode="nearest"
                )


def gaze_of(face: np.ndarray) -> tuple[float, float]:
    """How far irises go, right and down in the picture, in widths of the eye, by ARKit weights (52,)."""

    def weight(direction: str, side: str) -> float:
        return float(face[ARKIT_INDEX[f"eyeLook{direction}{side}"]])

    # The person's left is the picture's right.
    right = weight("Out", "Left") - weight("In", "Left") + weight("In", "Right") - weight("Out", "Right")
    down = sum(weight("Down", side) - weight("Up", side) for side in EYES)
    return _eased(0.5 * right * ASIDE, MOST_ASIDE), _eased(0.5 * down * UPRIGHT, MOST_UPRIGHT)


def _eased(value: float, most: float) -> float:
    return float(most * np.tanh(value / most))


def _eye(lids: np.ndarray, shape: tuple[int, int]) -> _Eye | None:
    """One eye by its lids (6, 2); None where it is nearly closed or not in the texture."""
    height = float(lids[4:6, 1].mean() - lids[1:3, 1].mean())
    low = np.maximum(np.floor(lids.min(axis=0)).astype(int) - 1, 0)
    high = np.minimum(np.ceil(lids.max(axis=0)).astype(int) + 2, (shape[1], shape[0]))
    if height < LEAST_PX or (high - low).min() < LEAST_PX:
        return None
    window = (slice(low[1], high[1]), slice(low[0], high[0]))
    rows, columns = np.mgrid[window]
    width = float(np.linalg.norm(lids[3] - lids[0]))
    away = distance_transform_edt(inside(lids, columns + 0.5, rows + 0.5))
    # Lids are nearer to the middle than corners are: an iris that they cut off is shifted along them too.
    share = np.clip(away / max(min(WHOLE_FROM * width, 0.4 * height), 1.0), 0.0, 1.0)
    return _Eye(window, (share * share * (3.0 - 2.0 * share)).astype(np.float32), width)
