"""A model that makes films as a folder: config.json, a safetensors file for each of its networks, card.md.

Speech networks such as wav2vec2 are not in it: they are found by name, or in folders `wavlm` and `wav2vec2` here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor

from gesta.audio.video_features.config import VideoFeaturesConfig
from gesta.bundles.files import check_files, fill, filled, read_config, write_files
from gesta.bundles.film_config import (
    AUTOENCODER_FILE,
    IMAGE_ENCODER_FILE,
    KEYPOINTS_FILE,
    VIDEO_FILES,
    FilmBundleConfig,
    KeypointsModel,
    VideoModel,
)
from gesta.bundles.tensors import halved
from gesta.mmgt.autoencoders import Autoencoder, PatchAutoencoder, make_autoencoder
from gesta.mmgt.image_token import GridToken, ImageToken, make_image_token
from gesta.mmgt.smga import Smga
from gesta.mmgt.video_network import VideoNetwork

Model = TypeVar("Model", KeypointsModel, VideoModel)


@dataclass(frozen=True)
class VideoParts:
    """Everything of stage 2, on the CPU and in evaluation mode.

    Attributes:
        network: the video network.
        autoencoder: between pictures and latents.
        image_token: makes the token that stands for the picture.
    """

    network: VideoNetwork
    autoencoder: Autoencoder
    image_token: ImageToken


@dataclass(frozen=True)
class FilmBundle:
    """A model that is ready.

    Attributes:
        config: what it says of itself; paths in it lead into its folder.
        smga: speech to keypoints; None where it makes none.
        video: picture, keypoints and speech to pictures; None where it makes none.
        folder: where it lies; none if it was made on the spot.
    """

    config: FilmBundleConfig
    smga: Smga | None = None
    video: VideoParts | None = None
    folder: Path | None = None


def save_film_bundle(folder: Path, bundle: FilmBundle, card: str, *, half: bool = False) -> None:
    """Write a bundle.

    Args:
        folder: made if it is not there; a bundle in it is replaced.
        bundle: in any state; it is not changed. The hashes of its files are filled in here.
        card: what card.md says: data, licence, measures, the command that made it.
        half: write matrices with 16 bits a number; those of keypoints are computed with as 32.

    Raises:
        OutputError: it cannot be written.
    """
    tensors: dict[str, Mapping[str, Tensor]] = {}
    if bundle.smga is not None:
        tensors[KEYPOINTS_FILE] = bundle.smga.state_dict()
    if bundle.video is not None:
        for part, file in VIDEO_FILES.items():
            tensors[file] = getattr(bundle.video.network, part).state_dict()
        if not isinstance(bundle.video.autoencoder, PatchAutoencoder):
            tensors[AUTOENCODER_FILE] = bundle.video.autoencoder.state_dict()
        if not isinstance(bundle.video.image_token, GridToken):
            tensors[IMAGE_ENCODER_FILE] = bundle.video.image_token.state_dict()
    write_files(
        folder, bundle.config, {file: halved(state) if half else state for file, state in tensors.items()}, card
    )


def load_film_bundle(folder: str | Path, within: Path | None = None) -> FilmBundle:
    """Read a bundle, and check that every file is what config.json says.

    Args:
        folder: where it lies.
        within: where links in it may lead to; into the folder alone if not given.

    Raises:
        InputError: it is no bundle, a file is missing or was changed, the tensors are not those of its networks, or
            the extra `video` is not installed.
    """
    folder = Path(folder)
    config = read_config(folder, FilmBundleConfig)
    check_files(folder, config, config.needed_files(), within)
    smga = video = None
    if config.keypoints is not None:
        network = config.keypoints.network
        smga = filled(lambda: Smga(network), folder / KEYPOINTS_FILE)
    if config.video is not None:
        video = _video(config.video, folder)
    here = {
        "keypoints": _hearing_here(config.keypoints, folder) if config.keypoints else None,
        "video": _hearing_here(config.video, folder) if config.video else None,
    }
    return FilmBundle(config.model_copy(update=here), smga, video, folder)


def build_video(model: VideoModel) -> VideoParts:
    """Everything of stage 2 with random weights."""
    return VideoParts(
        VideoNetwork(model.network).eval(),
        make_autoencoder(model.network.picture, model.autoencoder_sizes).eval(),
        make_image_token(model.network, model.image_encoder).eval(),
    )


def _video(model: VideoModel, folder: Path) -> VideoParts:
    """Everything of stage 2 with the numbers of its files."""
    picture = model.network.picture
    with torch.device("meta"):
        network = VideoNetwork(model.network)
        autoencoder = make_autoencoder(picture, model.autoencoder_sizes)
    for part, file in VIDEO_FILES.items():
        fill(getattr(network, part), folder / file, narrow=True)
    if model.autoencoder_sizes is not None:
        fill(autoencoder, folder / AUTOENCODER_FILE, narrow=True)
    # It has tables that are in no file.
    image_token = make_image_token(model.network, model.image_encoder)
    if model.image_encoder is not None:
        fill(image_token, folder / IMAGE_ENCODER_FILE, narrow=True)
    return VideoParts(network.eval(), autoencoder.eval(), image_token.eval())


def _hearing_here(model: Model, folder: Path) -> Model:
    """How a model hears; a speech network's folder may lie in the bundle's, named by its kind."""
    features: VideoFeaturesConfig = model.features
    if features.network and (folder / features.network).is_dir():
        features = features.model_copy(update={"model": str(folder / features.network)})
    return model.model_copy(update={"features": features})
