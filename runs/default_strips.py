"""Strips of a trained model and of its teacher on the same speech, small enough for the documentation.

    python runs/default_strips.py JUDGED OUT [--clips 6] [--seconds 6] [--seed 0]

JUDGED is the folder that runs/judge_default.py filled. For so many recordings, spread over the voices, OUT
gets default_RECORDING.png: eight frames of the model above, of its teacher below, from the same moments of the stretch
in which the teacher moves most. Colours are few, so that a picture takes under 150 kB.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from blind_pairs import MODELS
from judge_pooled import LONG_S
from PIL import Image

from gesta.metrics.motion.report import wrist_speeds
from gesta.metrics.motion.tracks import Tracks
from gesta.motion.npz import read_npz
from gesta.records import Motion
from gesta.render.preview import frames
from gesta.units import MOTION_FPS
from gesta.writing import replacing

TILE_PX, TILES = (176, 190), 8
COLOURS = 256
MOST_BYTES = 150_000


def chosen(folder: Path, seed: int, count: int) -> list[str]:
    """Recordings that last long enough, evenly spaced through their names, so that voices differ."""
    names = sorted(path.name.removesuffix(f"-{seed}.npz") for path in folder.glob(f"*-{seed}.npz"))
    lasting = [name for name in names if read_npz(folder / f"{name}-{seed}.npz").duration_s >= LONG_S]
    places = np.unique(np.linspace(0, len(lasting) - 1, min(count, len(lasting))).astype(int))
    return [lasting[place] for place in places]


def busiest(motion: Motion, length: int) -> int:
    """Where the stretch of so many frames begins in which the wrists go furthest."""
    travelled = np.concatenate([[0.0], np.cumsum(wrist_speeds(Tracks.of(motion)).sum(axis=0))])
    within = travelled[length - 1 :] - travelled[: len(travelled) - length + 1]
    return int(within.argmax())


def strip(sides: Sequence[Motion], start: int, length: int) -> Image.Image:
    """A row of frames of each motion."""
    moments = np.linspace(start, start + length - 1, TILES).astype(int)
    rows = [np.concatenate(list(frames(side, moments, TILE_PX, "half")), axis=1) for side in sides]
    return Image.fromarray(np.concatenate(rows)).quantize(COLOURS, dither=Image.Dither.NONE)


def main() -> None:
    """Choose, draw, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("judged", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--clips", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    length = round(options.seconds * MOTION_FPS)
    for name in chosen(options.judged / MODELS[1], options.seed, options.clips):
        sides = [read_npz(options.judged / model / f"{name}-{options.seed}.npz") for model in MODELS]
        start = busiest(sides[1], length)
        path = options.out / f"default_{name}.png"
        with replacing(path) as beside:
            strip(sides, start, length).save(beside, optimize=True)
        size = path.stat().st_size
        sys.stdout.write(f"{path}: {size // 1000} kB, from {start / MOTION_FPS:.1f} s on\n")
        if size > MOST_BYTES:
            raise SystemExit(f"{path} is larger than {MOST_BYTES // 1000} kB.")


if __name__ == "__main__":
    main()
