"""`gesta speak`: recordings in; motion, preview with sound, and report out."""

import math
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gesta.cli.console import note, peak_memory_mb, progress_bar, say_cost, say_written
from gesta.cli.outputs import check_folder
from gesta.cli.planned import refuse_planned
from gesta.cli.sizes import pixels
from gesta.cli.words import WordsOption, checked_words
from gesta.devices import DEVICES
from gesta.errors import InputError, unknown_name

if TYPE_CHECKING:
    from gesta.motion.keeping import Kept
    from gesta.records import Speech
    from gesta.take import Preview

ALWAYS = "npz"
"""The format that is written whatever else is asked for: everything else can be made from it."""
EXAMPLES = """\b
Examples:
  gesta speak talk.wav
  gesta speak *.mp3 -o takes --style lively --no-preview
  gesta speak talk.wav --seed 7 --camera face --look suit
  gesta speak talk.wav --style calm,size=1.2 --energy 0.8 --samples 3
  gesta speak talk.wav --style 'calm>lively=0.3'
  gesta speak talk.wav --words talk.TextGrid
  gesta speak talk.wav --seed 2 --keep gesta_out/talk/motion.npz@1.5-3,8-10"""


def speak(
    speech: Annotated[
        list[Path],
        typer.Argument(metavar="SPEECH", help="Recordings: any sound or video file.", show_default=False),
    ],
    folder: Annotated[
        Path,
        typer.Option(
            "-o", "--output", metavar="DIR", readable=False, help="Where results go: one folder in it per recording."
        ),
    ] = Path("gesta_out"),
    model: Annotated[
        str,
        typer.Option(
            metavar="NAME|DIR", help="What moves the body: a name (see: gesta models), a folder, OWNER/NAME@REVISION."
        ),
    ] = "default",
    style: Annotated[
        str,
        typer.Option(
            metavar="STYLE",
            help="calm, lively, host, seated ... (docs/procedural.md), 'calm,size=1.2', 'calm>lively=0.3', a TOML "
            "file, a motion (.npz, .bvh) to take it from; speaker=N for a trained model.",
        ),
    ] = "neutral",
    energy: Annotated[
        float | None,
        typer.Option(metavar="X", help="0 (only idles) to 1.5 (most); 1 if not given.", show_default=False),
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, metavar="N", help="The same seed gives the same motion, another one another.")
    ] = 0,
    samples: Annotated[
        int, typer.Option(min=1, max=1000, metavar="N", help="Make so many takes of each, counting the seed up.")
    ] = 1,
    formats: Annotated[
        str, typer.Option(metavar="LIST", help="npz (always written), bvh and glb, with commas between.")
    ] = "npz,bvh",
    preview: Annotated[bool, typer.Option("--preview/--no-preview", help="Draw preview.mp4, with the sound.")] = True,
    size: Annotated[str, typer.Option(metavar="WxH", help="Size of the preview in pixels.")] = "640x640",
    camera: Annotated[str, typer.Option(metavar="NAME", help="full, half, face, hands, side or portrait.")] = "half",
    look: Annotated[
        str,
        typer.Option(metavar="NAME", help="Who is drawn (see: gesta body), with changes: 'suit,hair=long,skin=deep'."),
    ] = "host",
    bones: Annotated[bool, typer.Option("--bones", help="Draw the skeleton over the body.")] = False,
    look_ahead: Annotated[
        str,
        typer.Option(metavar="S", help="How much sound the body may hear ahead: seconds (0.1 or more) or 'full'."),
    ] = "full",
    keep: Annotated[
        str | None,
        typer.Option(
            metavar="FILE@A-B,...",
            help="Keep these seconds of another motion as they are, with soft seams; for one recording.",
            show_default=False,
        ),
    ] = None,
    decoding: Annotated[
        str | None,
        typer.Option(
            metavar="METHOD",
            help="For trained models: single or iterative, or 'iterative,steps=8,temperature=0.7,top_k=20'.",
            show_default=False,
        ),
    ] = None,
    device: Annotated[
        str, typer.Option(metavar="NAME", help="Where a trained model runs: auto, cpu or cuda.")
    ] = "auto",
    precision: Annotated[
        str, typer.Option(metavar="NAME", help="float32, or bfloat16: less exact, quicker for large trained models.")
    ] = "float32",
    words: WordsOption = None,
    lock: Annotated[str | None, typer.Option(hidden=True)] = None,
    clean: Annotated[
        bool | None,
        typer.Option(
            "--clean/--no-clean",
            help="Mend feet, joints, jitter and hands in the body; if not said, trained models are mended throughout, "
            "the procedural one only where its hands meet.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Give recordings a moving body.

    Writes, into one folder per recording: the motion (motion.npz, motion.bvh), a film of it with the sound
    (preview.mp4), what the body meant to do (plan.json), and what was measured (report.json).

    Everything is checked before the first file is written. Ctrl-C stops; finished recordings are kept.
    """
    refuse_planned(lock=lock)
    drawn = _preview(size, camera, bones) if preview else None
    settings = _settings(
        _loaded(model, device, precision), Wishes(style, energy, look_ahead, keep, decoding), formats, look, drawn
    )
    if clean is not None:
        settings.how["clean"] = clean
    jobs = _jobs(speech, folder, seed, samples)
    if words is not None:
        settings.how["words"] = checked_words(settings.model, words, [job.speech for job in jobs])
    if settings.kept:
        _check_kept(settings.kept, jobs)
    finished = 0
    try:
        for job in jobs:
            _speak_one(job, settings)
            finished += 1
    except BaseException:
        if finished:
            note(f"{finished} of {len(jobs)} takes were finished and are kept.")
        raise


@dataclass(frozen=True)
class Wishes:
    """What the user wrote about how to move."""

    style: str
    energy: float | None
    look_ahead: str
    keep: str | None
    decoding: str | None


@dataclass(frozen=True)
class Settings:
    """What every recording of one call shares, checked."""

    model: Any
    how: dict[str, Any]
    kept: "Kept | None"
    formats: list[str]
    look: str
    preview: "Preview | None"


@dataclass(frozen=True)
class Job:
    """One take to make."""

    speech: "Speech"
    folder: Path
    seed: int


def _loaded(model: str, device: str, precision: str) -> Any:
    # Imported here so that `gesta --help` answers at once.
    from gesta.api import load

    if device not in DEVICES:
        raise unknown_name("device", device, DEVICES)
    loaded = load(model, device=device, precision=precision)
    if not loaded.has_network and device == "cuda":
        note(f"The model '{model}' has no network; --device cuda changes nothing.")
    return loaded


def _settings(loaded: Any, wishes: Wishes, formats: str, look: str, preview: "Preview | None") -> Settings:
    from gesta.avatar.formats import check_formats
    from gesta.avatar.looks import look as look_named
    from gesta.motion.keeping import read_kept

    look_named(look)
    chosen = check_formats([ALWAYS, *filter(None, (part.strip() for part in formats.split(",")))])
    how: dict[str, Any] = {
        "style": loaded.checked_style(wishes.style, wishes.energy),
        "look_ahead_s": _seconds(wishes.look_ahead),
    }
    if (decoding := loaded.checked_decoding(wishes.decoding)) is not None:
        how["decoding"] = decoding
    kept = None if wishes.keep is None else read_kept(wishes.keep)
    return Settings(loaded, how, kept, chosen, look, preview)


def _check_kept(kept: "Kept", jobs: list["Job"]) -> None:
    """Raise InputError unless there is one recording, and what is to be kept lies within it."""
    if len({id(job.speech) for job in jobs}) > 1:
        raise InputError("--keep is for one recording at a time; name one.")
    kept.check_fits(jobs[0].speech.frame_count)


def _preview(size: str, camera: str, bones: bool) -> "Preview":
    from gesta.render.video import checked_size
    from gesta.render.views import camera_for
    from gesta.take import Preview

    camera_for(camera)
    return Preview(checked_size(pixels(size)), camera, bones)


def _seconds(look_ahead: str) -> float:
    from gesta.audio.prosody import LEAST_LOOK_AHEAD_S

    if look_ahead == "full":
        return math.inf
    try:
        seconds = float(look_ahead)
    except ValueError:
        raise InputError(f"The look-ahead '{look_ahead}' is neither a number of seconds nor 'full'.") from None
    if not seconds >= LEAST_LOOK_AHEAD_S:
        raise InputError(f"The look-ahead is {look_ahead} s, but at least {LEAST_LOOK_AHEAD_S:g} s is needed.")
    return seconds


def _jobs(files: list[Path], folder: Path, seed: int, samples: int) -> list[Job]:
    """Read every recording through once, so that a bad one is found before anything is written."""
    from gesta.audio.read import open_speech

    _check_names(files, folder)
    check_folder(folder)
    jobs = []
    with progress_bar("checking") as report:
        for done, file in enumerate(files):
            report("recordings", done, len(files))
            speech = open_speech(file)
            for number in range(seed, seed + samples):
                name = file.stem if samples == 1 else f"{file.stem}-seed{number}"
                jobs.append(Job(speech, folder / name, number))
    for job in jobs:
        check_folder(job.folder)
    return jobs


def _check_names(files: list[Path], folder: Path) -> None:
    """Raise InputError unless every recording has a folder of its own for its results."""
    names: dict[str, Path] = {}
    for file in files:
        if not file.stem.strip("."):
            raise InputError(f"'{file}' has no name that a folder could have; rename it.")
        if file.stem in names:
            other, place = names[file.stem], folder / file.stem
            raise InputError(f"'{other}' and '{file}' would both be written to '{place}'; rename one of them.")
        names[file.stem] = file


def _speak_one(job: Job, settings: Settings) -> None:
    from gesta.cli.hearing import watched

    started = time.perf_counter()
    with progress_bar(job.folder.name) as report:
        take = settings.model.speak(
            watched(job.speech, report),
            seed=job.seed,
            keep=settings.kept,
            progress=report,
            **settings.how,
        )
        spoken_s = time.perf_counter() - started
        cost = {
            "seconds": round(spoken_s, 3),
            "real_time_factor": round(spoken_s / job.speech.duration_s, 5),
            "peak_memory_mb": round(peak_memory_mb(), 1),
            "note": "hearing, planning and moving, without measuring, writing and drawing",
        }
        # From here on the recording is read again for the film, which has a progress of its own.
        files = replace(take, speech=job.speech).save(
            job.folder,
            formats=settings.formats,
            preview=settings.preview,
            look=settings.look,
            report={"cost": cost},
            progress=report,
        )
    for file in files:
        say_written(file)
    extra = f", motion alone {cost['real_time_factor']:.2f}"
    say_cost(job.folder.name, job.speech.duration_s, time.perf_counter() - started, extra)
