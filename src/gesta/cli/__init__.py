"""The command line: one thin file per command; this one puts them together and turns errors into one sentence."""

import signal
import sys
from types import FrameType

import typer

from gesta.cli import doctor, inspect, models, speak
from gesta.cli.planned import PLANNED, answer_planned
from gesta.errors import GestaError

USAGE_ERROR = 2
TERMINATED = 128 + signal.SIGTERM


def build() -> typer.Typer:
    """The `gesta` program with all its commands."""
    app = typer.Typer(
        name="gesta",
        help="Speech in, moving body out. Begin with: gesta speak RECORDING",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.command("speak")(speak.speak)
    app.command("inspect")(inspect.inspect)
    app.command("models")(models.models)
    app.command("doctor")(doctor.doctor)
    app.command("version")(models.version)
    for name in PLANNED:
        settings = {"ignore_unknown_options": True, "allow_extra_args": True}
        app.command(name, hidden=True, context_settings=settings)(answer_planned(name))
    return app


def main() -> None:
    """Run the program: bad input ends it with one sentence and status 2, Ctrl-C with 130, both leaving nothing half."""
    signal.signal(signal.SIGTERM, _stop)
    try:
        build()()
    except GestaError as error:
        sys.stderr.write(f"gesta: {error}\n")
        sys.exit(USAGE_ERROR)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


def _stop(_number: int, _frame: FrameType | None) -> None:
    # An exception, so that everything that is half written is cleared away as after Ctrl-C.
    sys.exit(TERMINATED)
