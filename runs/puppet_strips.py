"""Strips of the puppets of some portraits that speak a recording, to be looked at, and their films if wanted.

    python runs/puppet_strips.py PORTRAITS SPEECH OUT [--films] [--columns 6] [--size 512] [--only NAME ...]

Writes OUT/PORTRAIT.png for each picture in the folder PORTRAITS, the picture itself first; OUT/faces.png, the heads of
all of them larger; OUT/puppets.csv with what is measured; and with --films OUT/PORTRAIT.mp4 with sound.
"""

import argparse
import csv
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image
from portraits import add_options, portraits
from saying import say

import gesta
from gesta.audio.read import open_speech
from gesta.film.points import points_of
from gesta.film.puppet.puppet import Puppet
from gesta.keypoints.layout import GROUPS
from gesta.records import Keypoints, Motion
from gesta.render.video import VideoWriter

FRAME_RATE = 25
AROUND_FACE = 0.35
FACE_PX = 256


def main() -> None:
    """Make the strips."""
    options = _options()
    options.out.mkdir(parents=True, exist_ok=True)
    motion = gesta.load().speak(options.speech, seed=1).motion
    rows, faces = [], []
    for stem, picture in portraits(options):
        keypoints = points_of(picture, None).points
        started = time.perf_counter()
        puppet = Puppet.of(picture, keypoints)
        set_up = time.perf_counter() - started
        film = options.out / f"{stem}.mp4" if options.films else None
        chosen, per_second = _chosen(puppet, motion, options.columns, film, options.speech)
        strip = [picture, *chosen]
        Image.fromarray(np.hstack(strip)).save(options.out / f"{stem}.png")
        faces.append(np.hstack([_head(frame, keypoints) for frame in strip]))
        rows.append({"portrait": stem, "set_up_s": round(set_up, 1), "frames_per_s": round(per_second, 1)})
        rows[-1].update(puppet.report())
        say(" ".join([str(rows[-1]), *puppet.notes]))
    Image.fromarray(np.vstack(faces)).save(options.out / "faces.png")
    with (options.out / "puppets.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_options(parser)
    parser.add_argument("speech", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--films", action="store_true")
    parser.add_argument("--columns", type=int, default=6)
    return parser.parse_args()


def _chosen(
    puppet: Puppet, motion: Motion, columns: int, film: Path | None, speech: Path
) -> tuple[list[np.ndarray], float]:
    """Frames at even distances, and how many were drawn each second; without a film no others are drawn."""
    count = columns - 1
    if film is None:
        started = time.perf_counter()
        frames = list(puppet.frames(motion, count / motion.duration_s))
        return frames[:count], len(frames) / (time.perf_counter() - started)
    wanted = set(np.linspace(0, round(motion.duration_s * FRAME_RATE) - 1, count + 2).astype(int)[1:-1].tolist())
    chosen, started = [], time.perf_counter()
    with VideoWriter(film, puppet.size, Fraction(FRAME_RATE), open_speech(speech), own_sound=True) as writer:
        for number, frame in enumerate(_drawn(puppet, motion)):
            writer.write(frame[None])
            if number in wanted:
                chosen.append(frame)
    return chosen, (number + 1) / (time.perf_counter() - started)


def _drawn(puppet: Puppet, motion: Motion) -> Iterator[np.ndarray]:
    """All frames; the first, before which kernels are compiled, is drawn once more."""
    next(puppet.frames(motion, FRAME_RATE))
    yield from puppet.frames(motion, FRAME_RATE)


def _head(frame: np.ndarray, keypoints: Keypoints) -> np.ndarray:
    """The face in a frame, as it lies in the picture: (FACE_PX, FACE_PX, 3)."""
    points = keypoints.points[0, GROUPS["face"]]
    low, high = points.min(axis=0), points.max(axis=0)
    half = (0.5 + AROUND_FACE) * float((high - low).max())
    left, top = ((low + high) / 2.0 - half).astype(int)
    box = (int(left), int(top), int(left + 2 * half), int(top + 2 * half))
    return np.asarray(Image.fromarray(frame).crop(box).resize((FACE_PX, FACE_PX), Image.Resampling.BICUBIC))


if __name__ == "__main__":
    main()
