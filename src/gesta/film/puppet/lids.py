"""The skin of closed lids: what a picture of open eyes does not show.

An open lid is folded away, with its crease and its lashes in a band of a few pixels. Drawn down over the eye, that
band would become stripes. So the further a lid closes, the more its band takes the even colour of the skin around
it; a dark line of lashes stays at its edge.
"""

from itertools import pairwise

import numpy as np
from scipy.ndimage import gaussian_filter

from gesta.film.puppet.polygons import inside
from gesta.motion.face import ARKIT_INDEX

EYES = {"Right": (36, 37, 38, 39), "Left": (42, 43, 44, 45)}
"""The upper lid of each eye in the face's 68 points, from corner to corner."""
LOWER = {"Right": (40, 41), "Left": (46, 47)}
BROWS = {"Right": slice(17, 22), "Left": slice(22, 27)}
BAND = 0.34
"""How far up to the brow a lid's skin is made even."""
EVEN = 0.75
"""The rest is the picture's own lid, so that a lid is not a patch."""
SKIN_SPREAD = 0.12
"""From how far, in widths of the eye, skin takes its colour."""
LASH_SPREAD_PX, LASH_SHADE = 0.8, 0.45
DARKER_THAN_SKIN = 0.85


class Lids:
    """The lids of a picture.

    Args:
        points: (68, 2) of the face, pixels of the texture.
        texture: (h, w, 4) float32, with colours times alpha.
    """

    def __init__(self, points: np.ndarray, texture: np.ndarray) -> None:
        self._changes = {side: _change(points, texture, side) for side in EYES}

    def close(self, face: np.ndarray, texture: np.ndarray) -> None:
        """Make the lids of a texture as even as they are closed, in place; face: (52,) ARKit weights."""
        for side, change in self._changes.items():
            weight = float(face[ARKIT_INDEX[f"eyeBlink{side}"]])
            if weight > 0.0:
                texture[..., :3] += weight * change


def _change(points: np.ndarray, texture: np.ndarray, side: str) -> np.ndarray:
    """What closing a lid adds to the colours: (h, w, 3)."""
    lid, lower, brow = points[list(EYES[side])], points[list(LOWER[side])], points[BROWS[side]]
    up = brow.mean(axis=0) - lid[1:3].mean(axis=0)
    rows, columns = np.indices(texture.shape[:2]) + 0.5
    width = float(np.linalg.norm(lid[3] - lid[0]))
    band = inside(np.concatenate([lid, (lid + BAND * up)[::-1]]), columns, rows)
    eye = inside(np.concatenate([lid, lower]), columns, rows)
    wide = inside(np.concatenate([lid + 0.9 * up, (lid - 1.2 * up)[::-1]]), columns, rows)
    if not (band.any() and wide.any()):
        return np.zeros((*texture.shape[:2], 3), np.float32)
    light = texture[..., :3].sum(axis=2)
    near_eye = gaussian_filter(eye.astype(np.float32), 1.0) > 0.1
    skin = wide & ~near_eye
    skin &= light > DARKER_THAN_SKIN * np.percentile(light[skin] if skin.any() else light, 60)
    share = gaussian_filter(skin.astype(np.float32), SKIN_SPREAD * width)[..., None]
    spread = np.stack(
        [gaussian_filter(texture[..., channel] * skin, SKIN_SPREAD * width) for channel in range(3)], axis=-1
    )
    even = np.where(share > 1e-3, spread / np.maximum(share, 1e-3), texture[..., :3])
    lash = np.exp(-0.5 * (_away(lid, columns, rows) / LASH_SPREAD_PX) ** 2)
    even = even * (1.0 - LASH_SHADE * lash)[..., None]
    covered = np.clip(1.3 * gaussian_filter((band | eye).astype(np.float32), 1.2), 0.0, EVEN)[..., None]
    return (covered * (even - texture[..., :3])).astype(np.float32)


def _away(line: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """How far points are from a line of corners (N, 2)."""
    found = np.full(x.shape, np.inf)
    for first, second in pairwise(line):
        along = second - first
        share = ((x - first[0]) * along[0] + (y - first[1]) * along[1]) / max(float(along @ along), 1e-9)
        share = np.clip(share, 0.0, 1.0)
        found = np.minimum(found, np.hypot(x - first[0] - share * along[0], y - first[1] - share * along[1]))
    return found
