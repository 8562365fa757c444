"""Cuts people out of portraits and writes a sheet for each: picture, alpha, plate, layers on magenta, moved layers.

    python runs/cutout_portraits.py PORTRAITS OUT [--size 512] [--only NAME ...]

Also prints how long it took, how far the layers over the plate are from the picture, and what there is to say.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from PIL import Image
from portraits import add_options, portraits
from saying import say

from gesta.errors import InputError
from gesta.film.cutout.cutting import cut_out
from gesta.film.cutout.layers import Cutout, Layer, composite
from gesta.keypoints.bridge.fit import fit_picture
from gesta.keypoints.estimators.make import make_estimator
from gesta.writing import replacing

MAGENTA = np.array((1.0, 0.0, 1.0), np.float32)
MOVED = {"body": (0, 0.0), "left_arm": (0.03, -0.05), "right_arm": (-0.03, -0.05)}
"""How far layers are moved in the last tile, right and down, in sides of the picture."""
SWAY = 0.02


def moved(layer: Layer) -> Layer:
    """A layer elsewhere; what comes in at the border is nothing."""
    right, down = (round(share * len(layer.alpha)) for share in MOVED[layer.name])
    right += round(SWAY * len(layer.alpha))
    colour, alpha = (np.roll(values, (down, right), axis=(0, 1)) for values in (layer.colour, layer.alpha))
    return Layer(layer.name, colour, alpha)


def sheet(picture: np.ndarray, found: Cutout) -> np.ndarray:
    """All there is to look at: (H, W, 3) uint8."""
    magenta = np.broadcast_to(MAGENTA, picture.shape)
    tiles = [picture / 255.0, np.repeat(found.person[..., None], 3, axis=2), found.background]
    tiles.append(composite([moved(layer) for layer in found.layers], found.background))
    tiles += [composite([layer], magenta) for layer in found.layers]
    tiles += [np.zeros(picture.shape)] * (8 - len(tiles))
    whole = np.concatenate([np.concatenate(tiles[row : row + 4], axis=1) for row in (0, 4)])
    return np.rint(np.clip(whole, 0.0, 1.0) * 255.0).astype(np.uint8)


def main() -> None:
    """Do it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add_options(parser)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    estimator = make_estimator("embedded")
    for stem, picture in portraits(given):
        try:
            keypoints = estimator.picture(picture)
            fit = fit_picture(keypoints)
            start = time.perf_counter()
            found = cut_out(picture, keypoints, fit)
        except InputError as error:
            say(f"{stem}: {error}")
            continue
        spent = time.perf_counter() - start
        off = np.abs(composite(found.layers, found.background) * 255.0 - picture)
        names = ", ".join(layer.name for layer in found.layers)
        inside = off[found.person > 0.5].mean()
        say(f"{stem}: {spent:.1f} s, off by {inside:.3f} inside, at most {off.max():.1f}; {names}")
        for note in found.notes:
            say(f"    {note}")
        with replacing(given.out / f"{stem}.png") as beside:
            Image.fromarray(sheet(picture, found)).save(beside)


if __name__ == "__main__":
    main()
