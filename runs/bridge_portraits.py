"""How well our body meets the people of pictures: a table, and a sheet of pictures with both drawn over them.

    python runs/bridge_portraits.py FOLDER [-o SHEET.png]

FOLDER holds pictures; their points are found by the networks that ship (`pip install "gesta[film]"`). Errors are of
nose, neck, eyes, ears, shoulders, elbows and wrists, as far as they are seen, in per cent of the shoulders' width:
median and largest, then the medians over the face's 68 points and over the hands. On the sheet green is what was seen
and red where the body's points land.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw

from gesta.errors import InputError
from gesta.film.picture import read_picture
from gesta.film.points import points_of
from gesta.keypoints.bridge.body_fit import MEASURED, BodyFit
from gesta.keypoints.bridge.fit import fit_picture
from gesta.keypoints.layout import GROUPS, HAND_EDGES, HANDS, LIMBS, VISIBLE, body_index
from gesta.records import Keypoints
from gesta.writing import replacing

TILE_PX, COLUMNS = 500, 4
GREEN, RED = (0, 220, 0), (255, 0, 60)


def main() -> None:
    """Fit every picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("-o", "--out", type=Path)
    given = parser.parse_args()
    torch.set_num_threads(1)
    errors, tiles = [], []
    sys.stdout.write("picture           median  largest  face  hands  seconds\n")
    for path in sorted(path for path in given.folder.iterdir() if path.suffix.lower() in (".jpg", ".jpeg", ".png")):
        picture = read_picture(path)
        try:
            seen = points_of(picture, None).points
            start = time.perf_counter()
            fit = fit_picture(seen)
        except InputError as error:
            sys.stdout.write(f"{path.name:18s}{error}\n")
            continue
        spent = time.perf_counter() - start
        errors.append(float(fit.error))
        sys.stdout.write(f"{path.name:18s}{_row(seen, fit)}{spent:9.1f}\n")
        tiles.append(_tile(picture, seen, fit))
    if not errors:
        raise InputError(f"There are no people in pictures in '{given.folder}'; give a folder of JPEG or PNG files.")
    sys.stdout.write(f"{'median':18s}{100 * np.median(errors):5.1f} of {len(errors)}\n")
    if given.out:
        with replacing(given.out) as path:
            _sheet(tiles).save(path, "PNG")


def _row(seen: Keypoints, fit: BodyFit) -> str:
    pair = [body_index(name) for name in ("left_shoulder", "right_shoulder")]
    across = np.linalg.norm(np.subtract(*seen.points[0, pair]))
    away = 100.0 * np.linalg.norm(fit.landed()[0].numpy() - seen.points[0], axis=-1) / across
    away[seen.scores[0] < VISIBLE] = np.nan
    hands = np.concatenate([away[GROUPS[hand]] for hand in HANDS])
    rest = [
        f"{np.nanmedian(values):6.1f}" if np.isfinite(values).any() else "     -"
        for values in (away[GROUPS["face"]], hands)
    ]
    judged = away[list(MEASURED)]
    return f"{np.nanmedian(judged):6.1f}{np.nanmax(judged):9.1f}{''.join(rest)} "


def _tile(picture: np.ndarray, seen: Keypoints, fit: BodyFit) -> Image.Image:
    found = Image.fromarray(picture)
    pen, width = ImageDraw.Draw(found), max(1, max(picture.shape) // 400)
    there = seen.scores[0] >= VISIBLE
    for points, colour, shown in (
        (seen.points[0], GREEN, there), (fit.landed()[0].numpy(), RED, np.ones_like(there))
    ):  # fmt: skip
        edges = [*LIMBS, *((GROUPS[hand].start + a, GROUPS[hand].start + b) for hand in HANDS for a, b in HAND_EDGES)]
        for first, second in edges:
            if shown[first] and shown[second]:
                pen.line([*points[first], *points[second]], fill=colour, width=width)
        for x, y in points[GROUPS["face"]][shown[GROUPS["face"]]]:
            pen.ellipse([x - width, y - width, x + width, y + width], fill=colour)
    found.thumbnail((TILE_PX, TILE_PX))
    return found


def _sheet(tiles: list[Image.Image]) -> Image.Image:
    rows = -(-len(tiles) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * TILE_PX, rows * TILE_PX))
    for number, tile in enumerate(tiles):
        sheet.paste(tile, (number % COLUMNS * TILE_PX, number // COLUMNS * TILE_PX))
    return sheet


if __name__ == "__main__":
    main()
