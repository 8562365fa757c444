"""A tiny model of random weights that makes films, so that everything can be tried and tested without any files.

Its pictures are noise, but its films have the right length, size and sound.
"""

import torch

from gesta.audio.video_features.config import VideoFeaturesConfig
from gesta.audio.video_features.make import make_video_features
from gesta.bundles.film_config import FILM_KINDS, FilmBundleConfig, KeypointsModel, VideoModel
from gesta.bundles.film_folder import FilmBundle, build_video
from gesta.mmgt.sampling_config import sampling_config
from gesta.mmgt.smga import Smga
from gesta.mmgt.smga_config import smga_config
from gesta.mmgt.video_config import video_config
from gesta.version import __version__

SEED = 21


def film_debug_bundle() -> FilmBundle:
    """The model: always the same one; hears spectral features, draws 64 x 64 pixels.

    Raises:
        InputError: the extra `video` is not installed.
    """
    config = film_debug_config()
    assert config.keypoints is not None and config.video is not None
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        return FilmBundle(config, Smga(config.keypoints.network).eval(), build_video(config.video))


def film_debug_config() -> FilmBundleConfig:
    """The settings of the tiny model."""
    features = VideoFeaturesConfig()
    hears = make_video_features(features)
    keypoints = smga_config("mini", audio_size=hears.layers * hears.size)
    keypoints = keypoints.with_changes(["sampling.steps=4"])
    video = video_config("mini").with_changes(
        [f"sizes.audio_layers={hears.layers}", f"sizes.audio_channels={hears.size}"]
    )
    sampling = sampling_config("quick", steps=2, segment=40, carried=8)
    return FilmBundleConfig(
        name="debug",
        kinds=FILM_KINDS,
        keypoints=KeypointsModel(network=keypoints, features=features),
        video=VideoModel(network=video, features=features, sampling=sampling),
        licence="Apache-2.0; random weights, trained on nothing",
        provenance={"gesta": __version__, "seed": SEED},
    )
