"""Compares ways to fill a hole in a picture: heat, what gesta does with heat, Telea's inpainting, and shifted pieces.

    python runs/cutout_fill.py PORTRAITS [--out SHEETS] [--size 512] [--only NAME ...]

The hole is the person's own outline, moved to where the picture shows only background as far as there is such a place;
what it hides is known. Prints the mean error, of 255, in the band that limited motion uncovers and in the whole hole,
and how strong the grain is against the true one.
"""

import argparse
import time
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from portraits import add_options, portraits
from saying import say

from gesta.film.cutout.areas import grown, shrunk
from gesta.film.cutout.fill import filled, filled_behind, grained
from gesta.keypoints.estimators.embedded.person_mask import PersonMasks
from gesta.keypoints.estimators.make import make_estimator
from gesta.writing import replacing

BAND_SHARE = 0.05
"""How wide a band limited motion uncovers, in heights of the picture."""
SEARCH, SWEEPS = 12, 3
"""Shifts that are tried at random, and rounds in which they are taken over."""


def shifted_pieces(picture: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Each hole pixel copied from a known one at a shift; shifts are tried at random and taken over from neighbours.

    What a shift costs is how far the smooth fill there is from the picture at its end, over a window.
    """
    random = np.random.default_rng(0)
    guess = filled(picture, known)
    height, width = known.shape
    rows, columns = np.indices(known.shape)
    best = np.full(known.shape, np.inf, np.float32)
    shift = np.zeros((*known.shape, 2), int)

    def tried(by: np.ndarray) -> None:
        nonlocal best
        to_rows, to_columns = rows + by[..., 0], columns + by[..., 1]
        inside = (to_rows >= 0) & (to_rows < height) & (to_columns >= 0) & (to_columns < width)
        to_rows, to_columns = np.clip(to_rows, 0, height - 1), np.clip(to_columns, 0, width - 1)
        off = np.square(guess - picture[to_rows, to_columns]).sum(axis=-1)
        cost = cv2.blur(np.where(inside & known[to_rows, to_columns], off, 9.0).astype(np.float32), (7, 7))
        better = (cost < best) & known[to_rows, to_columns] & inside
        best, shift[better] = np.where(better, cost, best), by[better]

    for _ in range(SEARCH):
        across = random.integers(-width // 2, width // 2)
        tried(np.broadcast_to(np.array([random.integers(-height // 4, height // 4), across]), shift.shape))
    for _ in range(SWEEPS):
        for step in ((0, 1), (1, 0), (0, -1), (-1, 0)):
            tried(np.roll(shift, step, axis=(0, 1)))
    to_rows = np.clip(rows + shift[..., 0], 0, height - 1)
    to_columns = np.clip(columns + shift[..., 1], 0, width - 1)
    return np.where((~known & np.isfinite(best))[..., None], picture[to_rows, to_columns], guess)


def telea(picture: np.ndarray, known: np.ndarray) -> np.ndarray:
    """OpenCV's fast marching, radius 5."""
    eight = np.rint(picture * 255.0).astype(np.uint8)
    return cv2.inpaint(eight, (~known).astype(np.uint8), 5, cv2.INPAINT_TELEA).astype(np.float32) / 255.0


def with_grain(picture: np.ndarray, known: np.ndarray) -> np.ndarray:
    """What gesta does."""
    return grained(filled_behind(picture, known), (~known).astype(np.float32), known)


WAYS = {
    "heat": filled,
    "sideways heat, edges near": filled_behind,
    "the same with grain": with_grain,
    "Telea": telea,
    "shifted pieces": shifted_pieces,
}


def fine(picture: np.ndarray) -> np.ndarray:
    """What is finer than grain's blur."""
    return picture - cv2.GaussianBlur(picture, (0, 0), 1.2)


def planted_hole(person: np.ndarray) -> np.ndarray:
    """The person's outline moved sideways by as much as leaves least of it on the person: (H, W) bool."""
    width = person.shape[1]
    moves = [by for by in range(-width // 2, width // 2, 8) if abs(by) > width // 8]
    shown = []
    for by in moves:
        hole = np.zeros_like(person)
        hole[:, max(0, by) : width + min(0, by)] = person[:, max(0, -by) : width - max(0, by)]
        shown.append(hole & ~person)
    return max(shown, key=lambda hole: int(hole.sum()))


def main() -> None:
    """Do it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add_options(parser)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    estimator, masks = make_estimator("embedded"), PersonMasks()
    rows: dict[str, list[tuple[float, ...]]] = {name: [] for name in WAYS}
    for stem, picture in portraits(given):
        person = grown(masks.anybody(picture, estimator.picture(picture)) > 0.2, 0.01 * given.size)
        hole, colours = planted_hole(person), picture.astype(np.float32) / 255.0
        # The person themselves stay unknown: no way may take them for background.
        known = ~(hole | person)
        band = hole & grown(known, BAND_SHARE * given.size)
        tiles = [np.where(known[..., None], colours, 0.0)]
        for name, way in WAYS.items():
            start = time.perf_counter()
            found = way(np.where(known[..., None], colours, 0.0).astype(np.float32), known)
            spent = time.perf_counter() - start
            off = np.abs(found - colours).mean(axis=-1) * 255.0
            inner = shrunk(hole, 3.0)
            grain = float(fine(found)[inner].std() / max(fine(colours)[inner].std(), 1e-6))
            rows[name].append((float(off[band].mean()), float(off[hole].mean()), grain, spent))
            tiles.append(np.where((hole | known)[..., None], found, 0.0))
        if given.out is not None:
            given.out.mkdir(parents=True, exist_ok=True)
            with replacing(given.out / f"{stem}.png") as beside:
                sheet = np.concatenate([np.where(person[..., None], 0.0, colours), *tiles], axis=1)
                Image.fromarray(np.rint(np.clip(sheet, 0, 1) * 255.0).astype(np.uint8)).save(beside)
        say(f"{stem}: done")
    say("| way | band | hole | grain | seconds |\n|---|---|---|---|---|")
    for name, values in rows.items():
        band_off, hole_off, grain, spent = np.mean(values, axis=0)
        say(f"| {name} | {band_off:.2f} | {hole_off:.2f} | {grain:.2f} | {spent:.2f} |")


if __name__ == "__main__":
    main()
