"""Draws contact sheets of a prepared data set of films: each clip's pictures with its points, and with its masks.

    python runs/film_sheet.py DATASET -o SHEETS [--columns 8]

Writes CLIP.png for each clip, with two rows of pictures evenly spaced through it: points drawn over them, and what the
mask leaves of them on green.
"""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from gesta.data.film_set import FilmSet
from gesta.data.films import FilmRecord
from gesta.keypoints.drawing import draw_poses
from gesta.render.contact_sheet import write_picture

GREEN = np.array([30.0, 170.0, 60.0])
TILE_PX = 320


def sheet(films: FilmSet, clip: FilmRecord, columns: int) -> np.ndarray:
    """Two rows, or one where the clip has no masks: (rows * TILE_PX, columns * TILE_PX, 3) uint8."""
    chosen = np.linspace(0, clip.frames - 1, columns).round().astype(int)
    pictures = films.pictures(clip, chosen).astype(float)
    points = films.points(clip, 0, clip.frames)
    drawn = np.concatenate([draw_poses(points.frames(at, at + 1), (films.info.side,) * 2) for at in chosen])
    lines = drawn.max(axis=3, keepdims=True) > 0
    rows = [np.where(lines, 0.25 * pictures + 0.75 * drawn, pictures)]
    if clip.masks is not None:
        share = films.masks(clip, chosen)[..., None] / 255.0
        rows.append(share * pictures + (1.0 - share) * GREEN)
    tiles = [[_tile(picture) for picture in row] for row in rows]
    return np.concatenate([np.concatenate(row, axis=1) for row in tiles])


def _tile(picture: np.ndarray) -> np.ndarray:
    return np.asarray(Image.fromarray(picture.clip(0, 255).astype(np.uint8)).resize((TILE_PX, TILE_PX)))


def main() -> None:
    """Write the sheets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--columns", type=int, default=8)
    given = parser.parse_args()
    films = FilmSet.open(given.dataset)
    given.output.mkdir(parents=True, exist_ok=True)
    for clip in films.clips:
        write_picture(given.output / f"{clip.id}.png", sheet(films, clip, given.columns))


if __name__ == "__main__":
    main()
