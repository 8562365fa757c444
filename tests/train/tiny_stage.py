"""A stage that trains in no time: a line through made points, with dropout, a buffer and losses in the network."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from gesta.randomness import generator
from gesta.train.settings import TrainingSettings
from gesta.train.stage import Split

SIZES = {"train": 20, "validation": 7}
CHANNELS = 4
QUICK = {"batch": 4, "log_every": 1, "save_every": 3, "validate_every": 4, "tensorboard": False, "device": "cpu"}


def quick_settings(**changes: Any) -> TrainingSettings:
    """Settings for a few steps, with everything switched on that a checkpoint has to keep."""
    return TrainingSettings.checked({**QUICK, "steps": 12, "ema_decay": 0.9, "learning_rate": 0.01, **changes}, "test")


class TinyNetwork(nn.Module):
    """Predicts (B,) from (B, C); remembers in a buffer how large its answers were."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.hidden = nn.Linear(CHANNELS, 8)
        self.dropout = nn.Dropout(dropout)
        self.answer = nn.Linear(8, 1)
        self.register_buffer("size", torch.zeros(()))
        self.register_buffer("seen", torch.zeros((), dtype=torch.int64))
        self._last = torch.zeros(())

    def forward(self, batch: Mapping[str, Tensor], progress: float) -> dict[str, Tensor]:
        answer = self.answer(self.dropout(self.hidden(batch["x"]).tanh())).squeeze(1)
        self._last = answer.detach().float().abs().mean()
        fit = (answer - batch["y"]).square().mean()
        return {"loss": fit + progress * 0.01 * answer.square().mean(), "fit": fit}


class TinyStage:
    """Made data: y is a fixed sum of the x plus noise; the two splits share no window."""

    name = "tiny"

    def __init__(self, dropout: float = 0.3, sizes: Mapping[str, int] = SIZES) -> None:
        torch.manual_seed(5)
        self.network = TinyNetwork(dropout)
        self.sizes = sizes
        self.read: dict[str, list[int]] = {"train": [], "validation": []}
        draw = generator(0, "tiny stage")
        self._x = {split: draw.normal(size=(size, CHANNELS)).astype(np.float32) for split, size in sizes.items()}

    def train_size(self) -> int:
        return self.sizes["train"]

    def validation_size(self) -> int:
        return self.sizes["validation"]

    def batch(self, split: Split, indices: np.ndarray) -> dict[str, Tensor]:
        self.read[split].extend(indices.tolist())
        x = torch.from_numpy(self._x[split][indices])
        return {"x": x, "y": x @ torch.arange(1.0, CHANNELS + 1)}

    def validate(self, network: nn.Module, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        assert not network.training
        return {"loss": network(batch, 1.0)["fit"], "draw": torch.rand(())}

    def after_step(self, network: nn.Module, progress: float) -> None:
        assert isinstance(network, TinyNetwork)
        network.size.lerp_(network._last + progress * torch.rand(()), 0.1)
        network.seen += 1

    def export(self, network: nn.Module, folder: Path, provenance: Mapping[str, Any]) -> None:
        weights = {name: value.tolist() for name, value in network.state_dict().items()}
        (folder / "tiny.json").write_text(json.dumps({"weights": weights, "steps": provenance["steps"]}))
