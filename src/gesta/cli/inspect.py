"""`gesta inspect`: what is heard in a recording and what the body does about it, on one time axis."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from gesta.cli.console import out


def inspect(
    file: Annotated[Path, typer.Argument(help="A recording, or a motion.npz.", show_default=False)],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The picture; NAME-inspect.png here if not given.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the plan that is drawn for a recording.")] = 0,
    style: Annotated[str, typer.Option(help="Style of that plan.")] = "neutral",
) -> None:
    """Draw waveform, loudness, pitch, accents, phrases, planned strokes and wrist speed on one time axis."""
    from gesta.api import load
    from gesta.motion.npz_read import read_npz
    from gesta.render.timeline import Subject, draw_timeline

    target = output or Path(f"{file.stem}-inspect.png")
    if file.suffix == ".npz":
        subject = Subject(name=file.stem, motion=read_npz(file))
    else:
        take = load("procedural").speak(file, seed=seed, style=style)
        subject = Subject(take.speech.name, take.motion, take.speech, take.prosody, take.plan)
    draw_timeline(subject, target)
    out.print(escape(str(target)))
