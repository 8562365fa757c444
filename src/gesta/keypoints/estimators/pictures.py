"""Pictures made ready for the networks of a pose estimator: three channels, and the size they are worked on in."""

import numpy as np

from gesta.extras import extra_module

CHANNELS = 3
LONGEST = 4096
"""Pictures are not made larger than this, however narrow they are."""
PUBLISHED_STEP = 64
"""The published sizes are multiples of this."""


def as_rgb(image: np.ndarray) -> np.ndarray:
    """The picture with three channels: (H, W, 3) uint8.

    Args:
        image: (H, W, 3), or grey as (H, W) or (H, W, 1); uint8.

    Raises:
        ValueError: it is no such array.
    """
    if image.dtype != np.uint8 or image.ndim not in (2, 3) or 0 in image.shape:
        raise ValueError(f"a picture is (H, W, 3) uint8, not {image.shape} {image.dtype}")
    colours = image if image.ndim == CHANNELS else image[..., None]
    if colours.shape[2] not in (1, CHANNELS):
        raise ValueError(f"a picture has {CHANNELS} channels, not {colours.shape[2]}")
    return colours if colours.shape[2] == CHANNELS else colours.repeat(CHANNELS, axis=2)


def size_of(image: np.ndarray) -> tuple[int, int]:
    """Width and height of an (H, W, ...) picture."""
    height, width = image.shape[:2]
    return width, height


def scaled(image: np.ndarray, short_side: int, sides: str) -> np.ndarray:
    """The picture with its shorter side brought to a length.

    The published program rounds both sides to multiples of 64, which bends pictures that are not square (resize_image
    of controlnet_aux, as MMGT's src/dwpose/__init__.py calls it at commit 1d0926e).

    Args:
        image: (H, W, 3) uint8.
        short_side: pixels.
        sides: "same_shape", or "multiples_of_64" as published.

    Returns:
        (H', W', 3) uint8.
    """
    cv2 = extra_module("cv2", "Finding points in pictures", "film")
    width, height = size_of(image)
    factor = min(short_side / min(width, height), max(LONGEST, width, height) / max(width, height))
    step = PUBLISHED_STEP if sides == "multiples_of_64" else 1
    size = tuple(max(step, round(side * factor / step) * step) for side in (width, height))
    if size == (width, height):
        return image
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_LANCZOS4 if factor > 1.0 else cv2.INTER_AREA))
