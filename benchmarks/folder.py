"""A folder of short recordings spoken by one process and by one for each core: a section of docs/performance.md."""

import os
import re
import resource
import subprocess
import sys
import tempfile
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gesta.audio.read import open_speech
from gesta.units import SAMPLE_RATE

RECORDINGS, SECONDS = 200, 3.0
DRAWN = 24
"""So many of them are drawn too, since that takes longer."""
PROCESS = re.compile(r"in all: [\d.]+ s took ([\d.]+) s .*peak (\d+) MB")


@dataclass(frozen=True)
class Cost:
    """What a run cost: seconds, those that cores were at it, and the most memory of one process in MB."""

    seconds: float
    core_seconds: float
    peak_mb: float

    def text(self) -> str:
        """Both kinds of seconds."""
        return f"{self.seconds:.0f} s ({self.core_seconds:.0f} s)"


def write_recordings(voice: Path, folder: Path, count: int) -> None:
    """Recordings of SECONDS, each from another place of the voice."""
    samples = np.concatenate(list(open_speech(voice).source.blocks()))
    frames = int(SECONDS * SAMPLE_RATE)
    for number, start in enumerate(np.linspace(0, len(samples) - frames, count).astype(int)):
        with wave.open(str(folder / f"{number:03d}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(SAMPLE_RATE)
            file.writeframes((samples[start : start + frames] * 32767).astype("<i2").tobytes())


def spoken(folder: Path, workers: int, *options: str) -> Cost:
    """Speak a folder in so many processes, of one thread each."""
    with tempfile.TemporaryDirectory() as results:
        command = [sys.executable, "-m", "gesta", "speak", str(folder), "-o", results, "--workers", str(workers)]
        quiet = {**os.environ, "OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([*command, *options], check=True, capture_output=True, text=True, env=quiet)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = PROCESS.search(done.stderr)
    assert said is not None, done.stderr
    at_it = (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)
    return Cost(float(said[1]), at_it, float(said[2]))


def folder_lines(voice: Path) -> list[str]:
    """The section's text."""
    cores = os.cpu_count() or 1
    lines = [
        f"Recordings of {SECONDS:g} s; seconds as `gesta speak` says them, with the beginning of the processes, of one",
        "thread each; in brackets the seconds that cores were at it, loading of libraries included, whatever else the",
        "machine does.",
        "",
        f"| what | 1 process | {cores} processes | times as fast | most memory of one |",
        "|---|---|---|---|---|",
    ]
    for what, count, options in (
        (f"{RECORDINGS} recordings, motion alone", RECORDINGS, ("--no-preview", "--formats", "npz")),
        (f"{DRAWN} recordings with films, 640x640", DRAWN, ()),
    ):
        with tempfile.TemporaryDirectory() as name:
            write_recordings(voice, Path(name), count)
            one, many = (spoken(Path(name), workers, *options) for workers in (1, cores))
        lines.append(
            f"| {what} | {one.text()} | {many.text()} | {one.seconds / many.seconds:.2f} "
            f"| {max(one.peak_mb, many.peak_mb):.0f} MB |"
        )
    return lines
