"""The learned mouth: the same in numpy and torch, live and at once; its files are checked before they are believed."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from gesta.errors import InputError
from gesta.mouth.config import MouthConfig, MouthSizes
from gesta.mouth.folder import CONFIG_FILE, WEIGHTS_FILE, load_mouth, save_mouth
from gesta.mouth.network import MouthNetwork
from gesta.mouth.objective import LossWeights, mouth_losses
from gesta.mouth.stream import MouthStream
from gesta.mouth.trainable import TrainableMouth
from gesta.records import SpeechFeatures

CONFIG = MouthConfig(
    sizes=MouthSizes(width=12, before=4, ahead=3, memory=3),
    poses=("jaw", "closed"),
    shapes=("shape",),
    logits=("closed",),
    gains={"jaw": 1.5},
)


def made_mouth(seed: int = 0) -> tuple[TrainableMouth, MouthNetwork]:
    """A network with chance weights, in torch and in numpy."""
    torch.manual_seed(seed)
    trainable = TrainableMouth(CONFIG).eval()
    for parameter in trainable.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    arrays = {name: value.detach().numpy() for name, value in trainable.named_parameters()}
    return trainable, MouthNetwork(CONFIG, **arrays)


def made_features(frames: int, seed: int = 0) -> SpeechFeatures:
    random = np.random.default_rng(seed)
    low, high = (random.normal(size=(frames, size)) for size in (CONFIG.low_size, CONFIG.high_size))
    return SpeechFeatures(low, high, CONFIG.encoder)


def part(features: SpeechFeatures, start: int, stop: int) -> SpeechFeatures:
    return SpeechFeatures(features.low[start:stop], features.high[start:stop], features.encoder, start)


@pytest.mark.parametrize("ahead", [0, 2, 3])
def test_numpy_and_torch_say_the_same(ahead: int) -> None:
    trainable, network = made_mouth()
    stream, features = MouthStream(ahead, network), made_features(40)
    rows = stream.rows_of(features)
    with torch.no_grad():
        wanted = trainable(torch.from_numpy(rows)[None], ahead)[0].numpy()
    np.testing.assert_allclose(stream.told(rows, rows[:0]), wanted, atol=2e-5)


@pytest.mark.parametrize("ahead", [0, 1, 3])
def test_any_stretches_give_the_same(ahead: int) -> None:
    _, network = made_mouth()
    features = made_features(90)
    whole = MouthStream(ahead, network)
    at_once = np.concatenate([whole.push(features), whole.finish()])
    assert at_once.shape == (90, 2)
    live = MouthStream(ahead, network)
    cuts = [0, 1, 2, 2, 9, 10, 40, 41, 89, 90]
    parts = [live.push(part(features, *edges)) for edges in itertools.pairwise(cuts)]
    given = np.cumsum([len(poses) for poses in parts])
    np.testing.assert_array_equal(given, np.maximum(np.array(cuts[1:]) - ahead, 0))
    np.testing.assert_allclose(np.concatenate([*parts, live.finish()]), at_once, atol=1e-6)


def test_what_is_further_ahead_changes_nothing() -> None:
    _, network = made_mouth()
    one, other = made_features(60), made_features(60, 1)
    joined = SpeechFeatures.concatenate([part(one, 0, 30), part(other, 30, 60)])
    faces = [MouthStream(2, network).push(features)[:28] for features in (one, joined)]
    np.testing.assert_array_equal(faces[0], faces[1])


def test_other_features_and_too_much_ahead_are_refused() -> None:
    _, network = made_mouth()
    features = made_features(5)
    with pytest.raises(InputError, match="'another'"):
        MouthStream(0, network).push(SpeechFeatures(features.low, features.high, "another"))
    with pytest.raises(InputError, match="at most 3"):
        MouthStream(4, network)


def test_files_are_as_they_were_and_damaged_ones_are_refused(tmp_path: Path) -> None:
    trainable, network = made_mouth()
    save_mouth(tmp_path, CONFIG, {name: value.detach().numpy() for name, value in trainable.named_parameters()}, "card")
    again = load_mouth(tmp_path)
    assert again.config == CONFIG
    np.testing.assert_array_equal(again.hear, network.hear)
    config = json.loads((tmp_path / CONFIG_FILE).read_text())
    for changes, reason in (({"sizes": {"width": 13}}, "do not fit"), ({"colour": 1}, "colour")):
        (tmp_path / CONFIG_FILE).write_text(json.dumps(config | changes))
        with pytest.raises(InputError, match=reason):
            load_mouth(tmp_path)
    (tmp_path / CONFIG_FILE).write_text(json.dumps(config))
    (tmp_path / WEIGHTS_FILE).write_bytes((tmp_path / WEIGHTS_FILE).read_bytes()[:-40])
    with pytest.raises(InputError, match="cannot be read"):
        load_mouth(tmp_path)


def test_what_is_not_known_does_not_count() -> None:
    told = torch.zeros(1, 6, 3, requires_grad=True)
    truth = torch.full((1, 6, 3), torch.nan)
    truth[0, :3, 0] = 0.14
    truth[0, :, 1] = 1.0
    losses = mouth_losses(CONFIG, told, truth, LossWeights(motion=0.0, shut=1.0))
    values = {name: loss.item() for name, loss in losses.items()}
    assert values["poses"] == pytest.approx(1.0)
    assert values["shapes"] == 0.0
    assert values["lips"] == pytest.approx(np.log(2.0), abs=1e-6)
    losses["loss"].backward()
    assert told.grad is not None
    assert torch.isfinite(told.grad).all()
    assert (told.grad[0, 3:, 0] == 0.0).all() and (told.grad[0, :, 1] < 0.0).all()
