"""`gesta evaluate`: what was generated beside what is real, as numbers, in JSON and as a page."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gesta.cli.console import Report, note, progress_bar, say_cost, say_written
from gesta.cli.evaluation_files import FilePair, file_pairs
from gesta.cli.outputs import check_report

if TYPE_CHECKING:
    from gesta.metrics.evaluation import Evaluation
    from gesta.metrics.keypoints.pairs import PointPair

POINT_SUFFIXES = (".npz", ".json")
HELP = """Hold generated films or points against real ones.

Two files, or two folders with files of the same names. Writes the numbers as JSON and, beside it, a page."""
EXAMPLES = """\b
Examples:
  gesta evaluate keypoints --real truth --generated made --speech recordings
  gesta evaluate keypoints --real truth.npz --generated made.npz -o new.json

\b
Each kind has a help of its own:
  gesta evaluate keypoints --help"""

Real = Annotated[Path, typer.Option(metavar="FILE|DIR", show_default=False, help="What is real.")]
Generated = Annotated[Path, typer.Option(metavar="FILE|DIR", show_default=False, help="What was generated.")]


def build() -> typer.Typer:
    """The command with a command of its own for each kind of thing that is evaluated."""
    app = typer.Typer(help=HELP, epilog=EXAMPLES, no_args_is_help=True, rich_markup_mode=None)
    app.command("keypoints")(keypoints)
    return app


def keypoints(
    real: Real,
    generated: Generated,
    speech: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE|DIR", show_default=False, help="The recording, or a folder with one of each clip's name."
        ),
    ] = None,
    output: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="REPORT.json", readable=False, help="The report; a page goes beside."),
    ] = Path("gesta_out/keypoints.json"),
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
    from gesta.audio.read import open_speech
    from gesta.keypoints.files import read_keypoints
    from gesta.metrics.keypoints.pairs import PointPair
    from gesta.metrics.motion.envelope import speech_envelope

    for number, pair in enumerate(pairs):
        report("clips", number, len(pairs))
        envelope = None
        if pair.speech is not None:
            envelope = speech_envelope(open_speech(pair.speech).source.blocks())
        both = PointPair.of(pair.name, read_keypoints(pair.generated), read_keypoints(pair.real), envelope)
        seconds.append(both.duration_s)
        yield both
    report("clips", len(pairs), len(pairs))


def _write(found: "Evaluation", output: Path) -> None:
    """Write the report and its page, and say what could not be measured."""
    from gesta.metrics.evaluation_page import write_page
    from gesta.reports import write_json

    output.parent.mkdir(parents=True, exist_ok=True)
    write_json(output, found.to_dict())
    say_written(output)
    page = output.with_suffix(".html")
    write_page(page, found)
    say_written(page)
    for name, reason in found.not_measured.items():
        note(f"not measured: {name}: {reason}.")
