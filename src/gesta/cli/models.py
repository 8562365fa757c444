"""`gesta models` and `gesta version`."""

from rich.table import Table

from gesta.cli.console import out
from gesta.version import __version__


def models() -> None:
    """List the models that --model takes."""
    from gesta.api import LICENCE, MODELS

    table = Table("name", "what it is", "licence of what it makes", box=None, pad_edge=False)
    for name, text in MODELS.items():
        table.add_row(name, text, LICENCE)
    out.print(table)
    out.print("\nUse one with: gesta speak RECORDING --model NAME")
    out.print("A trained model is named by its folder. Those that film are for: gesta film")


def version() -> None:
    """Print the version."""
    out.print(__version__)
