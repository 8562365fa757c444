"""`gesta view`: a moving body with its sound as one page for any browser."""

import time
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from gesta.cli.console import note, say_written
from gesta.cli.outputs import check_page

EXAMPLES = """\b
Examples:
  gesta view gesta_out/talk/motion.npz --open
  gesta view gesta_out/talk/motion.npz --look suit -o talk.html
  gesta view take.npz --speech take.wav
  gesta view character.glb"""


def view(
    file: Annotated[
        Path, typer.Argument(metavar="MOTION.npz|FILE.glb", help="A motion (npz, bvh) or a GLB.", show_default=False)
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="PAGE.html",
            readable=False,
            help="The page; NAME-view.html here if not given.",
            show_default=False,
        ),
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Open the page in the browser when it is written.")] = False,
    look: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="What the body wears, for a motion (see: gesta body).", show_default=False),
    ] = None,
    speech: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The recording; the sound of preview.mp4 beside the file if not given.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write a page that shows a motion in 3D, with its sound.

    One file that needs no network and nothing installed: play, scrub, slow down, loop, cameras, skeleton, and a strip
    with the waveform and the strokes to click on. Send it to anybody.
    """
    target = output or Path(f"{file.stem}-view.html")
    check_page(target, file)
    # Imported here so that `gesta --help` answers at once.
    from gesta.take import PREVIEW
    from gesta.view.page import write_page
    from gesta.view.subject import subject_of

    started = time.perf_counter()
    subject = subject_of(file, look, speech, beside=file.parent / PREVIEW)
    write_page(target, subject.glb, subject.contents)
    for sentence in subject.notes:
        note(sentence)
    say_written(target)
    note(f"{target.name}: {target.stat().st_size / 1e6:.1f} MB in {time.perf_counter() - started:.1f} s")
    if show and not webbrowser.open(target.absolute().as_uri()):
        note("No browser could be opened; open the page yourself.")
