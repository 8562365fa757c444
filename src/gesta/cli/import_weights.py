"""`gesta import-weights`: weights that the authors of a method released become a model of gesta's."""

from pathlib import Path
from typing import Annotated

import typer

from gesta.cli.console import note, say_written
from gesta.cli.outputs import check_folder
from gesta.errors import InputError, not_in_this_version, unknown_name

KINDS = ("echomask", "mmgt")
PLANNED_KINDS = ("mmgt",)
EXAMPLES = """\b
Examples:
  gesta import-weights echomask released -o models/echomask
  gesta speak talk.wav --model models/echomask --style speaker=2"""


def import_weights(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="Whose weights: echomask.", show_default=False)],
    source: Annotated[Path, typer.Argument(metavar="SRC", help="Folder of the released files.", show_default=False)],
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", metavar="BUNDLE", readable=False, show_default=False, help="The folder to make."
        ),
    ],
) -> None:
    """Make a model of released weights.

    SRC holds, for echomask: the generator's file (any name), rvq_face*.bin, rvq_hands*.bin, rvq_upper*.bin,
    rvq_lower*.bin, last_1700_foot.bin and, if you have it, rop_1024_256.pt. SRC is only read.
    """
    if kind not in KINDS:
        raise unknown_name("kind of weights", kind, KINDS)
    if kind in PLANNED_KINDS:
        raise not_in_this_version("kind of weights", kind)
    if output.absolute() == source.absolute():
        raise InputError(f"'{output}' is where the released files are; choose another folder with -o.")
    check_folder(output)
    # Imported here so that `gesta --help` answers at once.
    from gesta.bundles.config import PROJECTION_FILE
    from gesta.bundles.official import LICENCE, PROJECTION, import_echomask

    import_echomask(source, output)
    say_written(output)
    if not (output / PROJECTION_FILE).exists():
        note(f"{PROJECTION}.pt was not there: the projection is made anew, and its signs may not be the released ones.")
    note(f"Licence: {LICENCE}.")
