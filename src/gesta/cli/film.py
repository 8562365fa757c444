"""`gesta film`: a recording and a picture in; a film of the person in the picture, speaking and gesturing, out."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gesta.cli.console import note, peak_memory_mb, progress_bar, say_cost, say_written
from gesta.cli.hearing import watched
from gesta.cli.outputs import check_film
from gesta.cli.planned import refuse_planned
from gesta.cli.sizes import pixels
from gesta.devices import DEVICES
from gesta.errors import InputError, not_in_this_version, unknown_name

if TYPE_CHECKING:
    from gesta.clip import Clip

RENDERERS, PLANNED_RENDERERS = ("diffusion",), ("auto", "puppet")
MOTIONS, PLANNED_MOTIONS = ("smga",), ("3d",)
CONSENT = (
    "Film only people who have agreed to it, and say where you show it that the film was made by a machine; the file "
    "says so too."
)
EXAMPLES = """\b
Examples:
  gesta film talk.wav --image me.jpg --model models/mmgt
  gesta film talk.wav --image me.jpg --model models/mmgt --points me.npz
  gesta film talk.wav --image me.jpg --model models/mmgt --sampling quick"""


def film(
    speech: Annotated[
        Path, typer.Argument(metavar="SPEECH", help="A recording: any sound or video file.", show_default=False)
    ],
    image: Annotated[
        Path, typer.Option(metavar="IMAGE", help="A picture of the person, hands in it if you can.", show_default=False)
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="OUT.mp4", help="The film; gesta_out/SPEECH.mp4 if not given.", show_default=False
        ),
    ] = None,
    renderer: Annotated[str, typer.Option(metavar="NAME", help="How it is drawn: diffusion.")] = "diffusion",
    motion: Annotated[str, typer.Option(metavar="NAME", help="What moves: smga.")] = "smga",
    points: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE|DIR",
            help="The person's 134 points in the picture (npz or JSON), or DWPose's two files; else they are found.",
            show_default=False,
        ),
    ] = None,
    masks: Annotated[
        bool, typer.Option("--masks", help="Also write the points, and a film of poses and regions, beside it.")
    ] = False,
    model: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME|DIR",
            help="What makes keypoints and video: a folder, OWNER/NAME@REVISION; give two if they lie apart.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, metavar="N", help="The same seed gives the same film, another one another.")
    ] = 0,
    size: Annotated[
        str | None,
        typer.Option(metavar="WxH", help="Size of the film in pixels; as the model draws it if not given."),
    ] = None,
    sampling: Annotated[
        str | None,
        typer.Option(
            metavar="NAME,K=V,...",
            help="How the pictures are made: official, gesta or quick, 'gesta,steps=12,guidance=2'.",
            show_default=False,
        ),
    ] = None,
    device: Annotated[str, typer.Option(metavar="NAME", help="Where it is made: auto, cpu or cuda.")] = "auto",
    style: Annotated[str | None, typer.Option(hidden=True)] = None,
) -> None:
    """Make a film of a person who speaks, from a recording and one picture.

    Writes the film with the recording's own sound, and beside it a report (OUT.report.json).

    A film that was stopped, by Ctrl-C or a power cut, goes on where it was when the same command is given again.
    """
    refuse_planned(style=style)
    _check_choice("renderer", renderer, RENDERERS, PLANNED_RENDERERS)
    if Path(motion).suffix == ".npz":
        raise not_in_this_version("motion", motion)
    _check_choice("motion", motion, MOTIONS, PLANNED_MOTIONS)
    if device not in DEVICES:
        raise unknown_name("device", device, DEVICES)
    if not model:
        raise InputError("No model that makes films comes with this version of gesta: name one with --model.")
    target = output or Path("gesta_out") / f"{speech.stem}.mp4"
    check_film(target, (speech, image))
    started = time.perf_counter()
    with progress_bar(target.name) as report:
        clip = _clip(
            model, speech, image, report, points=points, seed=seed, size=_size(size), sampling=sampling, device=device
        )
        note(CONSENT)
        for sentence in clip.notes:
            note(sentence)
        note(clip.foretold())
        cost: dict[str, Any] = {}

        def spent() -> dict[str, Any]:
            seconds = time.perf_counter() - started
            cost.update(
                seconds=round(seconds, 3),
                real_time_factor=round(seconds / clip.speech.duration_s, 4),
                peak_memory_mb=round(peak_memory_mb(), 1),
            )
            return {"cost": cost}

        files = clip.save(target, masks=masks, report=spent, progress=report)
    for file in files:
        say_written(file)
    say_cost(target.name, clip.speech.duration_s, time.perf_counter() - started)


def _check_choice(kind: str, name: str, known: tuple[str, ...], planned: tuple[str, ...]) -> None:
    if name in planned:
        raise not_in_this_version(kind, name)
    if name not in known:
        raise unknown_name(kind, name, (*known, *planned))


def _size(text: str | None) -> tuple[int, int] | None:
    from gesta.render.video import checked_size

    return None if text is None else checked_size(pixels(text))


def _clip(models: list[str], speech: Path, image: Path, report: Any, *, device: str, **wishes: Any) -> "Clip":
    """What is going to be filmed, with everything checked."""
    # Imported here so that `gesta --help` answers at once.
    from gesta.api import load
    from gesta.audio.read import open_speech
    from gesta.film.picture import read_picture

    heard = watched(open_speech(speech), report)
    picture = read_picture(image)
    return load(*models, device=device).film(heard, picture, **wishes)
