"""Measures what a puppet's film of any length costs: set-up, frames a second, memory over the film, size of the file.

    python runs/film_cost.py PORTRAIT SPEECH OUT [--side 512] [--minutes 4]

The film is made as `gesta film` makes it, encoder and sound included. The default model's motion for SPEECH is played
to and fro, and its sound again and again, until the minutes are full; making the motion is not counted. Writes OUT, an
.mp4, and prints sentences. Frames a second are told by the clock and by the time of all of the process' threads on the
processor; memory is what Linux keeps of the process in memory (/proc/self/statm).
"""

import argparse
import os
import tempfile
import time
import wave
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from saying import say

import gesta
from gesta.audio.read import open_speech
from gesta.clip import Clip
from gesta.models.puppet import puppet_clip
from gesta.records import Motion
from gesta.units import MOTION_FPS, SAMPLE_RATE, VIDEO_FPS

NOTED_EACH = 250
"""Every so many frames time and memory are noted."""
EARLY_S = 120.0
"""From here on memory should not grow."""


@dataclass
class Watch:
    """Notes time and memory while a film is drawn; give it to `Clip.save` as its progress."""

    notes: list[tuple[int, float, float, float]] = field(default_factory=list)

    def __call__(self, what: str, done: int, of: int) -> None:
        """Note them now and then."""
        if what == "drawing" and (not self.notes or done - self.notes[-1][0] >= NOTED_EACH or done == of):
            self.notes.append((done, time.perf_counter(), time.process_time(), resident_mb()))

    def said(self, file: Path) -> str:
        """What it noted, and how large the file has become, in sentences."""
        frames, clocks, processor, memory = (np.array(values) for values in zip(*self.notes, strict=True))
        drawn, lasting = frames[-1] - frames[0], frames[-1] / VIDEO_FPS
        late = frames >= min(EARLY_S * VIDEO_FPS, frames[-1] / 2)
        slope = np.polyfit(frames[late] / (60.0 * VIDEO_FPS), memory[late], 1)[0] if late.sum() > 1 else 0.0
        early, by_clock = int(np.argmax(late)), drawn / (clocks[-1] - clocks[0])
        megabytes = file.stat().st_size / 1e6
        return (
            f"{lasting / 60.0:.1f} minutes, {frames[-1]} frames: {by_clock:.1f} frames/s by the clock, "
            f"{drawn / (processor[-1] - processor[0]):.1f} by the processor. Memory: {memory[early]:.0f} MB at minute "
            f"{frames[early] / 60.0 / VIDEO_FPS:.1f}, {memory[-1]:.0f} MB at the end, never more than "
            f"{memory.max():.0f} MB, {slope:+.2f} MB a minute from there on. File: {megabytes:.1f} MB, "
            f"{megabytes / lasting * 60.0:.2f} MB a minute."
        )


def resident_mb() -> float:
    """Memory of this process that is not swapped out or given back, in megabytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def to_and_fro(motion: Motion, frame_count: int) -> Motion:
    """A motion played forwards, backwards and so on for so many frames, without contacts and attention."""
    there = np.arange(motion.frame_count)
    both = np.concatenate([there, there[-2:0:-1]])
    places = np.resize(both, frame_count)
    return motion.replaced(
        rotations=motion.rotations[places],
        translation=motion.translation[places],
        face=motion.face[places],
        contacts=None,
        attention=None,
    )


def write_sound(path: Path, samples: np.ndarray, rate: int) -> None:
    """Write samples (S,), -1 to 1, as a mono WAV of 16 bits."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.rint(np.clip(samples, -1.0, 1.0) * 32767.0).astype("<i2").tobytes())


def saved(clip: Clip, path: Path) -> Watch:
    """Make a film; what it took."""
    watch = Watch()
    clip.save(path, progress=watch)
    return watch


def main() -> None:
    """Make the film and say what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("portrait", type=Path)
    parser.add_argument("speech", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--side", type=int, default=512)
    parser.add_argument("--minutes", type=float, default=4.0)
    options = parser.parse_args()
    model, spoken = gesta.load(), open_speech(options.speech)
    motion = model.speak(spoken, seed=0).motion
    motion = to_and_fro(motion, round(options.minutes * 60.0 * MOTION_FPS))
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "speech.wav"
        heard = np.concatenate(list(spoken.source.blocks()))
        write_sound(sound, np.resize(heard, round(options.minutes * 60.0 * SAMPLE_RATE)), SAMPLE_RATE)
        before, started = time.process_time(), time.perf_counter()
        clip = puppet_clip(model, sound, options.portrait, size=(options.side, options.side), motion=motion)
        clock, processor = time.perf_counter() - started, time.process_time() - before
        say(f"Set-up: {clock:.1f} s by the clock, {processor:.1f} s by the processor, {resident_mb():.0f} MB after it.")
        say(saved(clip, options.out).said(options.out))


if __name__ == "__main__":
    main()
