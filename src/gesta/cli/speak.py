"""`gesta speak`: recordings in; motion, preview with sound, and report out."""

import math
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from gesta.cli.console import err, out, peak_memory_mb, progress_bar
from gesta.cli.planned import refuse_planned
from gesta.errors import InputError, OutputError, unknown_name

if TYPE_CHECKING:
    from gesta.records import Speech
    from gesta.take import Preview

DEVICES = ("auto", "cpu", "cuda")
INTERRUPTED = 130


def speak(
    speech: Annotated[
        list[Path], typer.Argument(help="Recordings: any sound or video file, any length.", show_default=False)
    ],
    folder: Annotated[
        Path, typer.Option("-o", "--output", help="Folder for the results, one folder in it per recording.")
    ] = Path("gesta_out"),
    model: Annotated[str, typer.Option(help="What moves the body; see `gesta models`.")] = "default",
    seed: Annotated[int, typer.Option(min=0, help="Another seed is another person saying the same.")] = 0,
    samples: Annotated[int, typer.Option(min=1, max=1000, help="Make this many takes, with seeds counted up.")] = 1,
    style: Annotated[str, typer.Option(help="calm, neutral, lively, 'calm,size=1.2', or a TOML file.")] = "neutral",
    energy: Annotated[
        float | None, typer.Option(help="0 (only idles) to 1.5; 1 if not given.", show_default=False)
    ] = None,
    look_ahead: Annotated[str, typer.Option(help="Seconds of sound heard ahead (0.1 or more), or 'full'.")] = "full",
    formats: Annotated[str, typer.Option(help="Any of npz, bvh; with commas.")] = "npz,bvh",
    preview: Annotated[bool, typer.Option("--preview/--no-preview", help="Draw preview.mp4, with the sound.")] = True,
    size: Annotated[str, typer.Option(help="Size of the preview in pixels.")] = "640x640",
    camera: Annotated[str, typer.Option(help="front, three-quarter, side, upper or face.")] = "front",
    device: Annotated[str, typer.Option(help="auto, cpu or cuda; the procedural model needs no GPU.")] = "auto",
    words: Annotated[Path | None, typer.Option(hidden=True)] = None,
    lock: Annotated[str | None, typer.Option(hidden=True)] = None,
    keep: Annotated[str | None, typer.Option(hidden=True)] = None,
    decoding: Annotated[str | None, typer.Option(hidden=True)] = None,
    clean: Annotated[bool | None, typer.Option("--clean/--no-clean", hidden=True)] = None,
    bones: Annotated[bool, typer.Option("--bones", hidden=True)] = False,
    look: Annotated[str | None, typer.Option(hidden=True)] = None,
) -> None:
    """Give recordings a moving body.

    Writes FOLDER/NAME/motion.npz (and the other formats asked for), preview.mp4 with the sound, plan.json and
    report.json. Everything is checked before the first file is written.
    """
    refuse_planned(words=words, lock=lock, keep=keep, decoding=decoding, clean=clean, bones=bones, look=look)
    if device not in DEVICES:
        raise unknown_name("device", device, DEVICES)
    settings = _settings(model, style, energy, look_ahead, formats, preview, size, camera)
    jobs = _jobs(speech, folder, seed, samples)
    _check_writable(folder)
    done: list[Path] = []
    try:
        for job in jobs:
            done += _speak_one(job, settings)
    except KeyboardInterrupt:
        err.print(f"Stopped. {len(done)} files of finished recordings are kept, nothing is half written.")
        raise typer.Exit(INTERRUPTED) from None


@dataclass(frozen=True)
class Settings:
    """What every recording of one call shares, checked."""

    model: Any
    style: Any
    look_ahead_s: float
    formats: list[str]
    preview: "Preview | None"


@dataclass(frozen=True)
class Job:
    """One take to make."""

    speech: "Speech"
    folder: Path
    seed: int


def _settings(
    model: str, style: str, energy: float | None, look_ahead: str, formats: str, preview: bool, size: str, camera: str
) -> Settings:
    # Imported here so that `gesta --help` answers at once.
    from gesta.api import load
    from gesta.procedural.style import style_from
    from gesta.take import Preview, check_formats

    chosen = check_formats(part.strip() for part in formats.split(",") if part.strip())
    drawn = None
    if preview:
        from gesta.render.video import checked_size
        from gesta.render.views import camera_for

        camera_for(camera)
        drawn = Preview(checked_size(_pixels(size)), camera)
    return Settings(load(model), style_from(style, energy), _seconds(look_ahead), chosen, drawn)


def _seconds(look_ahead: str) -> float:
    if look_ahead == "full":
        return math.inf
    try:
        return float(look_ahead)
    except ValueError:
        raise InputError(f"The look-ahead '{look_ahead}' is neither a number of seconds nor 'full'.") from None


def _pixels(size: str) -> tuple[int, int]:
    width, _, height = size.lower().partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise InputError(f"The size '{size}' is not WIDTHxHEIGHT in pixels, for example 640x640.")
    return int(width), int(height)


def _jobs(files: list[Path], folder: Path, seed: int, samples: int) -> list[Job]:
    """Read every recording through once, so that a bad one is found before anything is written."""
    from gesta.audio.read import open_speech

    names: dict[str, Path] = {}
    jobs = []
    for file in files:
        if (other := names.setdefault(file.stem, file)) is not file:
            raise InputError(
                f"'{other}' and '{file}' would both be written to '{folder / file.stem}'; rename one of them."
            )
        speech = open_speech(file)
        for number in range(seed, seed + samples):
            name = file.stem if samples == 1 else f"{file.stem}-seed{number}"
            jobs.append(Job(speech, folder / name, number))
    return jobs


def _check_writable(folder: Path) -> None:
    """Say at once, before hours of work, that the folder cannot be written."""
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not there.is_dir():
        raise OutputError(f"'{there}' is not a folder; choose another one with -o.")
    if not os.access(there, os.W_OK | os.X_OK):
        raise OutputError(f"The folder '{there}' cannot be written; choose another one with -o.")


def _speak_one(job: Job, settings: Settings) -> list[Path]:
    started = time.perf_counter()
    with progress_bar(escape(job.speech.name)) as report:
        take = settings.model.speak(
            job.speech, seed=job.seed, style=settings.style, look_ahead_s=settings.look_ahead_s, progress=report
        )
        spoken_s = time.perf_counter() - started
        cost = {
            "seconds": round(spoken_s, 3),
            "real_time_factor": round(spoken_s / job.speech.duration_s, 5),
            "peak_memory_mb": round(peak_memory_mb(), 1),
            "note": "hearing, planning and moving, without measuring, writing and drawing",
        }
        files = take.save(
            job.folder, formats=settings.formats, preview=settings.preview, report={"cost": cost}, progress=report
        )
    whole_s = time.perf_counter() - started
    for file in files:
        out.print(escape(str(file)))
    err.print(
        f"{escape(job.speech.name)}: {job.speech.duration_s:.1f} s of speech in {whole_s:.1f} s "
        f"(real-time factor {whole_s / job.speech.duration_s:.2f}, motion alone {cost['real_time_factor']:.3f}), "
        f"peak memory {peak_memory_mb():.0f} MB"
    )
    return files
