"""The tokenizer stage: windows in, losses and errors out, and a folder that the next stage can read."""

from pathlib import Path

import numpy as np
import pytest
import torch

from gesta.data.clips import Dataset
from gesta.data.prepare import prepare
from gesta.errors import InputError
from gesta.train.loop import train
from gesta.train.tokenizer_folder import load_tokenizers
from gesta.train.tokenizer_stage import TokenizerStage, parts_of
from tests.data.making import made_plan, planned
from tests.motion.moving import made_motion
from tests.tokenizer.made_tokenizers import tiny_config
from tests.train.tiny_stage import quick_settings

WITHOUT_HANDS = frozenset({"upper", "lower", "translation", "face"})


def dataset(folder: Path, **clips: str) -> Dataset:
    """Clips of 40 frames by name, each in a split; those named "bare..." have no hands."""
    plans = []
    for seed, (name, split) in enumerate(clips.items()):
        motion = made_motion(40, seed=seed)
        motion = motion.replaced(parts=WITHOUT_HANDS) if name.startswith("bare") else motion
        plans.append(planned(name, motion, split))
    prepare(made_plan(plans), folder)
    return Dataset.open(folder)


def stage_of(data: Dataset) -> TokenizerStage:
    torch.manual_seed(0)
    return TokenizerStage(data, tiny_config(), window=16, stride=8)


@pytest.fixture
def stage(tmp_path: Path) -> TokenizerStage:
    return stage_of(dataset(tmp_path / "set", full="train", bare="train", other="validation"))


def test_windows_of_both_splits(stage: TokenizerStage) -> None:
    assert (stage.train_size(), stage.validation_size()) == (8, 2)
    motion, valid = parts_of(stage.batch("train", np.array([0, 5])))
    assert {part: tuple(values.shape) for part, values in motion.items()} == {
        "face": (2, 16, 52), "hands": (2, 16, 180), "upper": (2, 16, 78), "lower": (2, 16, 61)
    }  # fmt: skip
    assert valid["hands"].any(-1).tolist() == [True, False]


def test_statistics_come_from_training_clips_alone(tmp_path: Path) -> None:
    first, second = (
        stage_of(dataset(tmp_path / name, full="train", **more)).network.tokenizers.channels.upper_mean
        for name, more in (("one", {}), ("two", {"other": "validation"}))
    )
    assert torch.equal(first, second)
    assert first.abs().sum() > 0


def test_a_data_set_without_training_clips_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no clip for train"):
        stage_of(dataset(tmp_path / "set", only="validation"))
    assert stage_of(dataset(tmp_path / "more", only="train")).validation_size() == 0


def test_a_training_ends_with_tokenizers_that_speak_the_same(stage: TokenizerStage, tmp_path: Path) -> None:
    outcome = train(stage, quick_settings(steps=4, validate_every=2, ema_decay=0.0), tmp_path / "run")
    assert outcome.model is not None
    assert np.isfinite(outcome.best_loss)
    tokenizers = load_tokenizers(outcome.model)
    assert tokenizers.parts["upper"].quantiser.levels[0].initialised
    trained = stage.network.tokenizers.eval()
    assert torch.equal(tokenizers.channels.lower_sd, trained.channels.lower_sd)
    motion, valid = parts_of(stage.batch("validation", np.arange(2)))
    tokens = tokenizers.tokenize(motion, valid)
    assert all(chosen.shape == (2, 4, 3) for chosen in tokens.values())
    with torch.no_grad():
        found = stage.validate(stage.network, stage.batch("validation", np.arange(2)))
    assert {"loss", "reconstruction.upper.mm", "reconstruction.lower.path_mm", "reconstruction.hands.degrees"} <= set(
        found
    )
