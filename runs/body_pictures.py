"""Draws the pictures of docs/body.md: the contact sheet of the body, and its looks side by side.

    python runs/body_pictures.py

JPEG, since they are many colours and small is wanted; `gesta body -o sheet.png` writes the sheet at full size.
"""

from pathlib import Path

import numpy as np
from PIL import Image

from gesta.avatar.looks import looks
from gesta.render.contact_sheet import contact_sheet, looks_sheet
from gesta.writing import replacing

IMAGES = Path(__file__).parents[1] / "docs" / "images"
SHEET_WIDTH_PX, LOOKS_WIDTH_PX = 1560, 1560
QUALITY = 82


def write_small(name: str, picture: np.ndarray, width: int) -> None:
    """Write a picture (H, W, 3) as a JPEG of some width."""
    whole = Image.fromarray(picture)
    height = round(whole.height * width / whole.width)
    with replacing(IMAGES / name) as beside:
        whole.resize((width, height), Image.Resampling.LANCZOS).save(
            beside, format="JPEG", quality=QUALITY, optimize=True, progressive=True
        )


def main() -> None:
    """Draw both."""
    write_small("body.jpg", contact_sheet(), SHEET_WIDTH_PX)
    write_small("looks.jpg", looks_sheet(looks()), LOOKS_WIDTH_PX)


if __name__ == "__main__":
    main()
