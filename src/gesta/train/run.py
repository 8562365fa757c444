"""From a recipe to a trained stage: what is missing is made first, data and earlier stages; finished things stay."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from gesta.errors import InputError
from gesta.hashing import file_sha256
from gesta.train.loop import Outcome, tables_of, train
from gesta.train.machine import start_accelerator
from gesta.train.prepared import prepare_missing
from gesta.train.recipe import Recipe
from gesta.train.stage import Report
from gesta.train.stages import STAGES, begun_with, build_stage, needed_stages, training_settings
from gesta.train.training import Tell, refuse_if_begun_otherwise

DESCRIPTIONS = ("dataset.json", "manifest.jsonl")
"""The files of a data set that change when anything in it does."""
WEIGHTS = "*.safetensors"
ALL_WEIGHTS = (WEIGHTS, "*.bin")
"""Weights of others, too."""
HASH_LETTERS = 16
GIVEN = {
    "tokenizer": "trained tokenizers",
    "autoencoder": "a trained autoencoder",
    "image": "weights trained on pictures",
}
"""What a stage that can be brought along has made, in words."""


def run_recipe(
    name: str, recipe: Recipe, *, deadline: float | None, report: Report, tell: Tell
) -> Iterator[tuple[str, Outcome]]:
    """Train a stage and, before it, the stages it needs; the first process yields how each of them stands, by name.

    Ends early when a stage is not finished because its time was up.

    Args:
        name: of the stage.
        recipe: what to train.
        deadline: on time.monotonic's clock.
        report: takes what is done, how much, and of how much.
        tell: takes sentences for the user.
    """
    order = [name for name in (*needed_stages(name, recipe), name) if not _given(name, recipe)]
    settings = {stage: training_settings(stage, recipe) for stage in order}
    if len({chosen.device for chosen in settings.values()}) > 1:
        raise InputError(f"The stages {' and '.join(order)} name different devices; train them with the same one.")
    accelerator = start_accelerator(settings[name])
    first = accelerator.is_main_process
    if not first:
        report, tell = _unheard, _unheard
    # Only one of many processes prepares, and hears recordings; the others wait, and then find everything there.
    with accelerator.main_process_first():
        prepare_missing(recipe.data, report)
    for stage in order:
        told, folder = _named(stage, report), recipe.stage_folder(stage)
        recorded = recorded_tables(stage, recipe)
        refuse_if_begun_otherwise(folder, tables_of(settings[stage], recorded))
        with accelerator.main_process_first():
            built = build_stage(stage, recipe, told)
        outcome = train(
            built,
            settings[stage],
            folder,
            recorded=recorded,
            deadline=deadline,
            report=told,
            tell=tell,
        )
        if first:
            yield stage, outcome
        if outcome.model is None:
            return


def _unheard(*_said: object) -> None:
    """What the other processes have to say is the same."""


def _named(stage: str, report: Report) -> Report:
    """The same report, which says what stage it is about."""
    return lambda what, done, of: report(f"{stage}, {what}", done, of)


def _given(name: str, recipe: Recipe) -> bool:
    """Whether a stage's result is brought along."""
    given = recipe.given_model(name)
    if given is None:
        return False
    if not Path(given).is_dir():
        raise InputError(f"There is no folder '{given}' of {GIVEN[name]}; check {name}_model.")
    return True


def recorded_tables(name: str, recipe: Recipe) -> dict[str, Any]:
    """What makes a training what it is, besides how it is trained: settings, data and the stages it stands on."""
    kind = STAGES[name]
    whole = recipe.model_dump(mode="json")
    tables = {table: _looked_up(whole, table) for table in kind.tables}
    tables["data"] = {
        "window": recipe.data.window,
        "stride": recipe.data.stride,
        "fingerprint": _hash(Path(recipe.data.dataset) / name for name in DESCRIPTIONS),
    }
    tables["stands_on"] = {
        stage: _hash(sorted(recipe.model_folder(stage).glob(WEIGHTS))) for stage in needed_stages(name, recipe)
    }
    if begun := begun_with(name, recipe):
        tables["begun_with"] = {setting: _hash(_weights(Path(place))) for setting, place in begun.items()}
    return tables


def _looked_up(tables: Any, name: str) -> Any:
    """A table by its name, which leads through others with dots."""
    for part in name.split("."):
        tables = tables[part]
    return tables


def _weights(place: Path) -> list[Path]:
    """The files of weights at a place, which is one or a folder with some."""
    return [place] if place.is_file() else sorted(path for kind in ALL_WEIGHTS for path in place.glob(kind))


def _hash(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        if path.is_file():
            digest.update(bytes.fromhex(file_sha256(path)))
    return digest.hexdigest()[:HASH_LETTERS]
