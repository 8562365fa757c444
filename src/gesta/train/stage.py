"""What the training loop asks of a stage: a network, windows to train it on, and an artefact to keep in the end."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from torch import Tensor, nn

Split = Literal["train", "validation"]
Report = Callable[[str, int, int], None]
"""Takes what is being done, how much of it is, and of how much."""
LOSS = "loss"
"""The name of the value that is minimised; all others are only reported."""


class Stage(Protocol):
    """One training: the loop in gesta.train.loop drives it and knows nothing of motion.

    Chance belongs to the loop: before every step it seeds torch's generators (from seed, stage, step and rank), so a
    stage draws from torch's own generators inside `network`, `validate` and `after_step`, and draws nothing anywhere
    else. Everything that changes while training lives in `network`'s parameters and persistent buffers; then a run
    that was interrupted ends as one that was not.

    Attributes:
        name: the stage, for example "tokenizer".
        network: everything that is trained or kept. Called as `network(batch, progress)`, with progress from 0 to 1,
            it gives scalar losses by name; LOSS is minimised. What it never changes it may name in its attribute
            `frozen`, see gesta.train.frozen.
    """

    name: str
    network: nn.Module

    def train_size(self) -> int:
        """Number of training windows."""
        ...

    def validation_size(self) -> int:
        """Number of validation windows; 0 where there are none."""
        ...

    def batch(self, split: Split, indices: np.ndarray) -> Mapping[str, Tensor]:
        """Windows of a split as tensors on the CPU; depends on nothing but its arguments.

        Called from several threads at once, and ahead of the step that uses them.

        Args:
            split: which windows.
            indices: (B,) int64, each below the size of the split.
        """
        ...

    def validate(self, network: nn.Module, batch: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
        """Scalar means over the windows of a validation batch; LOSS decides which checkpoint is the best.

        Args:
            network: the network, or its moving average, in evaluation mode and without gradients.
            batch: on the network's device.
        """
        ...

    def after_step(self, network: nn.Module, progress: float) -> None:
        """What follows an optimiser step, without gradients: moving averages, renewed codes.

        Every process calls it with what its own share of the batch has left in the network; buffers of the first
        process are passed on to the others before the next step, unless the stage adds them up itself.

        Args:
            network: the trained network, never wrapped.
            progress: from 0 to 1.
        """
        ...

    def export(self, network: nn.Module, folder: Path, provenance: Mapping[str, Any]) -> None:
        """Write the finished artefact into a folder, which exists.

        Args:
            network: what is kept: the best weights by validation, the moving average where there is one.
            folder: where to.
            provenance: of the run, as JSON would hold it.
        """
        ...
