"""`gesta film`: a recording and a picture in; a film of the person in the picture, speaking and gesturing, out."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gesta.cli.choosing_renderer import AUTO, DIFFUSION, PUPPET, RENDERERS, chosen_for
from gesta.cli.console import note, peak_memory_mb, progress_bar, say_cost, say_written
from gesta.cli.hearing import watched
from gesta.cli.outputs import check_film
from gesta.cli.sizes import pixels
from gesta.devices import DEVICES
from gesta.errors import InputError, unknown_name
from gesta.film.renderers import SMGA, SPACE

if TYPE_CHECKING:
    import numpy as np

    from gesta.clip import Clip
    from gesta.records import Speech

MOTIONS = {PUPPET: (SPACE, SMGA), DIFFUSION: (SMGA,)}
"""What can move the person, by how the film is drawn."""
CONSENT = (
    "Film only people who have agreed to it, and say where you show it that the film was made by a machine; the file "
    "says so too."
)
EXAMPLES = """\b
Examples:
  gesta film talk.wav --image me.jpg
  gesta film talk.wav --image me.jpg --style lively --size 512x512
  gesta film talk.wav --image me.jpg --motion gesta_out/talk/motion.npz
  gesta film talk.wav --image me.jpg --motion smga --model models/keypoints
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
    renderer: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="How it is drawn: puppet, diffusion (needs a --model) or auto: diffusion with a GPU and a --model for "
            "it, else puppet.",
        ),
    ] = AUTO,
    motion: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE.npz",
            help="What moves: 3d, smga (points that a network makes) or a motion.npz for puppets, smga for diffusion.",
            show_default=False,
        ),
    ] = None,
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
            help="What moves the puppet, as for gesta speak; or what makes keypoints and video: a folder, "
            "OWNER/NAME@REVISION; give two if they lie apart.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, metavar="N", help="The same seed gives the same film, another one another.")
    ] = 0,
    size: Annotated[
        str | None,
        typer.Option(metavar="WxH", help="Size of the film in pixels; as the picture, up to 1024, if not given."),
    ] = None,
    sampling: Annotated[
        str | None,
        typer.Option(
            metavar="NAME,K=V,...",
            help="How diffusion draws: official, gesta or quick, 'gesta,steps=12,guidance=2'.",
            show_default=False,
        ),
    ] = None,
    style: Annotated[
        str | None,
        typer.Option(metavar="STYLE", help="How the puppet moves, as for gesta speak.", show_default=False),
    ] = None,
    device: Annotated[str, typer.Option(metavar="NAME", help="Where it is made: auto, cpu or cuda.")] = "auto",
) -> None:
    """Make a film of a person who speaks, from a recording and one picture.

    Writes the film with the recording's own sound, and beside it a report (OUT.report.json) and a strip of eight
    moments (OUT.strip.png).

    A film drawn by diffusion that was stopped, by Ctrl-C or a power cut, goes on where it was when the same command is
    given again; a puppet is quick, and begins again.
    """
    if renderer not in RENDERERS:
        raise unknown_name("renderer", renderer, RENDERERS)
    if device not in DEVICES:
        raise unknown_name("device", device, DEVICES)
    target = output or Path("gesta_out") / f"{speech.stem}.mp4"
    check_film(target, (speech, image))
    started = time.perf_counter()
    wishes = {"points": points, "seed": seed, "size": _size(size)}
    with progress_bar(target.name) as report:
        heard, picture = _read(speech, image, report)
        chosen = chosen_for(model or [], renderer, device, motion)
        if chosen.renderer == DIFFUSION:
            _check_motion(motion, DIFFUSION)
            _refuse(DIFFUSION, style=style)
            clip = chosen.model.film(heard, picture, sampling=sampling, **wishes)
        else:
            _refuse(PUPPET, sampling=sampling)
            clip = _puppet(chosen.model, heard, picture, motion, style, wishes)
        for said in filter(None, (chosen.why, *clip.notes)):
            note(said)
        note(CONSENT)
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


def _puppet(model: Any, heard: "Speech", picture: Any, motion: str | None, style: str | None, wishes: Any) -> "Clip":
    """A puppet's film, with everything checked."""
    from gesta.models.puppet import puppet_clip

    speaking: dict[str, Any] = {} if style is None else {"style": style}
    if motion is not None and Path(motion).suffix == ".npz":
        speaking["motion"] = motion
    else:
        _check_motion(motion, PUPPET)
        speaking |= {} if motion is None else {"motion": motion}
    return puppet_clip(model, heard, picture, **speaking, **wishes)


def _check_motion(motion: str | None, renderer: str) -> None:
    """InputError for what cannot move this way of drawing."""
    if motion is None or motion in MOTIONS[renderer]:
        return
    if motion in MOTIONS[PUPPET] or Path(motion).suffix == ".npz":
        raise InputError(f"--motion {motion} does not move what the renderer {renderer} draws; name another renderer.")
    raise unknown_name("motion", motion, [*MOTIONS[PUPPET], "a motion.npz"])


def _refuse(renderer: str, **options: object) -> None:
    """InputError for an option that this way of drawing has no use for."""
    for name, value in options.items():
        if value is not None:
            raise InputError(f"The renderer {renderer} has no use for --{name}; leave it away.")


def _size(text: str | None) -> tuple[int, int] | None:
    from gesta.render.video import checked_size

    return None if text is None else checked_size(pixels(text))


def _read(speech: Path, image: Path, report: Any) -> tuple["Speech", "np.ndarray"]:
    """The recording and the picture."""
    # Imported here so that `gesta --help` answers at once.
    from gesta.audio.read import open_speech
    from gesta.film.picture import read_picture

    return watched(open_speech(speech), report), read_picture(image)
