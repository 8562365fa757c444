"""The stage `autoencoder`: the small convolutional autoencoder, on the pictures of films, for small video networks.

Pictures come back through noise on their latents. Absolute and squared errors of pixels count, and absolute errors of
the differences between neighbouring pixels, at full and at half size, which keep lips and fingers from blurring; all of
them count more in face, hands and lips, which are a small part of the picture. No other network judges.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from gesta.bundles.tensors import write_tensors
from gesta.data.film_set import FilmSet
from gesta.errors import InputError
from gesta.mmgt.autoencoders import check_autoencoder
from gesta.mmgt.convolutional_autoencoder import WEIGHTS_FILE, ConvolutionalAutoencoder
from gesta.train.cards import autoencoder_card
from gesta.train.film_batches import PICTURES, FilmBatches, masks_of
from gesta.train.film_settings import AutoencoderStageSettings
from gesta.train.film_stage import FilmStage
from gesta.train.recipe import Recipe
from gesta.train.stage import LOSS, Report
from gesta.writing import replacing

BYTE_HALF = 127.5
EDGE_SCALES = 2
PEAK_DB = 20.0 * math.log10(2.0)
"""Of pictures from -1 to 1."""
SMALLEST = 1e-10
FIRST_PICTURES = 64
"""Whose principal components are begun with."""
CARD_FILE = "card.md"


class AutoencoderNetwork(nn.Module):
    """The autoencoder with its losses: what the training loop sees.

    Attributes:
        autoencoder: what is trained and kept.
    """

    def __init__(self, autoencoder: ConvolutionalAutoencoder, settings: AutoencoderStageSettings) -> None:
        super().__init__()
        self.autoencoder, self.settings = autoencoder, settings

    def forward(self, batch: Mapping[str, Tensor], progress: float) -> dict[str, Tensor]:  # noqa: ARG002
        """Losses of a batch, as `FilmBatches.batch` makes it; draws from torch's own generator."""
        pictures = as_signed(batch[PICTURES])
        latents = self.autoencoder.encode(pictures)
        if self.training:
            latents = latents + self.settings.noise * torch.randn_like(latents)
        error = self.autoencoder.decode(latents) - pictures
        regions = regions_of(batch, pictures.shape[-1])
        more = self.settings.region_loss
        places = 1.0 + more.face * regions["face"] + more.lip * regions["lip"]
        places = places / places.mean()
        pixels = (places * error.abs()).mean()
        squares = (places * error.square()).mean()
        edges = edge_error(error, places)
        loss = pixels + self.settings.squares * squares + self.settings.edges * edges
        found = {LOSS: loss, "pixels": pixels, "edges": edges}
        if not self.training:
            found |= {f"psnr_db.{name}": psnr_db(error, region) for name, region in regions.items()}
            found["psnr_db.whole"] = psnr_db(error, torch.ones_like(places))
        return found


def as_signed(pictures: Tensor) -> Tensor:
    """Pictures (B, F, H, W, 3) uint8 as (B F, 3, H, W) from -1 to 1."""
    return pictures.flatten(0, 1).permute(0, 3, 1, 2).float() / BYTE_HALF - 1.0


def regions_of(batch: Mapping[str, Tensor], side: int) -> dict[str, Tensor]:
    """Where face with hands, and lips, are in the pictures of a batch: by name, (B, 1, side, side) from 0 to 1."""
    found = {}
    for name, levels in masks_of(batch).items():
        if name != "full":
            grid = levels[0].flatten(0, 1)
            coarse = grid.unflatten(1, (-1, round(grid.shape[1] ** 0.5)))[:, None]
            found[name] = functional.interpolate(coarse, (side, side), mode="bilinear")
    return found


def edge_error(error: Tensor, places: Tensor) -> Tensor:
    """The mean absolute difference between neighbouring pixels' errors (B, 3, H, W), over sizes.

    Args:
        error: of pictures.
        places: (B, 1, H, W), what each place counts.
    """
    total = error.new_zeros(())
    for _ in range(EDGE_SCALES):
        across, down = error.diff(dim=-1).abs(), error.diff(dim=-2).abs()
        total = total + (places[..., 1:] * across).mean() + (places[..., 1:, :] * down).mean()
        error, places = functional.avg_pool2d(error, 2), functional.avg_pool2d(places, 2)
    return total / (2 * EDGE_SCALES)


def psnr_db(error: Tensor, region: Tensor) -> Tensor:
    """The mean over a batch of PSNR in a region, dB; pictures from -1 to 1.

    Args:
        error: (B, 3, H, W).
        region: (B, 1, H, W), how much each place belongs to it.
    """
    squares = (region * error.square().mean(dim=1, keepdim=True)).sum((1, 2, 3))
    mean = squares / region.sum((1, 2, 3)).clamp(min=SMALLEST)
    return PEAK_DB - 10.0 * mean.clamp(min=SMALLEST).log10().mean()


class AutoencoderStage(FilmStage):
    """See `gesta.train.stage.Stage`."""

    name = "autoencoder"

    def __init__(self, recipe: Recipe, films: FilmSet, network: AutoencoderNetwork, batches: FilmBatches) -> None:
        super().__init__(network, batches)
        self._recipe, self._films = recipe, films

    def export(self, network: nn.Module, folder: Path, provenance: Mapping[str, Any]) -> None:
        """Write the autoencoder with its card; the loop writes the provenance beside it."""
        assert isinstance(network, AutoencoderNetwork)
        network.autoencoder.save_config(folder)
        write_tensors(folder / WEIGHTS_FILE, network.autoencoder.state_dict())
        with replacing(folder / CARD_FILE) as beside:
            card = autoencoder_card(self._recipe.name, network.autoencoder.config, self._films.info, provenance)
            beside.write_text(card, encoding="utf-8")


def autoencoder_stage(recipe: Recipe, _report: Report) -> AutoencoderStage:
    """The stage that a recipe describes; its data set is prepared.

    Raises:
        InputError: the data set cannot be used, the latents are not those of `video.picture`, or pictures go through
            another kind of autoencoder.
    """
    if (kind := recipe.video.picture.autoencoder) != "convolutional":
        raise InputError(
            f"The recipe's pictures go through the autoencoder '{kind}', which is not trained here; to train one, set "
            "video.picture.autoencoder=convolutional."
        )
    films, settings = FilmSet.open(recipe.data.dataset), recipe.autoencoder
    autoencoder = ConvolutionalAutoencoder(settings.sizes)
    check_autoencoder(autoencoder, recipe.video.picture)
    batches = FilmBatches(films, recipe.video, settings, length=1, seed=recipe.autoencoder_training.seed)
    some = np.unique(np.linspace(0, batches.size("train") - 1, FIRST_PICTURES).astype(np.int64))
    autoencoder.begin_with(as_signed(batches.batch("train", some)[PICTURES]))
    return AutoencoderStage(recipe, films, AutoencoderNetwork(autoencoder, settings), batches)
