"""What a bundle that makes films says of itself: the settings of its keypoints, of its video network, or of both."""

from typing import Literal, Self

from pydantic import Field, model_validator

from gesta.audio.video_features.config import VideoFeaturesConfig
from gesta.bundles.config import FolderConfig
from gesta.mmgt.autoencoder_config import ConvolutionalConfig
from gesta.mmgt.autoencoders import KlConfig
from gesta.mmgt.image_token import ClipConfig
from gesta.mmgt.sampling_config import SamplingConfig
from gesta.mmgt.smga_config import SmgaConfig
from gesta.mmgt.video_config import VideoConfig
from gesta.settings import Settings

KEYPOINTS, VIDEO = "keypoints", "video"
FILM_KINDS = (KEYPOINTS, VIDEO)
KEYPOINTS_FILE = "keypoints.safetensors"
VIDEO_FILES = {
    "denoiser": "denoiser.safetensors",
    "reference": "reference.safetensors",
    "pose_guider": "pose_guider.safetensors",
    "audio_projection": "audio_projection.safetensors",
}
"""The files of the video network's parts, by name of the part."""
AUTOENCODER_FILE, IMAGE_ENCODER_FILE = "autoencoder.safetensors", "image_encoder.safetensors"
FILM_FILES = (KEYPOINTS_FILE, *VIDEO_FILES.values(), AUTOENCODER_FILE, IMAGE_ENCODER_FILE)


class KeypointsModel(Settings):
    """Stage 1: speech to keypoints."""

    network: SmgaConfig = Field(description="SMGA")
    features: VideoFeaturesConfig = Field(VideoFeaturesConfig(), description="how it hears")
    smooth: bool = Field(True, description="whether the tremble of predicted points is taken away")


class VideoModel(Settings):
    """Stage 2: picture, keypoints and speech to pictures."""

    network: VideoConfig = Field(description="the video network")
    features: VideoFeaturesConfig = Field(VideoFeaturesConfig(), description="how it hears")
    sampling: SamplingConfig = Field(SamplingConfig(), description="how films are made, if nobody says otherwise")
    autoencoder: KlConfig | None = Field(None, description="sizes of Stable Diffusion's autoencoder, where it is used")
    convolutional: ConvolutionalConfig | None = Field(
        None, description="sizes of the small autoencoder that is trained here, where it is used"
    )
    image_encoder: ClipConfig | None = Field(None, description="sizes of CLIP's picture encoder, where it is used")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        picture = self.network.picture
        if (picture.autoencoder == "kl") != (self.autoencoder is not None):
            raise ValueError("autoencoder is needed with the network's autoencoder 'kl', and only then")
        if (picture.autoencoder == "convolutional") != (self.convolutional is not None):
            raise ValueError("convolutional is needed with the network's autoencoder 'convolutional', and only then")
        if (picture.image_token == "clip") != (self.image_encoder is not None):
            raise ValueError("image_encoder is needed with the network's image_token 'clip', and only then")
        return self

    @property
    def autoencoder_sizes(self) -> KlConfig | ConvolutionalConfig | None:
        """Of the autoencoder that has weights; None where pictures go through patches."""
        return self.autoencoder or self.convolutional


class FilmBundleConfig(FolderConfig):
    """The content of config.json of a model that makes keypoints, video, or both."""

    kinds: tuple[Literal["keypoints", "video"], ...] = Field(min_length=1, description="what the model can make")
    keypoints: KeypointsModel | None = Field(None, description="speech to keypoints")
    video: VideoModel | None = Field(None, description="picture, keypoints and speech to pictures")

    @model_validator(mode="after")
    def _has_what_it_says(self) -> Self:
        for kind in FILM_KINDS:
            if (kind in self.kinds) != (getattr(self, kind) is not None):
                raise ValueError(f"'{kind}' must be among the kinds where its settings are given, and only there")
        return self

    def needed_files(self) -> list[str]:
        """The files it cannot do without."""
        names = [KEYPOINTS_FILE] if self.keypoints is not None else []
        if self.video is not None:
            names += VIDEO_FILES.values()
            names += [AUTOENCODER_FILE] * (self.video.autoencoder_sizes is not None)
            names += [IMAGE_ENCODER_FILE] * (self.video.image_encoder is not None)
        return names
