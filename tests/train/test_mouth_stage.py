"""The stage `mouth` learns what it is shown, and writes a mouth that can be read."""

from pathlib import Path

import torch

from gesta.audio.encoders.spectral import SpectralEncoder
from gesta.data.clips import Dataset
from gesta.data.kinds import plan_source
from gesta.data.prepare import prepare
from gesta.data.speech_features import FeatureStore
from gesta.mouth.config import MouthSizes
from gesta.mouth.folder import load_mouth
from gesta.train.loop import train
from gesta.train.mouth_settings import MouthStageSettings
from gesta.train.mouth_stage import MouthStage
from gesta.train.settings import TrainingSettings
from tests.data.test_face import put_captured, put_spoken


def test_it_learns_and_writes_a_mouth(tmp_path: Path) -> None:
    source = tmp_path / "faces"
    put_captured(source / "one.npz")
    put_spoken(source / "said.json", [(0.4, 0.6, "m"), (0.6, 1.0, "a"), (1.0, 1.3, "u")])
    put_spoken(source / "other.json", [(0.2, 0.5, "b"), (0.5, 1.0, "a")])
    prepare(plan_source("face", source, {"validates": ["other*"]}), tmp_path / "set")
    dataset = Dataset.open(tmp_path / "set")
    features = FeatureStore(dataset, SpectralEncoder())
    features.fill()
    torch.manual_seed(0)
    settings = MouthStageSettings(sizes=MouthSizes(width=16), window=48, stride=12, captured_repeats=2, noise=0.0)
    stage = MouthStage(dataset, settings, features)
    assert (stage.train_size(), stage.validation_size()) == (6, 2)
    before = stage.network.eval()(stage.batch("train", torch.arange(6).numpy()), 0.0)["loss"].item()
    steps = TrainingSettings(steps=30, batch=6, learning_rate=3e-3, validate_every=15, save_every=15, device="cpu")
    outcome = train(stage, steps, tmp_path / "run")
    after = stage.network.eval()(stage.batch("train", torch.arange(6).numpy()), 0.0)["loss"].item()
    assert after < 0.9 * before
    assert outcome.model is not None
    mouth = load_mouth(outcome.model)
    assert mouth.config.sizes.width == 16
    assert mouth.tell.shape == (32, 16)
