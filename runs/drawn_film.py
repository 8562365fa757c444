"""A film for everybody to train on: the mannequin speaks, drawn, with the true place of all 134 points in every frame.

    python runs/drawn_film.py -o SOURCE [--speech FILE] [--seconds 6.4] [--size 256]

The procedural speaker speaks the recording (the demo voice if none is given), the preview draws it from the belly up
at 25 frames a second, and the points are seen by the camera that draws. SOURCE gets NAME.mp4, NAME.wav (16 kHz) and
NAME.npz, which is what `gesta prepare videos` takes.
"""

import argparse
import sys
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np

import gesta
from gesta.audio.read import open_speech
from gesta.keypoints.files import write_keypoints
from gesta.keypoints.mannequin_points import mannequin_keypoints
from gesta.motion.rotations import resample_rotations
from gesta.motion.writing import replacing
from gesta.records import Motion, Speech
from gesta.render.mannequin import mannequin
from gesta.render.preview import Studio
from gesta.render.video import VideoWriter
from gesta.render.views import camera_for
from gesta.units import SAMPLE_RATE, VIDEO_FPS, frame_times

DEMO_VOICE = Path(gesta.__file__).with_name("assets") / "demo_voice.flac"
CAMERA = "half"
FULL_SCALE = 32767


def cut(path: Path, seconds: float, target: Path) -> Speech:
    """Write the beginning of a recording as a WAV of 16 kHz, and open that."""
    wanted = round(seconds * SAMPLE_RATE)
    kept: list[np.ndarray] = []
    for block in open_speech(path).source.blocks():
        kept.append(block[: wanted - sum(map(len, kept))])
        if sum(map(len, kept)) == wanted:
            break
    samples = np.rint(np.concatenate(kept) * FULL_SCALE).astype("<i2")
    with replacing(target) as beside, wave.open(str(beside), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(samples.itemsize)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(samples.tobytes())
    return open_speech(target)


def at_video_rate(motion: Motion, count: int) -> Motion:
    """A motion's course in `count` frames at 25 a second."""
    old, new = frame_times(0, motion.frame_count), np.arange(count) / VIDEO_FPS

    def values(course: np.ndarray) -> np.ndarray:
        return np.stack([np.interp(new, old, column) for column in course.T], axis=1)

    rotations = resample_rotations(motion.rotations, old, new)
    return Motion(rotations, values(motion.translation), values(motion.face))


def main(say: Callable[[str], object]) -> None:
    """Speak, draw, and write down where everything is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="SOURCE")
    parser.add_argument("--speech", type=Path, default=DEMO_VOICE)
    parser.add_argument("--seconds", type=float, default=6.4)
    parser.add_argument("--size", type=int, default=256, help="pixels of the square picture")
    parser.add_argument("--style", default="lively")
    parser.add_argument("--seed", type=int, default=3)
    chosen = parser.parse_args()
    chosen.output.mkdir(parents=True, exist_ok=True)
    name, size = chosen.speech.stem, (chosen.size, chosen.size)
    speech = cut(chosen.speech, chosen.seconds, chosen.output / f"{name}.wav")
    spoken = gesta.load("procedural").speak(speech.path, seed=chosen.seed, style=chosen.style).motion
    motion = at_video_rate(spoken, speech.video_frame_count)
    points = mannequin_keypoints(motion, camera_for(CAMERA), size, VIDEO_FPS)
    with VideoWriter(chosen.output / f"{name}.mp4", size, VIDEO_FPS, speech) as film:
        for pictures in Studio(motion, size, CAMERA, figure=mannequin()).batches(range(motion.frame_count)):
            film.write(pictures)
    write_keypoints(chosen.output / f"{name}.npz", points)
    seen = points.scores.mean()
    say(f"{points.frame_count} frames of {name} are in {chosen.output}; {seen:.0%} of the points are seen")


if __name__ == "__main__":
    main(lambda line: sys.stdout.write(line + "\n"))
