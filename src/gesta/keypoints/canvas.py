"""The square that pictures of any shape are placed on before the network sees them, and the way back.

The longer side of the picture fills the square's, the rest is black, the same on both sides. Points go the same way, so
that nothing is distorted. The picture on the canvas has even sides, as a film needs them: where its shape asks for
more, less than two pixels of an edge are left out, never stretched.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from PIL import Image

from gesta.errors import InputError
from gesta.records import Keypoints

CANVAS_SIDE = 512
LONGEST_SHAPE = 8.0
"""How many times the shorter side the longer one may be."""


@dataclass(frozen=True)
class Canvas:
    """How a picture lies on its square canvas: x on the canvas = left + scale * x in the picture, y from top.

    Attributes:
        picture_size: width and height of the picture, pixels.
        side: of the canvas, pixels.
        scale: pixels of the canvas for one of the picture.
        left, top: where the picture's upper left corner is, pixels of the canvas.
    """

    picture_size: tuple[int, int]
    side: int
    scale: float
    left: float
    top: float

    @property
    def cut_size(self) -> tuple[int, int]:
        """Width and height, even, of what `cut` takes out of the canvas."""
        width, height = (self._even(side * self.scale) for side in self.picture_size)
        return width, height

    def to_canvas(self, keypoints: Keypoints) -> Keypoints:
        """Points in the picture as points on the canvas.

        Raises:
            ValueError: they are of a picture of another size.
        """
        if keypoints.size != self.picture_size:
            raise ValueError(f"the points are of {keypoints.size} pixels, the picture has {self.picture_size}")
        points = keypoints.points * self.scale + (self.left, self.top)
        return keypoints.replaced(points=points, size=(self.side, self.side))

    def to_picture(self, keypoints: Keypoints) -> Keypoints:
        """Points on the canvas as points in the picture.

        Raises:
            ValueError: they are of a canvas of another size.
        """
        if keypoints.size != (self.side, self.side):
            raise ValueError(f"the points are of {keypoints.size} pixels, the canvas has {self.side} on each side")
        points = (keypoints.points - (self.left, self.top)) / self.scale
        return keypoints.replaced(points=points, size=self.picture_size)

    def place(self, picture: np.ndarray) -> np.ndarray:
        """A picture (H, W, 3) uint8 on its canvas: (side, side, 3) uint8, black where there is no picture.

        Raises:
            ValueError: the picture has another size, or is no such array.
        """
        width, height = self.picture_size
        if picture.shape != (height, width, 3) or picture.dtype != np.uint8:
            raise ValueError(f"the picture is {picture.shape} {picture.dtype}, not {(height, width, 3)} uint8")
        (first_x, first_y), (cut_width, cut_height) = self._corner, self.cut_size
        # The part of the picture that falls on whole pixels of the canvas, which may be a fraction of a pixel less.
        box = (
            max((first_x - self.left) / self.scale, 0.0),
            max((first_y - self.top) / self.scale, 0.0),
            min((first_x + cut_width - self.left) / self.scale, float(width)),
            min((first_y + cut_height - self.top) / self.scale, float(height)),
        )
        small = Image.fromarray(picture).resize((cut_width, cut_height), Image.Resampling.LANCZOS, box)
        canvas = np.zeros((self.side, self.side, 3), dtype=np.uint8)
        canvas[first_y : first_y + cut_height, first_x : first_x + cut_width] = np.asarray(small)
        return canvas

    def cut(self, frames: np.ndarray) -> np.ndarray:
        """What of frames (F, side, side, ...) is the picture: (F, h, w, ...), a view, both even."""
        (x, y), (width, height) = self._corner, self.cut_size
        return frames[:, y : y + height, x : x + width]

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self) | {"picture_size": list(self.picture_size)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The canvas that `as_dict` described."""
        width, height = values["picture_size"]
        return cls(**dict(values) | {"picture_size": (width, height)})

    @property
    def _corner(self) -> tuple[int, int]:
        """The upper left whole pixel of the picture on the canvas."""
        width, height = self.cut_size
        return (self.side - width) // 2, (self.side - height) // 2

    @staticmethod
    def _even(length: float) -> int:
        """The largest even whole number within a length; what floats add or lose is forgiven."""
        return 2 * int(length / 2 + 1e-6)


def canvas_for(size: tuple[int, int], side: int = CANVAS_SIDE) -> Canvas:
    """The canvas for pictures of a size.

    Args:
        size: (width, height) of the picture, pixels.
        side: of the canvas, pixels; even.

    Raises:
        InputError: the picture is more than eight times as long as wide, or the other way round.
    """
    width, height = size
    if side < 2 or side % 2:
        raise ValueError(f"a canvas has an even side, not {side}")
    if max(size) > LONGEST_SHAPE * min(size):
        raise InputError(
            f"A picture of {width}x{height} pixels cannot be filmed: cut it so that its longer side is at most "
            f"{LONGEST_SHAPE:g} times the shorter one."
        )
    scale = side / max(size)
    return Canvas((width, height), side, scale, (side - width * scale) / 2, (side - height * scale) / 2)
