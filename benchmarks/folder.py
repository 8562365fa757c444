"""A folder of short recordings spoken by one process and by one for each core: a section of docs/performance.md."""

import os
import re
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
    """What a run says of itself: seconds, and the most memory of one process in MB."""

    seconds: float
    peak_mb: float


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
        done = subprocess.run([*command, *options], check=True, capture_output=True, text=True, env=quiet)
    said = PROCESS.search(done.stderr)
    assert said is not None, done.stderr
    return Cost(float(said[1]), float(said[2]))


def folder_lines(voice: Path) -> list[str]:
    """The section's text."""
    cores = os.cpu_count() or 1
    lines = [
        f"Recordings of {SECONDS:g} s, seconds as `gesta speak` says them: begin of the processes included, one thread",
        "in each.",
        "",
        "| what | 1 process | an hour of speech would take | one for each core | times as fast | most memory of one |",
        "|---|---|---|---|---|---|",
    ]
    for what, count, options in (
        (f"{RECORDINGS} recordings, motion alone", RECORDINGS, ("--no-preview", "--formats", "npz")),
        (f"{DRAWN} recordings with films, 640x640", DRAWN, ()),
    ):
        with tempfile.TemporaryDirectory() as name:
            write_recordings(voice, Path(name), count)
            one, many = (spoken(Path(name), workers, *options) for workers in (1, cores))
        hour = one.seconds / (count * SECONDS) * 60.0
        lines.append(
            f"| {what} | {one.seconds:.1f} s | {hour:.1f} min | {many.seconds:.1f} s, {cores} cores "
            f"| {one.seconds / many.seconds:.2f} | {max(one.peak_mb, many.peak_mb):.0f} MB |"
        )
    return lines
