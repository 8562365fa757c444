"""Recipes are read with their presets, changed from the command line, and refused in one sentence."""

from pathlib import Path

import pytest

from gesta.echomask.config import generator_config
from gesta.errors import InputError
from gesta.tokenizer.config import tokenizer_config
from gesta.train.recipe import Recipe, read_recipe
from gesta.train.run import recorded_tables

TEXT = """
name = "try"

[data]
dataset = "made"

[tokenizer]
preset = "small"
codes = 64

[motion]
preset = "small"
sizes = { width = 64 }

[motion_training]
steps = 300
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "try.toml"
    path.write_text(TEXT)
    return path


def test_presets_lie_under_what_is_set(path: Path) -> None:
    recipe = read_recipe(path)
    assert recipe.tokenizer == tokenizer_config("small", codes=64)
    small = generator_config("small")
    assert recipe.motion == small.model_copy(update={"sizes": small.sizes.model_copy(update={"width": 64})})
    assert recipe.motion_training.steps == 300


def test_tables_that_are_not_there_are_the_usual_presets() -> None:
    recipe = Recipe.checked({"name": "a", "data": {"dataset": "b"}}, "test")
    assert (recipe.tokenizer, recipe.motion) == (tokenizer_config(), generator_config())


def test_a_recipe_survives_being_written_out(path: Path) -> None:
    recipe = read_recipe(path)
    assert Recipe.checked(recipe.model_dump(mode="json"), "test") == recipe


def test_changes_reach_every_table_and_presets_too(path: Path) -> None:
    changes = ("motion_training.steps=5", "tokenizer.preset=gesta", "motion.sizes.heads=2", "output=elsewhere")
    recipe = read_recipe(path, changes)
    assert recipe.motion_training.steps == 5
    assert recipe.tokenizer == tokenizer_config("gesta", codes=64)
    assert (recipe.motion.sizes.heads, recipe.motion.sizes.width) == (2, 64)
    assert recipe.model_folder("motion") == Path("elsewhere/motion/model")


@pytest.mark.parametrize(
    ("change", "said"),
    (
        ("motion_training.step=5", "the command line: .*did you mean motion_training.steps"),
        ("tokenizer.preset=smal", "Unknown tokenizer preset 'smal': did you mean small"),
        ("motion.sizes.widht=5", "did you mean motion.sizes.width"),
        ("motion_training.steps=0", "'motion_training.steps' is 0"),
        ("motion_training", "not key=value"),
        ("name=../up", "'name' is '../up'"),
    ),
)
def test_changes_that_do_not_fit_are_refused(path: Path, change: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_recipe(path, (change,))


def test_unknown_keys_of_the_file_name_the_file(path: Path) -> None:
    path.write_text(TEXT.replace("[data]", "[date]"))
    with pytest.raises(InputError, match=r"try\.toml"):
        read_recipe(path)


def test_folders_of_a_recipe(path: Path) -> None:
    recipe = read_recipe(path)
    assert recipe.stage_folder("tokenizer") == Path("gesta_runs/try/tokenizer")
    given = read_recipe(path, ("tokenizer_model=mine",))
    assert given.model_folder("tokenizer") == Path("mine")


def test_what_is_recorded_follows_data_and_settings(path: Path, tmp_path: Path) -> None:
    recipe = read_recipe(path, (f"data.dataset={tmp_path / 'made'}",))
    before = recorded_tables("tokenizer", recipe)
    assert set(before) == {"tokenizer", "data", "stands_on"}
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "manifest.jsonl").write_text("{}\n")
    assert recorded_tables("tokenizer", recipe)["data"] != before["data"]
    assert {"encoder", "motion"} <= set(recorded_tables("motion", recipe))
