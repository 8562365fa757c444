"""The stage `video`: what moves and what hears, on films (MMGT's process 2); its result is a model for films."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import nn

from gesta.audio.video_features.make import make_video_features
from gesta.bundles.film_config import FilmBundleConfig
from gesta.bundles.film_folder import FilmBundle, VideoParts, save_film_bundle
from gesta.data.film_set import FilmSet
from gesta.data.speech_features import VideoFeatureStore
from gesta.mmgt.video_config import VideoConfig
from gesta.mmgt.video_trainable import film_parameters
from gesta.train.cards import film_card
from gesta.train.film_batches import FilmBatches
from gesta.train.film_network import FilmNetwork
from gesta.train.film_stage import FilmStage
from gesta.train.film_start import begun_parts, load_picture_state, video_model
from gesta.train.recipe import Recipe
from gesta.train.stage import Report


class VideoStage(FilmStage):
    """See `gesta.train.stage.Stage`."""

    name = "video"

    def __init__(self, recipe: Recipe, films: FilmSet, network: FilmNetwork, batches: FilmBatches) -> None:
        super().__init__(network, batches)
        self._recipe, self._films = recipe, films

    def export(self, network: nn.Module, folder: Path, provenance: Mapping[str, Any]) -> None:
        """Write a bundle that makes films of keypoints and speech, with everything that it needs."""
        assert isinstance(network, FilmNetwork)
        parts = VideoParts(network.video, network.autoencoder, network.image_token)
        info = self._films.info
        config = FilmBundleConfig(
            name=self._recipe.name,
            kinds=("video",),
            video=video_model(parts, self._recipe.video_features, self._recipe.video_sampling),
            licence=info.licence,
            provenance=dict(provenance),
        )
        card = film_card("MMGT's stage 2: picture, keypoints and speech to film", config, info, provenance)
        save_film_bundle(folder, FilmBundle(config, video=parts), card)


def video_stage(recipe: Recipe, report: Report) -> VideoStage:
    """The stage that a recipe describes; its data set is prepared and its stage `image` trained.

    Raises:
        InputError: the data set or the weights to begin with cannot be used, or what hears is not there.
    """
    films, settings = FilmSet.open(recipe.data.dataset), recipe.video_stage
    features = VideoFeatureStore(films, make_video_features(recipe.video_features))
    features.fill(progress=report)
    config = _hearing(recipe.video, *features.shape)
    seed = recipe.video_training.seed
    batches = FilmBatches(films, config, settings, length=config.window, seed=seed, features=features)
    parts = begun_parts(config, recipe.start, films=True, trained_autoencoder=recipe.model_folder("autoencoder"))
    load_picture_state(parts.network, recipe.model_folder("image"))
    network = FilmNetwork(parts, film_parameters(parts.network), settings, settings.deaf_to_speech)
    return VideoStage(recipe, films, network, batches)


def _hearing(config: VideoConfig, layers: int, channels: int) -> VideoConfig:
    """The settings of a network that hears so many layers of so many channels."""
    return config.with_changes([f"sizes.audio_layers={layers}", f"sizes.audio_channels={channels}"])
