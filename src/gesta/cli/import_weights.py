"""`gesta import-weights`: weights that the authors of a method released become a model of gesta's."""

from pathlib import Path
from typing import Annotated

import typer

from gesta.cli.console import note, say_written
from gesta.cli.outputs import check_folder
from gesta.errors import InputError, unknown_name

KINDS = ("echomask", "mmgt")
EXAMPLES = """\b
Examples:
  gesta import-weights echomask released -o models/echomask
  gesta speak talk.wav --model models/echomask --style speaker=2
  gesta import-weights mmgt pretrained_weights -o models/mmgt
  gesta film talk.wav --image me.jpg --model models/mmgt"""


def import_weights(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="Whose weights: echomask or mmgt.", show_default=False)],
    source: Annotated[Path, typer.Argument(metavar="SRC", help="Folder of the released files.", show_default=False)],
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", metavar="BUNDLE", readable=False, show_default=False, help="The folder to make."
        ),
    ],
) -> None:
    """Make a model of released weights. SRC is only read.

    SRC holds, for echomask: the generator's file (any name), rvq_face*.bin, rvq_hands*.bin, rvq_upper*.bin,
    rvq_lower*.bin, last_1700_foot.bin and, if you have it, rop_1024_256.pt.

    For mmgt, at any depth: audio2pose_best_model.pt, net-32500.pth (one of the two will do) and, if they are not to
    be fetched from the hub, the folders sd-vae-ft-mse and image_encoder.
    """
    if kind not in KINDS:
        raise unknown_name("kind of weights", kind, KINDS)
    if output.absolute() == source.absolute():
        raise InputError(f"'{output}' is where the released files are; choose another folder with -o.")
    check_folder(output)
    if kind == "echomask":
        _import_echomask(source, output)
    else:
        _import_mmgt(source, output)


def _import_echomask(source: Path, output: Path) -> None:
    # Imported here so that `gesta --help` answers at once.
    from gesta.bundles.config import PROJECTION_FILE
    from gesta.bundles.official import LICENCE, PROJECTION, import_echomask

    import_echomask(source, output)
    say_written(output)
    if not (output / PROJECTION_FILE).exists():
        note(f"{PROJECTION}.pt was not there: the projection is made anew, and its signs may not be the released ones.")
    note(f"Licence: {LICENCE}.")


def _import_mmgt(source: Path, output: Path) -> None:
    from gesta.bundles.mmgt_official import FILM_KINDS, LICENCE, import_mmgt

    config = import_mmgt(source, output)
    say_written(output)
    for lacking in set(FILM_KINDS) - set(config.kinds):
        note(f"The file for {lacking} was not there: a film needs a further --model that makes {lacking}.")
    note(f"Licence: {LICENCE}.")
