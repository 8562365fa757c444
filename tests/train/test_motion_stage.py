"""The stage `motion`: tokens and features are made once, a bundle comes out that speaks, pieces end as one run does."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gesta.bundles.debug import LATENT, SIZES
from gesta.bundles.folder import load_bundle
from gesta.data.prepare import prepare
from gesta.models.echomask import EchoMaskModel
from gesta.train.log import read_log
from gesta.train.recipe import Recipe
from gesta.train.run import run_recipe
from tests.data.making import made_plan, made_speech, planned
from tests.motion.moving import made_motion
from tests.tokenizer.made_tokenizers import tiny_config
from tests.train.comparing import log_without_times, weights_in

QUICK = {"batch": 4, "log_every": 1, "save_every": 50, "validate_every": 3, "tensorboard": False, "device": "cpu"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set, and tokenizers that were trained on it."""
    folder = tmp_path_factory.mktemp("motion")
    clips = [
        planned(name, made_motion(96, seed=seed), split)
        for seed, (name, split) in enumerate({"one": "train", "two": "train", "three": "validation"}.items())
    ]
    prepare(made_plan(clips), folder / "set")
    train("tokenizer", recipe(folder))
    return folder


def recipe(folder: Path, *changes: str, output: str = "out") -> Recipe:
    table: dict[str, Any] = {
        "name": "try",
        "output": str(folder / output),
        "data": {"dataset": str(folder / "set"), "stride": 16},
        "encoder": {"kind": "spectral"},
        "tokenizer": tiny_config(width=LATENT).model_dump(mode="json"),
        "tokenizer_training": {**QUICK, "steps": 3},
        "motion": {"sizes": {**SIZES, "window": 32}},
        "motion_training": {**QUICK, "steps": 6},
    }
    return Recipe.checked(table, "test").with_changes(changes)


def train(stage: str, chosen: Recipe, **how: Any) -> None:
    quiet: dict[str, Any] = {"deadline": None, "report": lambda *_: None, "tell": lambda _: None}
    for _ in run_recipe(stage, chosen, **(quiet | how)):
        pass


@pytest.fixture(scope="module")
def told(folder: Path) -> Iterator[list[tuple[str, int, int]]]:
    """What an uninterrupted training said on its way."""
    said: list[tuple[str, int, int]] = []
    train("motion", recipe(folder), report=lambda *line: said.append(line))
    yield said


def test_what_takes_long_before_the_first_step_is_told(told: list[tuple[str, int, int]]) -> None:
    assert [line for line in told if line[0] == "motion, tokens"] == [("motion, tokens", done, 3) for done in (1, 2, 3)]
    listened = [line[1:] for line in told if line[0] == "motion, listening"]
    assert len(listened) == 3
    assert listened[-1] == (288, 288)


def test_a_bundle_comes_out_that_speaks(folder: Path, told: list) -> None:
    bundle = load_bundle(folder / "out" / "motion" / "model")
    assert (bundle.config.speakers, bundle.config.licence) == (("ann",), "free")
    motion = EchoMaskModel("try", bundle).speak(made_speech(60), seed=1).motion
    assert motion.frame_count == 60
    assert np.isfinite(motion.translation).all()


def test_a_training_in_pieces_ends_with_the_same_bits(folder: Path, told: list) -> None:
    tokenizers = f"tokenizer_model={folder / 'out' / 'tokenizer' / 'model'}"
    pieces = recipe(folder, tokenizers, output="pieces")
    train("motion", pieces, deadline=0.0)
    train("motion", pieces)
    assert weights_in(folder / "pieces" / "motion") == weights_in(folder / "out" / "motion")
    assert log_without_times(folder / "pieces" / "motion") == log_without_times(folder / "out" / "motion")


@pytest.mark.slow
def test_it_learns(folder: Path) -> None:
    tokenizers = f"tokenizer_model={folder / 'out' / 'tokenizer' / 'model'}"
    changes = ("motion_training.steps=60", "motion_training.learning_rate=3e-3", "motion_training.log_every=10")
    train("motion", recipe(folder, tokenizers, *changes, output="learns"))
    lines = [line for line in read_log(folder / "learns" / "motion") if line["split"] == "train"]
    assert lines[-1]["loss"] < 0.9 * lines[0]["loss"]
