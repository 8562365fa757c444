"""`gesta inspect`: what is heard in a recording and what the body does about it, on one time axis."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gesta.cli.console import note, progress_bar, say_cost, say_written
from gesta.cli.outputs import check_picture
from gesta.cli.words import WordsOption, checked_words
from gesta.errors import InputError

if TYPE_CHECKING:
    from gesta.render.timeline import Subject

MOTION_SUFFIXES = (".npz", ".bvh")
EXAMPLES = """\b
Examples:
  gesta inspect talk.wav
  gesta inspect talk.wav --from 60 --to 90 -o middle.png
  gesta inspect talk.wav --model gesta_runs/toy/motion/model
  gesta inspect gesta_out/talk/motion.npz"""


def inspect(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A recording, or a motion (npz, bvh).", show_default=False)
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE.png",
            readable=False,
            help="The picture; NAME-inspect.png here if not given.",
        ),
    ] = None,
    start_s: Annotated[float, typer.Option("--from", metavar="S", help="First second drawn.")] = 0.0,
    end_s: Annotated[
        float | None,
        typer.Option("--to", metavar="S", help="Last second drawn; the end if not given.", show_default=False),
    ] = None,
    model: Annotated[
        str, typer.Option(metavar="NAME|DIR", help="Whose motion is drawn for a recording (see: gesta models).")
    ] = "default",
    seed: Annotated[int, typer.Option(min=0, metavar="N", help="Its seed.")] = 0,
    style: Annotated[str, typer.Option(metavar="STYLE", help="Its style, or speaker=N.")] = "neutral",
    words: WordsOption = None,
) -> None:
    """Draw on one time axis what is heard and what the body does.

    For a recording: waveform, words where given, loudness, pitch, accents, phrases, the strokes where the model plans
    them, how fast the wrists move, and how much the speech asks of each moment: of a trained model what its SQA
    attends to.
    For a motion: the speed of the wrists, and how much the speech asked of each moment where the file says so.
    """
    target = output or Path(f"{file.stem}-inspect.png")
    check_picture(target, file)
    _check_stretch(start_s, end_s)
    started = time.perf_counter()
    subject = _subject(file, model, seed, style, words)
    whole_s = subject.motion.duration_s
    if start_s >= whole_s:
        raise InputError(f"'{file}' is {whole_s:.1f} s long, so --from {start_s:g} is behind its end.")
    from gesta.render.timeline import draw_timeline

    drawn_to_s = draw_timeline(subject, target, start_s, end_s)
    say_written(target)
    if drawn_to_s < min(whole_s, end_s or whole_s):
        note(
            f"Drawn: {start_s:g} to {drawn_to_s:g} s of {whole_s:.1f} s, as much as fits one picture; "
            f"for what follows add --from {drawn_to_s:g}."
        )
    say_cost(file.stem, whole_s, time.perf_counter() - started)


def _check_stretch(start_s: float, end_s: float | None) -> None:
    if not start_s >= 0.0:
        raise InputError(f"--from {start_s:g} is before the beginning; give seconds from 0 on.")
    if end_s is not None and not end_s > start_s:
        raise InputError(f"--to {end_s:g} is not after --from {start_s:g}; give a later second.")


def _subject(file: Path, model: str, seed: int, style: str, words: str | None) -> "Subject":
    # Imported here so that `gesta --help` answers at once.
    from gesta.api import load
    from gesta.audio.read import open_speech
    from gesta.cli.hearing import watched
    from gesta.motion.reading import read_motion
    from gesta.render.timeline import Subject

    if file.suffix.lower() in MOTION_SUFFIXES:
        if words is not None:
            raise InputError(f"'{file}' is a motion; --words goes with a recording.")
        return Subject(name=file.stem, motion=read_motion(file))
    loaded: Any = load(model)
    chosen = loaded.checked_style(style)
    with progress_bar(file.stem) as report:
        speech = open_speech(file)
        said = None if words is None else checked_words(loaded, words, speech)
        how = {} if said is None else {"words": said}
        take = loaded.speak(watched(speech, report), seed=seed, style=chosen, progress=report, **how)
    return Subject(speech.name, take.motion, speech, take.prosody, take.plan, said)
