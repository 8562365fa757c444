"""The command line: one thin file per command; this one puts them together and turns errors into one sentence."""

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

import typer

from gesta.cli import body, doctor, evaluate, export, film, import_weights, inspect, models, prepare, speak, train, view
from gesta.cli.console import shown
from gesta.errors import GestaError

USAGE_ERROR = 2
INTERRUPTED = 128 + signal.SIGINT
TERMINATED = 128 + signal.SIGTERM
HELP = """Speech in, moving body out.

\b
Begin with:
  gesta speak talk.wav        a body for a recording, with a film of it
  gesta speak --help          everything it can be told
  gesta doctor                what this machine has and what is missing"""


def build() -> typer.Typer:
    """The `gesta` program with all its commands."""
    app = typer.Typer(
        name="gesta",
        help=HELP,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        # Plain help: boxes leave too little room for words in a terminal of 80 columns.
        rich_markup_mode=None,
    )
    app.command("speak", epilog=speak.EXAMPLES)(speak.speak)
    app.command("film", epilog=film.EXAMPLES)(film.film)
    app.command("inspect", epilog=inspect.EXAMPLES)(inspect.inspect)
    app.command("export", epilog=export.EXAMPLES)(export.export)
    app.command("view", epilog=view.EXAMPLES)(view.view)
    app.command("body", epilog=body.EXAMPLES)(body.body)
    app.add_typer(prepare.build(), name="prepare")
    app.command("train", epilog=train.EXAMPLES)(train.train)
    app.add_typer(evaluate.build(), name="evaluate")
    app.command("import-weights", epilog=import_weights.EXAMPLES)(import_weights.import_weights)
    app.command("models")(models.models)
    app.command("doctor")(doctor.doctor)
    app.command("version")(models.version)
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program: bad input ends it with one sentence and status 2, Ctrl-C with 130, both leaving nothing half.

    Args:
        arguments: what follows the program's name; from the command line if not given.
    """
    signal.signal(signal.SIGTERM, _stop)
    try:
        status = build()(args=arguments, prog_name="gesta", standalone_mode=False)
    except GestaError as error:
        _fail(str(error))
    except (KeyboardInterrupt, typer.Abort):
        status = INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; without this Python would complain once more when it closes the pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        _refuse_usage(error)
    if status == INTERRUPTED:
        sys.stderr.write("gesta: stopped; nothing is left half written.\n")
    sys.exit(status if isinstance(status, int) else 0)


def _refuse_usage(error: Exception) -> None:
    """End with what typer says of the arguments, as one sentence."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "gesta"
    said = error.format_message()  # type: ignore[attr-defined]
    if context is not None and said == context.get_help():
        sys.stderr.write(f"{said}\n")
        sys.exit(USAGE_ERROR)
    said = said.strip().rstrip(".").replace("Input should be", "it should be")
    said = said.replace(". Did you mean", ", did you mean").replace(". ", "; ")
    _fail(f"{said[0].lower()}{said[1:]} (see {command} --help).")


def _fail(sentence: str) -> None:
    sys.stderr.write(f"gesta: {shown(sentence)}\n")
    sys.exit(USAGE_ERROR)


def _stop(_number: int, _frame: FrameType | None) -> None:
    # An exception, so that everything that is half written is cleared away as after Ctrl-C.
    sys.exit(TERMINATED)
