"""Every shipped recipe is read by the model it is for."""

from pathlib import Path

import pytest

from gesta.procedural.style import style_from

RECIPES = sorted((Path(__file__).parents[2] / "recipes").glob("*.toml"))


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.name)
def test_recipe_parses_and_changes_something(recipe: Path) -> None:
    assert style_from(str(recipe)) != style_from("neutral")


def test_there_are_recipes() -> None:
    assert RECIPES
