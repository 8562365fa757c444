"""Runs the command line inside the tests' own process, and makes the recordings they need."""

import contextlib
import io
import os
import signal
import wave
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

import gesta
from gesta.cli import main

VOICE = Path(gesta.__file__).parent / "assets" / "demo_voice.flac"
RATE = 16_000


@dataclass(frozen=True)
class Outcome:
    """What a run of the program said and how it ended."""

    status: int
    stdout: str
    stderr: str

    @property
    def files(self) -> list[Path]:
        """The files it says it wrote."""
        return [Path(line) for line in self.stdout.splitlines()]


def gesta_run(*arguments: str | Path) -> Outcome:
    """Run `gesta` with these arguments; standard output and error are no terminals."""
    stdout, stderr, status = io.StringIO(), io.StringIO(), 0
    before = signal.getsignal(signal.SIGTERM)
    try:
        with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
            main([str(argument) for argument in arguments])
    except SystemExit as end:
        status = int(end.code or 0)
    finally:
        signal.signal(signal.SIGTERM, before)
    return Outcome(status, stdout.getvalue(), stderr.getvalue())


def demo_speech(path: Path, seconds: float = 1.0) -> Path:
    """The demo voice's beginning, after its first half second, as a WAV file."""
    with av.open(str(VOICE)) as container:
        rate = container.streams.audio[0].rate
        sound = np.concatenate([frame.to_ndarray().ravel() for frame in container.decode(audio=0)])
    return write_wav(path, sound[rate // 2 : rate // 2 + round(seconds * rate)].astype("<i2"), rate)


def write_wav(path: Path, samples: np.ndarray, rate: int = RATE) -> Path:
    """Samples (S,) int16 as a WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())
    return path


def everything_in(folder: Path) -> dict[str, bytes | None]:
    """Every path below a folder, hidden ones too, with the content of files."""
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


@contextlib.contextmanager
def inside(folder: Path):
    """Work in a folder for a while."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield folder
    finally:
        os.chdir(before)
