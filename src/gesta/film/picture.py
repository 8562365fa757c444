"""Pictures in: PNG, JPEG, WebP and the like from anywhere, as RGB, the right way up, never larger than allowed."""

import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from gesta.audio.decode import open_regular
from gesta.errors import InputError

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF")
LEAST_SIDE_PX = 64
MOST_PIXELS = 50_000_000
"""Larger pictures are refused by what their header says, before memory is taken for them."""
TOO_MANY = f"more than {MOST_PIXELS // 1_000_000} million pixels, the most that are read; make it smaller"
BEHIND = (128, 128, 128)
"""What shows through where a picture is transparent."""
SIXTEEN_TO_EIGHT_BITS = 257


def read_picture(path: str | Path) -> np.ndarray:
    """Read a picture.

    Returns:
        (H, W, 3) uint8 RGB, turned as its EXIF orientation says; transparent parts lie on grey.

    Raises:
        InputError: the file is missing, no picture, damaged, too large or too small; in one sentence.
    """
    path = Path(path)
    with open_regular(path, "picture") as file, warnings.catch_warnings():
        # Sizes are checked here, by our own limit.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            picture = Image.open(file, formats=FORMATS)
            _check_size(picture.size, path)
            return _rgb(ImageOps.exif_transpose(picture))
        except UnidentifiedImageError:
            raise InputError(f"'{path}' is not a picture that can be read; save it as PNG or JPEG.") from None
        except Image.DecompressionBombError:
            raise InputError(f"The picture '{path}' has {TOO_MANY}.") from None
        except (OSError, SyntaxError, ValueError, EOFError, OverflowError):
            raise InputError(f"The picture '{path}' is damaged; save it again as PNG or JPEG.") from None


def _check_size(size: tuple[int, int], path: Path) -> None:
    width, height = size
    if width * height > MOST_PIXELS:
        raise InputError(f"The picture '{path}' has {TOO_MANY}.")
    if min(size) < LEAST_SIDE_PX:
        raise InputError(
            f"The picture '{path}' has {width} x {height} pixels, but each side needs at least {LEAST_SIDE_PX}; "
            "take a larger one."
        )


def _rgb(picture: Image.Image) -> np.ndarray:
    """(H, W, 3) uint8 of any mode."""
    if picture.mode.startswith("I"):
        # 16 bits a pixel, which Pillow would cut off at 255.
        grey = np.asarray(picture).astype(np.int64).clip(0) // SIXTEEN_TO_EIGHT_BITS
        return np.repeat(grey.clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)
    if picture.has_transparency_data:
        seen = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", seen.size, (*BEHIND, 255)), seen)
    return np.asarray(picture.convert("RGB"), dtype=np.uint8).copy()
