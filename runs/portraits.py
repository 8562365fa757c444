"""The pictures of a folder, one after the other, for scripts that look at each."""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from gesta.film.picture import read_picture

ENDINGS = (".jpg", ".jpeg", ".png", ".webp")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Which pictures, and how large."""
    parser.add_argument("portraits", type=Path)
    parser.add_argument("--size", type=int, default=512, help="longer side the pictures are brought to")
    parser.add_argument("--only", nargs="*", help="names without ending")


def portraits(given: argparse.Namespace) -> Iterator[tuple[str, np.ndarray]]:
    """The name and the pixels (H, W, 3) uint8, both sides even, of each picture that is wanted."""
    for path in sorted(given.portraits.iterdir()):
        if path.suffix.lower() in ENDINGS and (not given.only or path.stem in given.only):
            yield path.stem, sized(read_picture(path), given.size)


def sized(picture: np.ndarray, side: int) -> np.ndarray:
    """A picture whose longer side has so many pixels, and both an even number."""
    scale = side / max(picture.shape[:2])
    width, height = (max(2, round(length * scale / 2) * 2) for length in picture.shape[1::-1])
    return np.asarray(Image.fromarray(picture).resize((width, height), Image.Resampling.LANCZOS))
