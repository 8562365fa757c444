"""Makes the data set of a recipe where it is missing, so that one command leads from recordings to a trained model."""

import json
from collections.abc import Callable
from pathlib import Path

from gesta.data.kinds import plan_source
from gesta.data.listing import INFO_FILE
from gesta.data.prepare import prepare, prepared_info
from gesta.errors import InputError
from gesta.train.recipe import DEMO, DataRecipe, PrepareRecipe

DEMO_VOICE = Path(__file__).parents[1] / "assets" / "demo_voice.flac"
DEMO_LICENCE = "public domain (LJ Speech)"


def prepare_missing(data: DataRecipe, report: Callable[[str, int, int], None]) -> None:
    """See to it that a recipe's data set is there; one that was begun is finished.

    Raises:
        InputError: it is missing, and the recipe does not say how to make it; it cannot be made; or it was made
            otherwise than the recipe says.
    """
    folder = Path(data.dataset)
    if (folder / INFO_FILE).is_file() and prepared_info(folder).complete:
        if data.prepare is not None:
            _refuse_other(folder, data.prepare)
        return
    if data.prepare is None:
        raise InputError(
            f"There is no finished data set in '{folder}': make one with gesta prepare KIND SOURCE -o {folder}, "
            "or say how in the recipe's table data.prepare."
        )
    source: str | Path = data.prepare.source
    settings = data.prepare.settings
    if source == DEMO:
        source, settings = DEMO_VOICE, {"licence": DEMO_LICENCE, **settings}
    prepare(plan_source(data.prepare.kind, source, settings, data.prepare.smplx), folder, report)


def _refuse_other(folder: Path, wanted: PrepareRecipe) -> None:
    """Raise InputError, naming the setting, if a data set was made otherwise than a recipe says."""
    info = prepared_info(folder)
    made = {"kind": info.kind, **info.settings}
    for name, value in {"kind": wanted.kind, **json.loads(json.dumps(wanted.settings))}.items():
        if made.get(name) != value:
            raise InputError(
                f"The data set '{folder}' was made with {name} = {json.dumps(made.get(name))}, and the recipe says "
                f"{json.dumps(value)}: set data.dataset to another folder, or remove that one to make it again."
            )
