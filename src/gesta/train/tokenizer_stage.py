"""The first stage: the tokenizers of all parts and global motion, trained together on windows of motion."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from gesta.data.clips import Dataset
from gesta.data.manifest import ClipRecord
from gesta.data.windows import LENGTH, STRIDE, Windows
from gesta.motion.statistics import Clip
from gesta.tokenizer.channels import PART_ORDER, fit_statistics
from gesta.tokenizer.config import TokenizerConfig
from gesta.tokenizer.losses import tokenizer_losses
from gesta.tokenizer.reconstruction import reconstruction_errors
from gesta.tokenizer.tokenizers import Tokenizers
from gesta.train.recipe import Recipe
from gesta.train.stage import Report, Split
from gesta.train.tokenizer_folder import save_tokenizers

MOTION, VALID = "motion", "valid"


class TokenizerNetwork(nn.Module):
    """Tokenizers with their losses: what the training loop sees.

    Attributes:
        tokenizers: what is trained and kept.
    """

    def __init__(self, tokenizers: Tokenizers) -> None:
        super().__init__()
        self.tokenizers = tokenizers

    def forward(self, batch: Mapping[str, Tensor], progress: float) -> dict[str, Tensor]:  # noqa: ARG002
        """Losses of a batch of windows, as `TokenizerStage.batch` makes it; progress changes nothing here."""
        return tokenizer_losses(self.tokenizers, *parts_of(batch))


def parts_of(batch: Mapping[str, Tensor]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Channels (B, T, C) and masks (B, C) of each part of a batch."""
    motion, valid = ({part: batch[f"{kind}.{part}"] for part in PART_ORDER} for kind in (MOTION, VALID))
    return motion, valid


class TokenizerStage:
    """Tokenizers trained on the windows of a data set; see `train.stage.Stage`."""

    name = "tokenizer"

    def __init__(
        self, dataset: Dataset, config: TokenizerConfig, *, window: int = LENGTH, stride: int = STRIDE
    ) -> None:
        """
        Args:
            dataset: prepared; its face basis is that of the tokenizers.
            config: of the tokenizers.
            window: frames of a window, a multiple of 4.
            stride: frames between the beginnings of windows.

        Raises:
            InputError: the data set has no clip to train on.
        """
        self._windows = {"train": Windows(dataset, "train", length=window, stride=stride)}
        if any(clip.split == "validation" for clip in dataset.clips):
            self._windows["validation"] = Windows(dataset, "validation", length=window, stride=window)
        statistics = None
        if config.normalise:
            statistics = fit_statistics(config, dataset.representation, _clips(dataset, self._windows["train"].clips))
        tokenizers = Tokenizers(config, dataset.info.face_basis, statistics)
        self.network: nn.Module = TokenizerNetwork(tokenizers)

    def train_size(self) -> int:
        """Number of training windows."""
        return len(self._windows["train"])

    def validation_size(self) -> int:
        """Number of validation windows."""
        return len(self._windows.get("validation", ()))

    def batch(self, split: Split, indices: np.ndarray) -> dict[str, Tensor]:
        """Windows of a split: "motion.<part>" (B, T, C) and "valid.<part>" (B, C)."""
        arrays = self._windows[split].batch(indices)
        return {
            f"{kind}.{part}": torch.from_numpy(arrays[f"{kind}.{part}"])
            for kind in (MOTION, VALID)
            for part in PART_ORDER
        }

    def validate(self, network: nn.Module, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The losses of a batch, and the errors of its reconstruction in millimetres and degrees."""
        return network(batch, 1.0) | {
            f"reconstruction.{name}": value
            for name, value in reconstruction_errors(network.tokenizers, *parts_of(batch)).items()
        }

    def after_step(self, network: nn.Module, progress: float) -> None:
        """Nothing: codebooks learn within a step."""

    def export(self, network: nn.Module, folder: Path, provenance: Mapping[str, Any]) -> None:  # noqa: ARG002
        """Write the tokenizers, see `train.tokenizer_folder`; the loop writes the provenance beside them."""
        save_tokenizers(folder, network.tokenizers)


def _clips(dataset: Dataset, records: list[ClipRecord]) -> Iterator[Clip]:
    """Channels and masks of clips, one in memory at a time."""
    for record in records:
        rows = dataset.rows(record)
        yield {part: rows[:, dataset.slice(part)] for part in PART_ORDER}, dataset.valid(record)


def tokenizer_stage(recipe: Recipe, _report: Report) -> TokenizerStage:
    """The stage of a recipe, whose data set has been prepared.

    Raises:
        InputError: the data set cannot be used.
    """
    return TokenizerStage(
        Dataset.open(recipe.data.dataset), recipe.tokenizer, window=recipe.data.window, stride=recipe.data.stride
    )
