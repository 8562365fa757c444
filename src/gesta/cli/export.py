"""`gesta export`: a motion in; the same motion in the formats of other programs out."""

import time
from pathlib import Path
from typing import Annotated

import typer

from gesta.cli.console import progress_bar, say_cost, say_written
from gesta.cli.outputs import check_folder
from gesta.cli.planned import refuse_planned
from gesta.errors import InputError, OutputError

EXAMPLES = """\b
Examples:
  gesta export gesta_out/talk/motion.npz --to glb
  gesta export gesta_out/talk/motion.npz --to glb,bvh -o models --look suit
  gesta export capture.bvh --to glb,npz"""


def export(
    file: Annotated[
        Path,
        typer.Argument(metavar="MOTION", help="A motion (npz, bvh).", show_default=False),
    ],
    to: Annotated[
        str,
        typer.Option(
            metavar="LIST",
            help="glb (the dressed body with its face), bvh, npz, with commas between.",
            show_default=False,
        ),
    ],
    folder: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="DIR",
            readable=False,
            show_default=False,
            help="Where the files go; beside the motion if not given.",
        ),
    ] = None,
    look: Annotated[
        str, typer.Option(metavar="NAME", help="What the body wears in a glb: a look, or 'suit,hair=long,skin=deep'.")
    ] = "host",
    avatar: Annotated[str | None, typer.Option(hidden=True)] = None,
) -> None:
    """Write a motion in the formats of other programs.

    A glb is the built-in body in its clothes, with skeleton, 52 face shapes and the motion as one animation: Blender,
    Unity, Unreal, Godot and browsers open it. It has no sound; the recording goes beside it.
    The files are called after the motion: motion.npz becomes motion.glb.
    """
    refuse_planned(avatar=avatar)
    # Imported here so that `gesta --help` answers at once.
    from gesta.avatar.formats import FORMATS, Wearing, check_formats
    from gesta.motion.reading import read_motion
    from gesta.motion.writing_together import replacing_together

    chosen = check_formats([name.strip() for name in to.split(",") if name.strip()], look)
    if not chosen:
        raise InputError(f"--to '{to}' names no format; name some of {', '.join(FORMATS)}.")
    target = file.parent if folder is None else folder
    names = {name: f"{file.stem}{FORMATS[name].suffix}" for name in chosen}
    _check_names(file, target, list(names.values()))
    started = time.perf_counter()
    with progress_bar(file.stem) as report:
        motion = read_motion(file)
        with replacing_together(target, list(names.values())) as beside:
            for done, (name, file_name) in enumerate(names.items()):
                report("writing", done, len(names))
                FORMATS[name].write(motion, beside / file_name, Wearing(look))
            report("writing", len(names), len(names))
    for file_name in names.values():
        say_written(target / file_name)
    say_cost(file.stem, motion.duration_s, time.perf_counter() - started)


def _check_names(file: Path, target: Path, names: list[str]) -> None:
    """Raise OutputError if the files cannot be written, or one of them would take the place of what it is made from."""
    check_folder(target)
    for name in names:
        if (target / name).absolute() == file.absolute():
            raise OutputError(f"'{target / name}' is what the files are made from; choose another folder with -o.")
