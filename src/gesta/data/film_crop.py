"""A part of a picture that is brought to another size, for pictures and for the points in them.

Drawing the part is RandomResizedCrop, as the published training has it: a share of the area and a ratio of width to
height are drawn evenly (the ratio by its logarithm), then the place.
"""

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image

from gesta.records import Keypoints


@dataclass(frozen=True)
class Part:
    """A part of a square picture whose side is 1.

    Attributes:
        left, top: of its upper left corner.
        width, height: of it.
    """

    left: float = 0.0
    top: float = 0.0
    width: float = 1.0
    height: float = 1.0


WHOLE = Part()


def drawn_part(scale: tuple[float, float], ratio: tuple[float, float], chance: np.random.Generator) -> Part:
    """A part by chance.

    Args:
        scale: least and greatest share of the area.
        ratio: least and greatest width to height.
        chance: draws.
    """
    area = chance.uniform(*scale)
    shape = math.exp(chance.uniform(math.log(ratio[0]), math.log(ratio[1])))
    width, height = min(1.0, math.sqrt(area * shape)), min(1.0, math.sqrt(area / shape))
    return Part(chance.uniform(0.0, 1.0 - width), chance.uniform(0.0, 1.0 - height), width, height)


def part_of_pictures(pictures: np.ndarray, part: Part, side: int) -> np.ndarray:
    """The same part of square pictures (n, S, S, 3) uint8, brought to (n, side, side, 3)."""
    size = pictures.shape[1]
    if part == WHOLE and size == side:
        return pictures
    box = tuple(size * edge for edge in (part.left, part.top, part.left + part.width, part.top + part.height))
    shape = (side, side)
    images = (Image.fromarray(picture).resize(shape, Image.Resampling.BILINEAR, box) for picture in pictures)
    return np.stack([np.asarray(image) for image in images])


def part_of_points(keypoints: Keypoints, part: Part) -> Keypoints:
    """The points as they lie in the part of a square canvas that takes the whole canvas's place."""
    if part == WHOLE:
        return keypoints
    corner = np.array(keypoints.size) * (part.left, part.top)
    points = (keypoints.points - corner) / (part.width, part.height)
    return keypoints.replaced(points=points.astype(np.float32))
