"""One layer of a picture as a mesh in space, which joints carry."""

from collections.abc import Sequence

import numpy as np

from gesta.avatar.skinning import carry
from gesta.film.cutout.layers import Layer
from gesta.film.puppet.relief import Relief, Surface, relief_of
from gesta.film.puppet.sheet import SEEN_ALPHA, Sheet, sheet_over
from gesta.film.puppet.transfer import SIDES
from gesta.render.textured import TexturedMesh, screen_of

ARM = ("shoulder", "upper", "elbow", "forearm", "wrist", "thumb", "index", "middle", "ring", "pinky")
"""Joints of an arm, by how their names begin."""
STILL_FROM = 0.9
"""From this share of the picture's height down a body is held, more and more: what is cut off there cannot move away
from the edge."""


class CarriedLayer:
    """A layer that can be drawn in any pose.

    Attributes:
        name: the layer's.
        texture: (H, W, 4) float32 colours times alpha, and alpha.
        relief: its mesh in the picture's pose.
        filled: (N,) bool, which of its triangles show anything.
        screen: (V, 3) where its vertices are in the frame that was drawn last; see `screen_of`.
    """

    def __init__(self, name: str, texture: np.ndarray, relief: Relief, view: np.ndarray) -> None:
        self.name, self.texture, self.relief = name, texture, relief
        height, width = texture.shape[:2]
        self.screen = screen_of(relief.points, view)
        self.rest = self.screen[:, :2].copy()
        # Corners are snapped as they are drawn, so that an unmoved mesh gives the very pixels of its texture.
        self._mesh = TexturedMesh(relief.sheet.faces, self.rest, (width, height))
        self._points = np.empty_like(relief.points)
        middles = self.rest[relief.sheet.faces].mean(axis=1).astype(int)
        inside = ((middles >= 0) & (middles < (width, height))).all(axis=1)
        columns, rows = np.clip(middles, 0, (width - 1, height - 1)).T
        self.filled = inside & (texture[rows, columns, 3] > 0.5)

    def draw(self, turns: np.ndarray, shifts: np.ndarray, view: np.ndarray, picture: np.ndarray) -> None:
        """Draw it over a picture (H, W, 4); turns and shifts are those of one frame, see `PicturedBody.moves`."""
        carry(self.relief.points, self.relief.joints, self.relief.weights, turns, shifts, self._points)
        self.screen = screen_of(self._points, view)
        self._mesh.draw(self.screen, self.texture, picture)


def carried_layer(cut: Layer, surface: Surface, cell: int, arms: Sequence[str]) -> CarriedLayer | None:
    """A layer as a mesh; None where it is empty.

    Args:
        cut: the layer.
        surface: the fitted body's.
        cell: pixels of the mesh's cells.
        arms: the sides that have layers of their own.
    """
    sheet = sheet_over(cut.alpha, cell)
    if sheet is None:
        return None
    still, arm_share = np.zeros(len(sheet.places)), np.zeros(len(sheet.places))
    if cut.name in [f"{side}_arm" for side in SIDES]:
        counts = surface.carried_by(_arm_joints([cut.name.partition("_")[0]])) >= 0.5
        arm = None
    else:
        still = _held(sheet, cut.alpha)
        arm = surface.carried_by(_arm_joints(arms)) >= 0.5
        counts = ~arm
        if cut.upper_arms is not None:
            arm_share = _at(cut.upper_arms, sheet)
    relief = relief_of(sheet, surface, counts, still, arm, arm_share)
    texture = np.concatenate([cut.colour * cut.alpha[..., None], cut.alpha[..., None]], axis=2)
    return CarriedLayer(cut.name, np.ascontiguousarray(texture, np.float32), relief, surface.body.view)


def _held(sheet: Sheet, alpha: np.ndarray) -> np.ndarray:
    """How far vertices near the lower edge of a picture are held, (V,), if it cuts the layer off."""
    if not (alpha[-1] > SEEN_ALPHA).any():
        return np.zeros(len(sheet.places))
    return np.asarray(np.clip((sheet.places[:, 1] / len(alpha) - STILL_FROM) / (1.0 - STILL_FROM), 0.0, 1.0))


def _at(values: np.ndarray, sheet: Sheet) -> np.ndarray:
    """Values (H, W) at a sheet's vertices (V,)."""
    height, width = values.shape
    columns, rows = np.clip(sheet.places.astype(int), 0, (width - 1, height - 1)).T
    return np.asarray(values[rows, columns], np.float64)


def _arm_joints(sides: Sequence[str]) -> tuple[str, ...]:
    """How the names of the joints of some arms begin."""
    return tuple(f"{side}_{part}" for side in sides for part in ARM)
