"""From settings to video features."""

from gesta.audio.video_features.config import VideoFeaturesConfig
from gesta.audio.video_features.protocol import VideoFeatures
from gesta.audio.video_features.spectral import SpectralVideoFeatures


def make_video_features(config: VideoFeaturesConfig) -> VideoFeatures:
    """The features that the settings ask for; a network is loaded when it first has to hear something.

    Raises:
        InputError: the network's files are not there, or cannot be fetched.
    """
    if config.kind == "spectral":
        return SpectralVideoFeatures()
    # Imported here so that the default features do not have to load torch.
    if config.kind == "wav2vec2":
        from gesta.audio.video_features.wav2vec2 import Wav2Vec2Features

        return Wav2Vec2Features(config)
    from gesta.audio.video_features.wavlm_handmade import WavlmHandmadeFeatures

    return WavlmHandmadeFeatures(config)
