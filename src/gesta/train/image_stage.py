"""The stage `image`: reference network, denoiser and pose guider, on pairs of pictures (MMGT's process 1)."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import nn

from gesta.bundles.tensors import write_tensors
from gesta.data.film_set import FilmSet
from gesta.mmgt.video_trainable import picture_parameters
from gesta.train.film_batches import FilmBatches
from gesta.train.film_network import FilmNetwork
from gesta.train.film_stage import FilmStage
from gesta.train.film_start import IMAGE_FILE, begun_parts, picture_state
from gesta.train.recipe import Recipe
from gesta.train.stage import Report
from gesta.writing import replacing

CONFIG_FILE = "video.json"
"""The settings of the network whose tensors IMAGE_FILE holds."""


class ImageStage(FilmStage):
    """See `gesta.train.stage.Stage`. Its result is for the stage `video`; nobody else needs it."""

    name = "image"

    def export(self, network: nn.Module, folder: Path, provenance: Mapping[str, Any]) -> None:  # noqa: ARG002
        """Write what the next stage begins with; the loop writes the provenance beside it."""
        assert isinstance(network, FilmNetwork)
        write_tensors(folder / IMAGE_FILE, picture_state(network.video))
        with replacing(folder / CONFIG_FILE) as beside:
            text = json.dumps(network.video.config.model_dump(mode="json"), indent=1)
            beside.write_text(text + "\n", encoding="utf-8")


def image_stage(recipe: Recipe, _report: Report) -> ImageStage:
    """The stage that a recipe describes; its data set is prepared.

    Raises:
        InputError: the data set or the weights to begin with cannot be used.
    """
    films, settings = FilmSet.open(recipe.data.dataset), recipe.image_stage
    batches = FilmBatches(films, recipe.video, settings, length=1, seed=recipe.image_training.seed)
    parts = begun_parts(recipe.video, recipe.start, films=False, trained_autoencoder=recipe.model_folder("autoencoder"))
    return ImageStage(FilmNetwork(parts, picture_parameters(parts.network), settings), batches)
