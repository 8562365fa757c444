"""Drawing keypoints as the coloured figures that MMGT's second stage is given as poses, pixel for pixel.

As MMGT does it (arXiv 2505.23120, released code), which builds on OpenPose's and DWPose's drawings: on black, the
first 17 of OpenPose's 19 limbs as ellipses in 17 of its 18 colours, darkened; body points as discs; 20 lines and 21
blue discs for each hand; 68 white discs for the face. Coordinates are cut to whole pixels. Points with a score below
0.3 are left out, and so are knees and ankles; hand and face points in the first row or column or beyond them, too.
"""

import colorsys
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from gesta.extras import extra_module
from gesta.keypoints.layout import GROUPS, HAND_EDGES, HANDS, LEGS, LIMBS, VISIBLE
from gesta.records import Keypoints

DRAWN_SIDE = 512
"""The longer side of a picture in which strokes are as wide as published; in others they are in proportion."""
DRAWN_LIMBS = LIMBS[:17]
Colour = tuple[int, int, int]
DrawingStyle = Literal["released_code", "example_film"]
"""How limbs and fingers are coloured; see STYLES."""


def _colour_circle(steps: int, whole: Callable[[float], int]) -> tuple[Colour, ...]:
    """So many colours round the circle of hues, from red."""
    hues = (colorsys.hsv_to_rgb(step / steps, 1.0, 1.0) for step in range(steps))
    return tuple((whole(255 * red), whole(255 * green), whole(255 * blue)) for red, green, blue in hues)


BODY_COLOURS = _colour_circle(18, round)
"""OpenPose's colours of body points; limbs have the first 17."""
# Some are one below the whole number that exact arithmetic gives: so they are in the released code.
FINGER_COLOURS = _colour_circle(len(HAND_EDGES), int)
HAND_POINT: Colour = (0, 0, 255)
FACE_POINT: Colour = (255, 255, 255)
_STICK, _JOINT, _FINGER, _FACE_DOT = 4, 4, 2, 3
"""Half the width of a limb, radius of joints, width of finger lines, radius of face points; pixels."""
_FARTHEST = 30_000.0
"""Points are cut to this many pixels, which lines can still be drawn to."""


@dataclass(frozen=True)
class Style:
    """What differs between two published ways of drawing.

    Attributes:
        shade: what limbs are darkened by.
        reversed_fingers: whether red and blue are exchanged in the colours of fingers.
    """

    shade: float
    reversed_fingers: bool


STYLES: Mapping[DrawingStyle, Style] = {
    "released_code": Style(shade=0.9, reversed_fingers=True),
    "example_film": Style(shade=0.6, reversed_fingers=False),
}
"""The released code draws otherwise than the pose film published with it, which follows DWPose's own drawings; which of
them the public weights were trained with is not known."""


def draw_poses(
    keypoints: Keypoints,
    size: tuple[int, int] = (DRAWN_SIDE, DRAWN_SIDE),
    style: DrawingStyle = "released_code",
) -> np.ndarray:
    """Draw figures; smaller ones than published are drawn at 512 pixels and shrunk, with smooth edges.

    Args:
        keypoints: F frames; long films are drawn stretch by stretch.
        size: (width, height) of the drawings, which the points' own picture is brought to.
        style: "released_code" or "example_film".

    Returns:
        (F, H, W, 3) uint8, RGB.

    Raises:
        InputError: OpenCV is not installed.
    """
    cv2 = extra_module("cv2", "Drawing poses", extra="film")
    width, height = size
    scale = max(1.0, DRAWN_SIDE / max(size))
    sheet_size = (max(1, round(width * scale)), max(1, round(height * scale)))
    pen = _Pen(cv2, STYLES[style], max(sheet_size) / DRAWN_SIDE)
    stretch = np.array(sheet_size, dtype=np.float32) / np.array(keypoints.size, dtype=np.float32)
    points = np.clip(keypoints.points * stretch, -_FARTHEST, _FARTHEST)
    visible = keypoints.scores >= VISIBLE
    visible[:, LEGS] = False
    pictures = np.zeros((keypoints.frame_count, height, width, 3), dtype=np.uint8)
    for picture, places, seen in zip(pictures, points, visible, strict=True):
        if sheet_size == size:
            pen.draw(picture, places, seen)
        else:
            sheet = np.zeros((sheet_size[1], sheet_size[0], 3), dtype=np.uint8)
            pen.draw(sheet, places, seen)
            cv2.resize(sheet, size, dst=picture, interpolation=cv2.INTER_AREA)
    return pictures


class _Pen:
    """Draws one figure at a time with strokes of one width.

    Args:
        cv2: the module.
        style: how to colour.
        width: of all strokes, 1 for the published ones.
    """

    def __init__(self, cv2: Any, style: Style, width: float) -> None:
        self._cv2 = cv2
        self._stick, self._joint, self._finger, self._face_dot = (
            max(1, round(published * width)) for published in (_STICK, _JOINT, _FINGER, _FACE_DOT)
        )
        # Limbs lie on black alone, so that darkening the picture under the joints is darkening their colours.
        self._limb_colours = [
            tuple(int(value * style.shade) for value in colour) for colour in BODY_COLOURS[: len(DRAWN_LIMBS)]
        ]
        self._finger_colours = [colour[::-1] if style.reversed_fingers else colour for colour in FINGER_COLOURS]

    def draw(self, picture: np.ndarray, points: np.ndarray, visible: np.ndarray) -> None:
        """Draw onto a black (H, W, 3) uint8 picture: points (134, 2) in its pixels, visible (134,)."""
        pixels = points.astype(np.int64)
        self._limbs(picture, points.tolist(), visible.tolist())
        body = GROUPS["body"]
        shown = visible[body].tolist()
        for place, colour, seen in zip(pixels[body].tolist(), BODY_COLOURS, shown, strict=True):
            if seen:
                self._cv2.circle(picture, place, self._joint, colour, -1)
        visible = visible & (pixels > 0).all(axis=1)
        for hand in HANDS:
            self._hand(picture, pixels[GROUPS[hand]].tolist(), visible[GROUPS[hand]].tolist())
        face = GROUPS["face"]
        for place in pixels[face][visible[face]].tolist():
            self._cv2.circle(picture, place, self._face_dot, FACE_POINT, -1)

    def _limbs(self, picture: np.ndarray, points: list[list[float]], visible: list[bool]) -> None:
        for (first, second), colour in zip(DRAWN_LIMBS, self._limb_colours, strict=True):
            if not (visible[first] and visible[second]):
                continue
            (x_1, y_1), (x_2, y_2) = points[first], points[second]
            middle = (int((x_1 + x_2) / 2), int((y_1 + y_2) / 2))
            half_length = int(math.hypot(x_1 - x_2, y_1 - y_2) / 2)
            angle = int(math.degrees(math.atan2(y_1 - y_2, x_1 - x_2)))
            outline = self._cv2.ellipse2Poly(middle, (half_length, self._stick), angle, 0, 360, 1)
            self._cv2.fillConvexPoly(picture, outline, colour)

    def _hand(self, picture: np.ndarray, pixels: list[list[int]], visible: list[bool]) -> None:
        for (first, second), colour in zip(HAND_EDGES, self._finger_colours, strict=True):
            if visible[first] and visible[second]:
                self._cv2.line(picture, pixels[first], pixels[second], colour, self._finger)
        for place, seen in zip(pixels, visible, strict=True):
            if seen:
                self._cv2.circle(picture, place, self._joint, HAND_POINT, -1)
