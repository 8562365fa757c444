"""A body that speaks along, live: sound from a pipe or a microphone in, a line of JSON for each frame out.

    ffmpeg -re -i talk.mp3 -f s16le -ac 1 -ar 16000 - | python examples/live_microphone.py > frames.jsonl
    python examples/live_microphone.py --microphone --look-ahead 0.2

Pipes carry raw 16-bit samples, little-endian, one channel. A microphone needs sounddevice: pip install sounddevice.
Each line holds `frame` (its number), `time_s` (of the sound it belongs to), `translation` (the pelvis, metres, Y up),
`rotations` (axis-angle in radians by joint, local) and `face` (weights by name, those that are not 0). Where no sound
comes for --underrun seconds, the body goes on as in silence.
"""

import argparse
import json
import queue
import sys
import threading
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import BinaryIO, TextIO

import numpy as np

import gesta
from gesta.errors import GestaError
from gesta.motion.face import ARKIT_NAMES
from gesta.motion.rotations import axis_angle_from_matrix
from gesta.motion.skeleton import skeleton
from gesta.records import Motion
from gesta.units import MOTION_FPS

BLOCK_S = 0.02
DIGITS = 5
Sounds = queue.Queue[np.ndarray | None]
"""Blocks of (S,) samples; None after the last."""


def listen_to_pipe(pipe: BinaryIO, sounds: Sounds, rate: int) -> None:
    """Put what comes through a pipe into the queue until it is closed."""
    size = 2 * round(BLOCK_S * rate)
    while block := pipe.read(size):
        sounds.put(np.frombuffer(block[: len(block) // 2 * 2], "<i2"))
    sounds.put(None)


def listen_to_microphone(sounds: Sounds, rate: int) -> None:
    """Put what the microphone hears into the queue, until the program is stopped."""
    device = import_module("sounddevice")

    def heard(block: np.ndarray, *_: object) -> None:
        sounds.put(block[:, 0].copy())

    with device.InputStream(
        samplerate=rate, channels=1, dtype="int16", blocksize=round(BLOCK_S * rate), callback=heard
    ):
        threading.Event().wait()


def write_frames(motion: Motion, first: int, out: TextIO) -> None:
    """Write a line for each frame; the first one has the number `first`."""
    turns = axis_angle_from_matrix(motion.rotations).round(DIGITS)
    names = skeleton().names
    face_names = ARKIT_NAMES if motion.face_basis == "arkit52" else range(motion.face.shape[1])
    for number in range(motion.frame_count):
        weights = zip(face_names, motion.face[number].round(DIGITS).tolist(), strict=True)
        line = {
            "frame": first + number,
            "time_s": round((first + number) / MOTION_FPS, DIGITS),
            "translation": motion.translation[number].round(DIGITS).tolist(),
            "rotations": dict(zip(names, turns[number].tolist(), strict=True)),
            "face": {str(name): weight for name, weight in weights if weight},
        }
        out.write(json.dumps(line) + "\n")
    out.flush()


def speak_along(options: argparse.Namespace, sounds: Sounds, out: TextIO) -> None:
    """Move as the sound goes, until it ends."""
    stream = gesta.load(options.model).stream(
        options.look_ahead, seed=options.seed, style=options.style, sample_rate=options.rate
    )
    sys.stderr.write(f"{stream.model}: a frame comes {stream.latency_s:.2f} s after its sound at most.\n")
    ended = False
    while not ended:
        try:
            block = sounds.get(timeout=options.underrun or None)
            ended = block is None
            motion = stream.finish() if block is None else stream.push(block)
        except queue.Empty:
            motion = stream.idle(options.underrun)
        if motion is not None:
            write_frames(motion, stream.given - motion.frame_count, out)


def main() -> None:
    """Listen in one thread, move in the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="default", help="a name or a folder")
    parser.add_argument("--look-ahead", type=float, default=0.4, help="seconds of sound heard beyond each frame")
    parser.add_argument("--style", default="neutral")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rate", type=int, default=16_000, help="of the samples, Hz")
    parser.add_argument("--microphone", action="store_true", help="hear the microphone instead of a pipe")
    parser.add_argument("--underrun", type=float, default=0.0, help="seconds without sound that are silence; 0 waits")
    options = parser.parse_args()
    sounds: Sounds = queue.Queue()
    if options.microphone and find_spec("sounddevice") is None:
        raise SystemExit("A microphone needs sounddevice: pip install sounddevice; or pipe raw samples in.")
    listen = (
        partial(listen_to_microphone, sounds, options.rate)
        if options.microphone
        else partial(listen_to_pipe, sys.stdin.buffer, sounds, options.rate)
    )
    threading.Thread(target=listen, daemon=True).start()
    try:
        speak_along(options, sounds, sys.stdout)
    except GestaError as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
