"""What the stages `image` and `video` have in common."""

from collections.abc import Mapping

import numpy as np
from torch import Tensor, nn

from gesta.train.film_batches import FilmBatches
from gesta.train.stage import Split


class FilmStage:
    """Most of a `gesta.train.stage.Stage`; a stage adds its name and `export`."""

    network: nn.Module

    def __init__(self, network: nn.Module, batches: FilmBatches) -> None:
        self.network, self._batches = network, batches

    def train_size(self) -> int:
        """Number of training windows."""
        return self._batches.size("train")

    def validation_size(self) -> int:
        """Number of validation windows."""
        return self._batches.size("validation")

    def batch(self, split: Split, indices: np.ndarray) -> Mapping[str, Tensor]:
        """Windows of a split, see `FilmBatches.batch`."""
        return self._batches.batch(split, indices)

    def validate(self, network: nn.Module, batch: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
        """The losses."""
        return network(batch, 1.0)

    def after_step(self, network: nn.Module, progress: float) -> None:
        """Nothing: all is learned within a step."""
