"""`gesta evaluate`: what was generated beside what is real, as numbers, in JSON and as a page."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gesta.cli.console import Report, note, peak_memory_mb, progress_bar, say_cost, say_written
from gesta.cli.evaluation_files import FilePair, file_pairs
from gesta.cli.outputs import check_report
from gesta.cli.sizes import pixels
from gesta.devices import DEVICES
from gesta.errors import unknown_name

if TYPE_CHECKING:
    from gesta.metrics.evaluation import Evaluation
    from gesta.metrics.keypoints.pairs import PointPair
    from gesta.metrics.motion_evaluation import MotionPair
    from gesta.records import Speech

MOTION_SUFFIXES = (".npz", ".bvh")
POINT_SUFFIXES = (".npz", ".json")
FILM_SUFFIXES = (".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v")
MOST_NAMED = 20
"""Things that could not be measured and are named one by one."""
HELP = """Hold generated motion, points or films against real ones.

Two files, or two folders with files of the same names. Writes the numbers as JSON and, beside it, a page."""
EXAMPLES = """\b
Examples:
  gesta evaluate motion --real truth --generated made --speech recordings
  gesta evaluate keypoints --real truth --generated made --speech recordings
  gesta evaluate keypoints --real truth.npz --generated made.npz -o new.json
  gesta evaluate video --real truth --generated made
  gesta evaluate video --real truth --generated made --weights networks

\b
Each kind has a help of its own:
  gesta evaluate video --help"""

Real = Annotated[Path, typer.Option(metavar="FILE|DIR", show_default=False, help="What is real.")]
Generated = Annotated[Path, typer.Option(metavar="FILE|DIR", show_default=False, help="What was generated.")]

Recordings = Annotated[
    Path | None,
    typer.Option(
        "--speech",
        metavar="FILE|DIR",
        show_default=False,
        help="The recording, or a folder with one of each clip's name.",
    ),
]
Output = Annotated[
    Path, typer.Option("-o", "--output", metavar="REPORT.json", readable=False, help="The report; a page goes beside.")
]


def build() -> typer.Typer:
    """The command with a command of its own for each kind of thing that is evaluated."""
    app = typer.Typer(help=HELP, epilog=EXAMPLES, no_args_is_help=True, rich_markup_mode=None)
    app.command("motion")(motion)
    app.command("keypoints")(keypoints)
    app.command("video")(video)
    return app


def motion(
    real: Real,
    generated: Generated,
    speech: Recordings = None,
    weights: Annotated[
        Path | None,
        typer.Option(metavar="DIR", show_default=False, help="Where AESKConv_240_100.bin of BEAT2 is, for the FGD."),
    ] = None,
    output: Output = Path("gesta_out/motion.json"),
) -> None:
    """3D motion (npz or BVH).

    Whether hands and head keep time with the speech, how they move, whether feet slide and joints go beyond their
    limits, each beside the real motion's own; and how far the sets are apart.
    """
    check_report(output, (real, generated))
    pairs = file_pairs(generated, real, speech, MOTION_SUFFIXES)
    started = time.perf_counter()
    # Imported here so that `gesta --help` answers at once.
    from gesta.metrics.motion_evaluation import evaluate_motion, fgd_encoder_in

    encoder = None if weights is None else fgd_encoder_in(weights)
    settings = {"real": str(real), "generated": str(generated), "speech": None if speech is None else str(speech)}
    with progress_bar("motion") as report:
        seconds: list[float] = []
        found = evaluate_motion(_motion_pairs(pairs, seconds, report), encoder, settings)
    _write(found, output)
    say_cost("motion", sum(seconds), time.perf_counter() - started)


def _motion_pairs(pairs: list[FilePair], seconds: list[float], report: Report) -> "Iterator[MotionPair]":
    """The motion of each clip, read when it is wanted."""
    from gesta.metrics.motion_evaluation import MotionPair
    from gesta.motion.reading import read_motion

    for pair in _each(pairs, report):
        both = MotionPair.of(pair.name, read_motion(pair.generated), read_motion(pair.real), _speech(pair))
        seconds.append(both.real.duration_s)
        yield both


def keypoints(
    real: Real,
    generated: Generated,
    speech: Recordings = None,
    output: Output = Path("gesta_out/keypoints.json"),
) -> None:
    """The 134 points of people in films (npz or JSON).

    How many points are where they should be, whether lips open when they should, how fast hands move and whether they
    keep time with the speech, how diverse movements are, and how far all of it is from the real.
    """
    check_report(output, (real, generated))
    pairs = file_pairs(generated, real, speech, POINT_SUFFIXES)
    started = time.perf_counter()
    # Imported here so that `gesta --help` answers at once.
    from gesta.metrics.keypoints.measure import evaluate_keypoints

    settings = {"real": str(real), "generated": str(generated), "speech": None if speech is None else str(speech)}
    with progress_bar("keypoints") as report:
        seconds: list[float] = []
        found = evaluate_keypoints(_point_pairs(pairs, seconds, report), settings)
    _write(found, output)
    say_cost("keypoints", sum(seconds), time.perf_counter() - started)


def _point_pairs(pairs: list[FilePair], seconds: list[float], report: Report) -> "Iterator[PointPair]":
    """The points of each clip, read when they are wanted."""
    from gesta.keypoints.files import read_keypoints
    from gesta.metrics.keypoints.pairs import PointPair

    for pair in _each(pairs, report):
        both = PointPair.of(pair.name, read_keypoints(pair.generated), read_keypoints(pair.real), _speech(pair))
        seconds.append(both.duration_s)
        yield both


def _each(pairs: list[FilePair], report: Report) -> Iterator[FilePair]:
    """One clip after the other, with how far it is."""
    for number, pair in enumerate(pairs):
        report("clips", number, len(pairs))
        yield pair
    report("clips", len(pairs), len(pairs))


def _speech(pair: FilePair) -> "Speech | None":
    """A clip's recording, where one was named."""
    from gesta.audio.read import open_speech

    return None if pair.speech is None else open_speech(pair.speech)


def video(
    real: Real,
    generated: Generated,
    speech: Recordings = None,
    weights: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", show_default=False, help="Weights of other people's networks: for lpips, fid, fvd and sync."
        ),
    ] = None,
    measures: Annotated[
        str | None,
        typer.Option(
            metavar="LIST",
            show_default=False,
            help="Some of pictures, landmarks, lpips, fid, fvd, sync; else all that can be had.",
        ),
    ] = None,
    size: Annotated[
        str | None,
        typer.Option(metavar="WxH", show_default=False, help="What both are brought to; needed where they differ."),
    ] = None,
    device: Annotated[str, typer.Option(metavar="NAME", help="Where those networks run: auto, cpu or cuda.")] = "auto",
    output: Output = Path("gesta_out/video.json"),
) -> None:
    """Films of talking people.

    Both show the same speech at the same moments. PSNR, SSIM and flicker, of lips, face and hands apart, too; the
    person's points found again in both films; whether the face stays the same. With weights in a folder
    (docs/metrics.md names the files): LPIPS, FID, FVD, Sync-C and Sync-D, which were never run here with the real
    weights and say so.
    """
    if device not in DEVICES:
        raise unknown_name("device", device, DEVICES)
    check_report(output, (real, generated))
    pairs = file_pairs(generated, real, speech, FILM_SUFFIXES)
    started = time.perf_counter()
    # Imported here so that `gesta --help` answers at once.
    from gesta.cli.evaluation_films import opened
    from gesta.metrics.video.measure import evaluate_films
    from gesta.metrics.video.tools import Tools

    wanted = None if measures is None else [name.strip() for name in measures.split(",") if name.strip()]
    tools = Tools.made(wanted, weights, device)
    shown = None if size is None else pixels(size)
    settings = {"real": str(real), "generated": str(generated), "size": size}
    with progress_bar("video") as report:
        found = evaluate_films((opened(pair, shown) for pair in _each(pairs, report)), tools, settings)
    _write(found, output)
    note(f"video: {len(pairs)} clips took {time.perf_counter() - started:.1f} s, peak {peak_memory_mb():.0f} MB")


def _write(found: "Evaluation", output: Path) -> None:
    """Write the report and its page, and say what could not be measured."""
    from gesta.metrics.evaluation import NOT_ASKED
    from gesta.metrics.evaluation_page import write_page
    from gesta.reports import write_json

    output.parent.mkdir(parents=True, exist_ok=True)
    write_json(output, found.to_dict())
    say_written(output)
    page = output.with_suffix(".html")
    write_page(page, found)
    say_written(page)
    missed = {name: reason for name, reason in found.not_measured.items() if reason != NOT_ASKED}
    for name, reason in list(missed.items())[:MOST_NAMED]:
        note(f"not measured: {name}: {reason}.")
    if len(missed) > MOST_NAMED:
        note(f"not measured: {len(missed) - MOST_NAMED} more; {output} names them all.")
