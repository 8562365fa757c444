"""What a training never changes is neither saved nor copied, and a training that goes on ends as one that was whole."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from gesta.errors import InputError
from gesta.train.ema import MovingAverage
from gesta.train.loop import train
from tests.train.comparing import results
from tests.train.tiny_stage import CHANNELS, TinyNetwork, TinyStage, quick_settings

LARGE = 1000


class PartlyFrozen(TinyNetwork):
    """A tiny network that sees its input through a large layer which stays as it is."""

    frozen = ("eye.",)

    def __init__(self, dropout: float) -> None:
        super().__init__(dropout)
        self.eye = nn.Sequential(nn.Linear(CHANNELS, LARGE), nn.Linear(LARGE, CHANNELS)).requires_grad_(False)

    def forward(self, batch, progress: float) -> dict[str, torch.Tensor]:
        return super().forward({**batch, "x": self.eye(batch["x"])}, progress)


class FrozenStage(TinyStage):
    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(6)
        self.network = PartlyFrozen(0.3)


def test_checkpoints_hold_the_changing_part_alone_and_going_on_is_exact(tmp_path: Path) -> None:
    train(FrozenStage(), quick_settings(), tmp_path / "whole")
    for _ in range(5):
        train(FrozenStage(), quick_settings(), tmp_path / "parts", deadline=0.0)
    train(FrozenStage(), quick_settings(), tmp_path / "parts")
    assert results(tmp_path / "parts") == results(tmp_path / "whole")
    files = list((tmp_path / "whole" / "checkpoints").rglob("*.safetensors"))
    assert {path.stem for path in files} == {"network", "average", "optimiser"}
    for path in files:
        assert path.stat().st_size < 4 * LARGE
        assert not any(name.startswith("eye.") for name in load_file(path))


def test_the_average_shares_what_is_frozen() -> None:
    network = PartlyFrozen(0.0)
    average = MovingAverage(network, 0.9)
    assert average.network.eye[0].weight is network.eye[0].weight
    assert average.network.hidden.weight is not network.hidden.weight
    before = network.eye[0].weight.clone()
    with torch.no_grad():
        network.hidden.weight += 1.0
        network.size += 2.0
    average.update(network, 0)
    assert torch.equal(network.eye[0].weight, before)
    torch.testing.assert_close(average.network.hidden.weight, network.hidden.weight - 0.1)
    assert float(average.network.size) == 2.0


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    train(FrozenStage(), quick_settings(steps=3), tmp_path)
    other = FrozenStage()
    other.network.frozen = ("eye.", "answer.")
    with pytest.raises(InputError, match=r"answer\.bias is missing, or unknown"):
        train(other, quick_settings(), tmp_path)
