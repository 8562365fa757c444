"""Measures gesta's speed and memory and writes docs/performance.md. Run it with: make bench

Every figure stands beside a baseline taken in the same run on the same machine, so that ratios can be compared
between machines. Each timing is the best of several repeats. `--quick` leaves the hour out; a section's name, as in
`python benchmarks/run.py echomask`, measures that section alone and leaves the rest of the page as it is.
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path

import av
import numpy as np

from gesta.audio.prosody import analyse
from gesta.audio.read import open_speech
from gesta.motion.kinematics import forward
from gesta.procedural.planner import Planner
from gesta.procedural.speaker import ProceduralSpeaker
from gesta.procedural.style import Style
from gesta.records import Motion, Speech
from gesta.render.preview import render_preview
from gesta.render.video import VideoWriter
from gesta.take import join_motion
from gesta.units import MOTION_FPS, SAMPLE_RATE

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
REPEATS = 5
SIZE = (640, 640)
HOUR_S = 3600.0
SECTIONS = {
    "speaking": "# Performance",
    "folder": "## A folder of short recordings",
    "body": "## The body",
    "echomask": "## EchoMask's generator",
    "stream": "## Streams",
    "film": "## Films",
    "denoiser": "## The denoiser of films",
}
"""Sections of the page by name, in order, with the line that each begins with."""


@dataclass(frozen=True)
class Row:
    """One line of the page."""

    what: str
    seconds: float
    per: str
    baseline: str
    baseline_s: float

    def text(self) -> str:
        """As a line of the table."""
        ratio = self.seconds / self.baseline_s
        baseline = f"{self.baseline}, {self.baseline_s:.3f} s"
        return f"| {self.what} | {self.seconds:.3f} | {self.per} | {baseline} | {ratio:.2f} |"


def best(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Seconds of the quickest of several runs, after one that is not counted."""
    work()
    spent = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return min(spent)


def motion_of(speech: Speech) -> Motion:
    """The procedural speaker's motion for a recording."""
    stretches = (stretch.motion for stretch in ProceduralSpeaker(Style()).finish(analyse(speech)))
    return join_motion(stretches, speech.frame_count)


def library_rows(voice: Path) -> list[Row]:
    """Timings inside one process, warm."""
    speech = open_speech(voice)
    prosody, motion = analyse(speech), motion_of(speech)
    seconds, frames = speech.duration_s, motion.frame_count

    def decode() -> None:
        for _ in speech.source.blocks():
            pass

    def plan() -> None:
        planner = Planner(Style(), 0)
        planner.push(prosody)
        planner.finish()

    def encode(work: Path) -> None:
        blank = np.zeros((30, SIZE[1], SIZE[0], 3), dtype=np.uint8)
        with VideoWriter(work / "blank.mp4", SIZE, MOTION_FPS, speech) as writer:
            for start in range(0, frames, len(blank)):
                writer.write(blank[: frames - start])

    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        decoded_s = best(decode)
        prosody_s = best(lambda: analyse(speech))
        planned_s = best(plan)
        moved_s = best(lambda: list(ProceduralSpeaker(Style()).finish(prosody)))
        kinematics_s = best(lambda: forward(motion.rotations, motion.translation))
        drawn_s = best(lambda: render_preview(motion, speech, work / "preview.mp4", size=SIZE), 3)
        encoded_s = best(lambda: encode(work), 3)
    return [
        Row("prosody", prosody_s, f"{seconds / prosody_s:.0f}x real time", "reading the same file", decoded_s),
        Row("plan", planned_s, f"{seconds / planned_s:.0f}x real time", "reading the same file", decoded_s),
        Row(
            "plan, targets and motion",
            moved_s,
            f"{seconds / moved_s:.0f}x real time",
            "its forward kinematics",
            kinematics_s,
        ),
        Row(
            "preview 640x640, drawn and encoded",
            drawn_s,
            f"{frames / drawn_s:.0f} frames/s",
            "encoding blank frames",
            encoded_s,
        ),
    ]


@dataclass(frozen=True)
class Run:
    """What one run of a program cost; the peak is what the program says of itself, 0 if it does not."""

    seconds: float
    peak_mb: float


def run(command: list[str], **environment: str) -> Run:
    """Run a program in a new process and say what it cost."""
    start = time.perf_counter()
    done = subprocess.run(command, check=False, env={**os.environ, **environment}, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with status {done.returncode}: {done.stderr}")
    said = re.search(r"peak (\d+) MB", done.stderr)
    return Run(time.perf_counter() - start, float(said[1]) if said else 0.0)


def speak_command(sound: Path, folder: Path, *options: str) -> list[str]:
    """The command a user would type."""
    return [sys.executable, "-m", "gesta", "speak", str(sound), "-o", str(folder), "--again", *options]


def process_rows(voice: Path, work: Path) -> list[Row]:
    """Timings of the whole program in new processes."""
    imports = [sys.executable, "-c", "import av, numba, numpy, roma, scipy.signal, torch, typer"]
    imported = min(run(imports).seconds for _ in range(3))
    cold = run(speak_command(voice, work / "cold"), NUMBA_CACHE_DIR=str(work / "cache")).seconds
    rows = [
        Row("`gesta speak`, very first run", cold, "compiles its kernels once", "importing the libraries", imported)
    ]
    for what, options in (("with preview", ()), ("without preview", ("--no-preview",))):
        warm = min(run(speak_command(voice, work / "warm", *options)).seconds for _ in range(3))
        rows.append(
            Row(
                f"`gesta speak` {what}, compiled cache warm", warm, "10 s of sound", "importing the libraries", imported
            )
        )
    return rows


def write_hour(voice: Path, target: Path) -> None:
    """The demo voice said again and again for an hour, as a 16 kHz flac file."""
    samples = np.concatenate(list(open_speech(voice).source.blocks()))
    with av.open(str(target), "w") as container:
        stream = container.add_stream("flac", rate=SAMPLE_RATE, layout="mono")
        for _ in range(int(np.ceil(HOUR_S * SAMPLE_RATE / len(samples)))):
            frame = av.AudioFrame.from_ndarray((samples * 32767).astype(np.int16)[None], format="s16", layout="mono")
            frame.rate = SAMPLE_RATE
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def hour_lines(voice: Path, work: Path) -> list[str]:
    """What an hour costs, and how memory grows with length."""
    hour = work / "hour.flac"
    write_hour(voice, hour)
    short = run(speak_command(voice, work / "short", "--no-preview", "--formats", "npz"))
    long = run(speak_command(hour, work / "long", "--no-preview", "--formats", "npz"))
    report = json.loads((work / "long" / "hour" / "report.json").read_text())
    sound_s, frames = report["speech"]["duration_s"], report["motion"]["frames"]
    engine = report["cost"]["real_time_factor"]
    record_mb = frames * (55 * 9 + 3 + 52 + 4 + 1) * 4 / 1e6
    return [
        "## An hour of speech",
        "",
        f"`gesta speak` without preview, {sound_s:.0f} s of sound, measures included: **{long.seconds:.0f} s** "
        f"(real-time factor {long.seconds / sound_s:.4f}; the engine alone {engine:.4f}).",
        "",
        f"Peak memory: {long.peak_mb:.0f} MB, **{long.peak_mb - short.peak_mb:.0f} MB** more than for ten seconds "
        f"({short.peak_mb:.0f} MB); the motion record itself is {record_mb:.0f} MB of it.",
        "",
    ]


def machine() -> str:
    """When and where this was measured."""
    return f"{date.today()}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}."


def speaking_section(quick: bool) -> list[str]:
    """The procedural speaker: what comes before the page's first section, and the hour."""
    with demo_voice() as voice, tempfile.TemporaryDirectory() as name:
        rows = library_rows(voice) + process_rows(voice, Path(name))
        hour = [] if quick else hour_lines(voice, Path(name))
    return [
        SECTIONS["speaking"],
        "",
        "Written by `make bench`; run it on your machine. Each figure stands beside a baseline measured in the same",
        "run; timings are the best of several. The sound is the demo voice (9.7 s).",
        "",
        machine(),
        "",
        "| what | seconds | that is | baseline | ratio |",
        "|---|---|---|---|---|",
        *(row.text() for row in rows),
        "",
        *hour,
    ]


def demo_voice() -> AbstractContextManager[Path]:
    """The recording that comes with gesta, as a file."""
    return resources.as_file(resources.files("gesta").joinpath("assets", "demo_voice.flac"))


def folder_section() -> list[str]:
    """Many short recordings in one call."""
    from folder import folder_lines

    with demo_voice() as voice:
        return [SECTIONS["folder"], "", machine(), "", *folder_lines(voice), ""]


def body_section() -> list[str]:
    """The body posed, drawn, encoded and written as GLB."""
    # Needs no extra; imported here as the other sections are.
    from body import body_lines

    with demo_voice() as voice:
        return [SECTIONS["body"], "", machine(), "", *body_lines(motion_of(open_speech(voice))), ""]


def echomask_section() -> list[str]:
    """The generator at official size against the published order."""
    # Needs the extra `research`, which the first section does without.
    from echomask import echomask_lines

    return [SECTIONS["echomask"], "", machine(), "", *echomask_lines(), ""]


def stream_section() -> list[str]:
    """What a chunk of a live stream takes."""
    from stream import stream_lines

    with demo_voice() as voice:
        return [SECTIONS["stream"], "", machine(), "", *stream_lines(voice), ""]


def film_section() -> list[str]:
    """Drawing, hearing and the small networks of films."""
    # Needs the extras `film` and `video`.
    from film import film_lines

    with demo_voice() as voice:
        return [SECTIONS["film"], "", machine(), "", *film_lines(voice), ""]


def denoiser_section() -> list[str]:
    """One call of the denoiser beside its parts, and on a GPU beside what that can multiply."""
    # Needs the extra `video`.
    from denoiser import denoiser_lines

    return [SECTIONS["denoiser"], "", machine(), "", *denoiser_lines(), ""]


def parts_of(page: str) -> dict[str, str]:
    """The sections of a page by name; those it does not have are left out."""
    begins = sorted((page.index(title), name) for name, title in SECTIONS.items() if title in page)
    ends = [begin for begin, _ in begins[1:]] + [len(page)]
    return {name: page[begin:end].rstrip() for (begin, name), end in zip(begins, ends, strict=True)}


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sections", nargs="*", choices=[[], *SECTIONS], help="what to measure; all if not given")
    parser.add_argument("--quick", action="store_true", help="leave the hour of speech out")
    asked = parser.parse_args()
    measures = {
        "speaking": lambda: speaking_section(asked.quick),
        "folder": folder_section,
        "body": body_section,
        "echomask": echomask_section,
        "stream": stream_section,
        "film": film_section,
        "denoiser": denoiser_section,
    }
    parts = parts_of(PAGE.read_text(encoding="utf-8"))
    for name in asked.sections or SECTIONS:
        parts[name] = "\n".join(measures[name]()).rstrip()
    page = "\n\n".join(parts[name] for name in SECTIONS if name in parts)
    PAGE.write_text(f"{page}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
