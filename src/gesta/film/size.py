"""How large a film is, as it is drawn or as the user wants it, without distortion; and pictures in other sizes."""

import math

import numpy as np

from gesta.errors import InputError
from gesta.extras import extra_module
from gesta.records import Keypoints
from gesta.render.video import LEAST_SIDE_PX, checked_size

PURPOSE = "Changing the size of pictures"
OFF_BY_PX = 2.0
"""By how much a side may differ from the picture's shape, since sides of films are even."""
LONGEST_PX = 1024
"""Puppets are drawn no larger, unless somebody asks for it."""


def film_size(usual: tuple[int, int], wanted: tuple[int, int] | None) -> tuple[int, int]:
    """Width and height of a film.

    Args:
        usual: width and height as it is drawn, which says its shape.
        wanted: what the user asks for; none: as it is drawn, or the smallest multiple of it that can be a video.

    Raises:
        InputError: no video can have the size, or the picture has another shape.
    """
    width, height = usual
    if wanted is None:
        times = math.ceil(LEAST_SIDE_PX / min(width, height))
        return checked_size((times * width, times * height))
    checked_size(wanted)
    fitting = wanted[0] * height / width
    if abs(fitting - wanted[1]) > OFF_BY_PX:
        near = 2 * max(1, round(fitting / 2))
        raise InputError(
            f"The picture has another shape than {wanted[0]}x{wanted[1]}; ask for {wanted[0]}x{near}, for example."
        )
    return wanted


def puppet_size(picture: tuple[int, int]) -> tuple[int, int]:
    """Width and height of a puppet's film if nobody says otherwise: the picture's own up to `LONGEST_PX`, even."""
    width, height = picture
    scale = min(1.0, LONGEST_PX / max(picture))
    return max(LEAST_SIDE_PX, 2 * round(width * scale / 2)), max(LEAST_SIDE_PX, 2 * round(height * scale / 2))


def resized(frames: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Pictures (n, h, w, 3) uint8 in another size (width, height)."""
    if frames.shape[1:3] == (size[1], size[0]):
        return np.ascontiguousarray(frames)
    cv2 = extra_module("cv2", PURPOSE, "film")
    way = cv2.INTER_AREA if size[0] < frames.shape[2] else cv2.INTER_CUBIC
    return np.stack([cv2.resize(frame, size, interpolation=way) for frame in frames])


def resized_values(values: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Values (H, W) or (H, W, C) as float32 in another size (width, height)."""
    if (values.shape[1], values.shape[0]) == size:
        return values
    cv2 = extra_module("cv2", PURPOSE, "film")
    way = cv2.INTER_AREA if size[0] < values.shape[1] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(np.ascontiguousarray(values, np.float32), size, interpolation=way))


def in_size(keypoints: Keypoints, size: tuple[int, int]) -> Keypoints:
    """Points in pixels of a picture as they are where the picture has another size (width, height)."""
    across = np.array(size) / keypoints.size
    return keypoints.replaced(points=keypoints.points * across.astype(np.float32), size=size)
