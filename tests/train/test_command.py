"""`gesta train` from a recipe to a model, with a stage of the tests' own in the place of the real ones."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from gesta.train.log import read_log
from tests.cli.running import Outcome, gesta_run
from tests.train.tiny_stage import QUICK, TinyStage

TRAINING = "\n".join(f"{name} = {str(value).lower()}" for name, value in QUICK.items() if name != "device")
RECIPE = f"""
name = "try"

[data]
dataset = "set"
prepare = {{ kind = "synthetic", source = "demo", settings = {{ seeds = 1 }} }}

[tokenizer_training]
device = "cpu"
steps = 6
{TRAINING}

[motion_training]
device = "cpu"
steps = 6
{TRAINING}
"""


@pytest.fixture
def recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A recipe in a folder of its own, where the stages are tiny."""
    monkeypatch.chdir(tmp_path)
    for name in ("tokenizer", "motion"):
        builder = {f"{name}_stage": lambda _recipe, _report: TinyStage()}
        module = SimpleNamespace(**builder, __spec__=SimpleNamespace())
        monkeypatch.setitem(sys.modules, f"gesta.train.{name}_stage", module)
    path = tmp_path / "try.toml"
    path.write_text(RECIPE)
    return path


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gesta.train.run.prepare_missing", lambda _data, _report: None)


def last_line(outcome: Outcome) -> str:
    return outcome.stderr.splitlines()[-1]


def test_motion_trains_the_tokenizers_first(recipe: Path, prepared: None) -> None:
    outcome = gesta_run("train", "motion", recipe)
    assert outcome.status == 0, outcome.stderr
    assert outcome.stdout.split() == ["gesta_runs/try/tokenizer/model", "gesta_runs/try/motion/model"]
    assert all((folder / "tiny.json").is_file() for folder in outcome.files)
    assert last_line(outcome).startswith("motion: 6 steps took")
    again = gesta_run("train", "motion", recipe)
    assert (again.status, last_line(again).partition(";")[0]) == (0, "motion: all 6 steps were done already")


def test_minutes_end_it_well_and_the_same_command_goes_on(recipe: Path, prepared: None) -> None:
    outcome = gesta_run("train", "tokenizer", recipe, "--minutes", "0")
    assert (outcome.status, outcome.stdout) == (0, "")
    assert "Saved at step 1 of 6; the same command goes on from there." in outcome.stderr
    outcome = gesta_run("train", "tokenizer", recipe)
    assert outcome.status == 0
    assert "goes on from step 1 of 6" in outcome.stderr
    assert [line["step"] for line in read_log(Path("gesta_runs/try/tokenizer")) if line["split"] == "train"] == [
        *range(1, 7)
    ]


def test_changes_from_the_command_line_count(recipe: Path, prepared: None) -> None:
    outcome = gesta_run("train", "tokenizer", recipe, "tokenizer_training.steps=3", "output=elsewhere")
    assert outcome.files == [Path("elsewhere/tokenizer/model")]
    refused = gesta_run("train", "tokenizer", recipe, "tokenizer_training.batch=2", "output=elsewhere")
    assert refused.status == 2
    assert "trained with training.batch = 4 and now it is 2" in refused.stderr


def test_other_settings_are_refused_before_anything_is_made_for_them(
    recipe: Path, prepared: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tokens and features of hours of motion may be what a stage makes when it is built."""
    assert gesta_run("train", "tokenizer", recipe, "tokenizer_training.steps=2").status == 0

    def built(_recipe: object, _report: object) -> TinyStage:
        raise AssertionError("nothing is built")

    monkeypatch.setattr(sys.modules["gesta.train.tokenizer_stage"], "tokenizer_stage", built)
    refused = gesta_run("train", "tokenizer", recipe, "tokenizer_training.seed=5")
    assert refused.status == 2
    assert "trained with training.seed = 0 and now it is 5" in refused.stderr


@pytest.mark.slow
def test_a_missing_data_set_is_prepared(recipe: Path) -> None:
    assert gesta_run("train", "tokenizer", recipe).status == 0
    assert Path("set/dataset.json").is_file()
    assert gesta_run("train", "tokenizer", recipe).status == 0
    refused = gesta_run("train", "tokenizer", recipe, "data.prepare.settings.seeds=2")
    assert refused.status == 2
    assert "was made with seeds = 1, and the recipe says 2" in refused.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    (
        (("moton", "try.toml"), "did you mean motion"),
        (("motion", "none.toml"), "The recipe 'none.toml' cannot be read"),
        (("motion", "try.toml", "motion_training.stepps=3"), "did you mean motion_training.steps"),
        (("motion", "try.toml", "tokenizer_model=none"), "There is no folder 'none' of trained tokenizers"),
        (("motion", "try.toml", "motion_training.device=auto"), "name different devices"),
    ),
)
def test_bad_input_is_one_sentence_and_writes_nothing(recipe: Path, words: tuple[str, ...], said: str) -> None:
    outcome = gesta_run("train", *words)
    assert outcome.status == 2
    assert said in outcome.stderr
    assert len(outcome.stderr.splitlines()) == 1
    assert [path.name for path in Path().iterdir()] == ["try.toml"]


def test_without_a_data_set_it_says_how_to_make_one(recipe: Path) -> None:
    recipe.write_text("\n".join(line for line in RECIPE.splitlines() if not line.startswith("prepare")))
    outcome = gesta_run("train", "tokenizer", recipe)
    assert outcome.status == 2
    assert "make one with gesta prepare KIND SOURCE -o set" in outcome.stderr
