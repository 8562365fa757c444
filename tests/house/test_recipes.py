"""Every shipped recipe is read by what it is for: a training, or a style."""

import tomllib
from pathlib import Path

import pytest

from gesta.procedural.style import style_from
from gesta.train.recipe import read_recipe

FOLDER = Path(__file__).parents[2] / "recipes"
TRAININGS = [path for path in sorted(FOLDER.glob("*.toml")) if "data" in tomllib.loads(path.read_text())]
STYLES = [path for path in sorted(FOLDER.glob("*.toml")) if path not in TRAININGS]


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_a_style_parses_and_changes_something(path: Path) -> None:
    assert style_from(str(path)) != style_from("neutral")


@pytest.mark.parametrize("path", TRAININGS, ids=lambda path: path.name)
def test_a_training_parses_and_its_networks_fit_each_other(path: Path) -> None:
    recipe = read_recipe(path)
    assert recipe.name == path.stem
    assert recipe.motion.sizes.latent == recipe.tokenizer.width
    assert recipe.data.stride % 4 == 0


def test_there_are_both() -> None:
    assert STYLES
    assert TRAININGS
