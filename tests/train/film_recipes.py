"""Recipes for films that train in no time, on films made on the spot."""

from pathlib import Path
from typing import Any

from gesta.train.loop import Outcome
from gesta.train.recipe import Recipe
from gesta.train.run import run_recipe
from tests.data.making_films import write_talk

SIDE = 32
QUICK = {"batch": 2, "log_every": 1, "save_every": 50, "validate_every": 50, "tensorboard": False, "device": "cpu"}
VIDEO = {
    "preset": "mini",
    "sizes": {"widths": [16, 16], "groups": 8, "heads": 2, "audio_hidden": 16, "pose_widths": [8, 8, 8]},
    "picture": {"side": SIDE},
    "window": 4,
}


def write_films(folder: Path) -> Path:
    """Three films of 80, 60 and 50 frames."""
    for name, frames in (("one", 80), ("two", 60), ("three", 50)):
        write_talk(folder, name, frames, (64, 64))
    return folder


def film_recipe(folder: Path, *changes: str, output: str = "out") -> Recipe:
    """A recipe on the films in FOLDER/films, with the data set in FOLDER/set."""
    prepare = {"kind": "videos", "source": str(folder / "films"), "settings": {"side": SIDE}}
    table: dict[str, Any] = {
        "name": "try",
        "output": str(folder / output),
        "data": {"dataset": str(folder / "set"), "prepare": prepare},
        "keypoints": {"preset": "mini"},
        "video": VIDEO,
        **{f"{stage}_training": {**QUICK, "steps": 4} for stage in ("keypoints", "image", "video")},
    }
    return Recipe.checked(table, "test").with_changes(changes)


def trained(stage: str, recipe: Recipe, **how: Any) -> dict[str, Outcome]:
    """Train a stage and what it needs; what came of each."""
    quiet: dict[str, Any] = {"deadline": None, "report": lambda *_: None, "tell": lambda _: None}
    return dict(run_recipe(stage, recipe, **(quiet | how)))
