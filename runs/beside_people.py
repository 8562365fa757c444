"""Films and strips of real takes and of ours on the same speech and the same body, side by side, to be looked at.

    python runs/beside_people.py DATA OUT [--style fitted] [--seed 0] [--takes NAME,...] [--seconds 20] [--blind]

DATA holds beat2/ and show/ (research data, local only: never publish what this writes). For each real take OUT gets
NAME.mp4 with the take's sound, people on the left and ours on the right, and NAME.png with pairs of frames from the
same moments. `--blind` draws the sides by lot and writes who is who to key.json, for somebody who is to guess.

Both sides are shown alike: smoothed by the same 6 Hz, in the middle of the picture, without face and fingers (SHOW's
takes have none that can be read without SMPL-X's model).
"""

import argparse
import json
from pathlib import Path

import numpy as np
from PIL import Image
from real_or_ours import real_takes, smooth, spoken

from gesta.audio.read import open_speech
from gesta.motion.reading import read_motion
from gesta.motion.skeleton import skeleton
from gesta.randomness import generator
from gesta.records import Motion, Speech
from gesta.render.preview import Studio, frames, on_the_floor
from gesta.render.video import VideoWriter
from gesta.units import MOTION_FPS

SIDE_PX = (480, 480)
PAIRS, MARGIN_FRAMES = 8, 10
FINGERS = ("thumb", "index", "middle", "ring", "pinky")
WRITTEN = "who is who"


def shown(motion: Motion, frame_count: int) -> Motion:
    """A motion as both sides are shown: smoothed, its middle before the camera, without fingers and face."""
    kept = on_the_floor(motion.frames(0, frame_count))
    turns = np.array(kept.rotations, np.float64)
    left, _, right = np.linalg.svd(smooth(turns))
    rotations = (left @ right).astype(np.float32)
    hidden = [place for place, name in enumerate(skeleton().names) if any(finger in name for finger in FINGERS)]
    rotations[:, hidden] = np.eye(3, dtype=np.float32)
    translation = smooth(np.array(kept.translation, np.float64))
    translation[:, (0, 2)] -= np.median(translation[:, (0, 2)], axis=0)
    face = np.zeros_like(kept.face)
    return kept.replaced(rotations=rotations, translation=translation.astype(np.float32), face=face)


def write_film(path: Path, sides: tuple[Motion, Motion], speech: Speech) -> None:
    """Both motions next to each other, with the sound."""
    width, height = SIDE_PX
    studios = [Studio(motion, SIDE_PX, "half") for motion in sides]
    count = min(motion.frame_count for motion in sides)
    with VideoWriter(path, (2 * width, height), MOTION_FPS, speech) as film:
        for pair in zip(*(studio.batches(range(count)) for studio in studios), strict=True):
            film.write(np.concatenate(pair, axis=2))


def write_strip(path: Path, sides: tuple[Motion, Motion]) -> None:
    """Frames of both motions from the same moments, the first motion above."""
    count = min(motion.frame_count for motion in sides)
    moments = np.linspace(MARGIN_FRAMES, count - 1 - MARGIN_FRAMES, PAIRS).astype(int)
    rows = [np.concatenate(list(frames(motion, moments, (320, 320), "half")), axis=1) for motion in sides]
    Image.fromarray(np.concatenate(rows)).save(path)


def main() -> None:
    """Speak, draw, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--style", default="fitted")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--takes", default="")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--blind", action="store_true")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    lots, key = generator(options.seed, "beside people", "lots"), {}
    for name, (path, sound) in real_takes(options.data).items():
        if options.takes and not any(part in name for part in options.takes.split(",")):
            continue
        real, ours = read_motion(path), spoken(path, open_speech(sound), options.style, options.seed)
        count = min(real.frame_count, ours.frame_count, int(options.seconds * MOTION_FPS))
        sides = (shown(real, count), shown(ours, count))
        swapped = options.blind and bool(lots.random() < 0.5)
        sides = sides[::-1] if swapped else sides
        key[name] = ["ours", "people"] if swapped else ["people", "ours"]
        write_film(options.out / f"{name}.mp4", sides, open_speech(sound))
        write_strip(options.out / f"{name}.png", sides)
    (options.out / "key.json").write_text(json.dumps({WRITTEN: key}, indent=1) + "\n")


if __name__ == "__main__":
    main()
