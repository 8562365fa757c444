"""`gesta train`: a recipe in, a trained model out, in as many pieces as it takes."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gesta.cli.console import note, peak_memory_mb, progress_bar, say_written

if TYPE_CHECKING:
    from gesta.train.loop import Outcome

EXAMPLES = """\b
Examples:
  gesta train motion recipes/toy.toml
  gesta train tokenizer recipes/toy.toml tokenizer_training.steps=500
  gesta train motion recipes/toy.toml --minutes 9
  gesta train keypoints recipes/toy_video.toml
  gesta train video recipes/toy_video.toml
  accelerate launch -m gesta train motion recipes/toy.toml"""


def train(
    stage: Annotated[
        str,
        typer.Argument(
            metavar="STAGE",
            help="What to train: tokenizer, motion, keypoints, autoencoder, image or video.",
            show_default=False,
        ),
    ],
    recipe: Annotated[
        Path, typer.Argument(metavar="RECIPE.toml", help="What it is trained on, and how.", show_default=False)
    ],
    changes: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="KEY=VALUE",
            help="Settings to change, for example output=elsewhere.",
            show_default=False,
        ),
    ] = None,
    minutes: Annotated[
        float | None,
        typer.Option(min=0.0, metavar="M", help="Save and stop after M minutes.", show_default=False),
    ] = None,
) -> None:
    """Train a model from a recipe.

    What is missing is made first: the data set, for motion the tokenizers, for video what image
    makes, and for both the autoencoder where it is trained here.

    Writes, into gesta_runs/NAME/STAGE: the finished model (model), what the training can go on from (checkpoints)
    and how it went (log.jsonl).

    The same command goes on where a training was stopped by Ctrl-C, by --minutes or by a power cut, and ends with
    the model it would have made in one go.
    """
    deadline = time.monotonic() + 60.0 * minutes if minutes is not None else None
    # Imported here so that `gesta --help` answers at once.
    from gesta.train.recipe import read_recipe
    from gesta.train.run import run_recipe
    from gesta.train.stages import stage_kind

    stage_kind(stage)
    read = read_recipe(recipe, changes or ())
    with progress_bar(read.name) as report:
        for name, outcome in run_recipe(stage, read, deadline=deadline, report=report, tell=note):
            _say(name, outcome)


def _say(name: str, outcome: "Outcome") -> None:
    """Say how a stage stands, and what it has cost."""
    if outcome.model is not None:
        say_written(outcome.model)
    best = f"; best on validation at step {outcome.best_step}: {outcome.best_loss:.4g}" if outcome.best_step else ""
    if not outcome.made:
        note(f"{name}: all {outcome.step} steps were done already{best}")
        return
    speed = outcome.made / max(outcome.made_seconds, 1e-9)
    note(
        f"{name}: {outcome.made} steps took {outcome.made_seconds:.1f} s ({speed:.1f} a second), "
        f"peak {peak_memory_mb():.0f} MB{best}"
    )
