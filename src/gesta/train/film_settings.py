"""How the stages of MMGT are trained, beyond what every training has: windows, chance, losses, where weights begin."""

from typing import Literal, Self

from pydantic import Field, model_validator

from gesta.mmgt.autoencoder_config import ConvolutionalConfig
from gesta.settings import Settings


class KeypointsStageSettings(Settings):
    """The training of stage 1."""

    stride: int = Field(10, ge=1, description="frames between the beginnings of two windows")
    start: str | None = Field(None, description="folder of a model for keypoints to begin with; random weights if none")


class Crop(Settings):
    """A part of the pictures, the same of all pictures of a window, that is brought to the full side."""

    scale: tuple[float, float] = Field((1.0, 1.0), description="least and greatest share of the area")
    ratio: tuple[float, float] = Field((1.0, 1.0), description="least and greatest width to height")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not 0.0 < self.scale[0] <= self.scale[1] <= 1.0:
            raise ValueError("scale must be two shares of the area, the smaller one first")
        if not 0.1 <= self.ratio[0] <= self.ratio[1] <= 10.0:
            raise ValueError("ratio must be two widths to heights, the smaller one first, 0.1 to 10")
        return self

    @property
    def whole(self) -> bool:
        """Whether nothing is cut off."""
        return self.scale == self.ratio == (1.0, 1.0)


class RegionLoss(Settings):
    """How much more an error counts where a region is; 0: no more than elsewhere, as published."""

    face: float = Field(0.0, ge=0.0, description="in the face and the hands")
    lip: float = Field(0.0, ge=0.0, description="in the lips")

    @property
    def even(self) -> bool:
        """Whether all places count alike."""
        return self.face == self.lip == 0.0


class WindowSettings(Settings):
    """Which windows of films a training is shown."""

    stride: int = Field(ge=1, description="frames between the beginnings of two windows")
    variants: int = Field(16, ge=1, le=4096, description="how often a round shows a window, each time drawn anew")
    gap: int = Field(ge=0, description="least frames between a window and the picture of the person")
    crop: Crop = Field(Crop(), description="what part of the pictures is shown")


class AutoencoderStageSettings(WindowSettings):
    """The training of the small autoencoder."""

    stride: int = Field(5, ge=1, description="frames between two pictures")
    gap: int = Field(0, ge=0, description="of no use here: no picture of the person is shown")
    crop: Crop = Field(Crop(scale=(0.7, 1.0), ratio=(0.8, 1.25)), description="what part of the pictures is shown")
    sizes: ConvolutionalConfig = Field(ConvolutionalConfig(), description="its latents are those of video.picture")
    edges: float = Field(1.0, ge=0.0, description="what errors of differences between neighbouring pixels count")
    squares: float = Field(1.0, ge=0.0, description="what squared errors count beside absolute ones")
    noise: float = Field(0.1, ge=0.0, le=1.0, description="deviation of the noise on latents while training")
    region_loss: RegionLoss = Field(RegionLoss(face=2.0, lip=4.0), description="where errors count more")


class PictureTraining(WindowSettings):
    """What the trainings on pictures and on films have in common."""

    deaf_to_pose: float = Field(0.0, ge=0.0, lt=1.0, description="share of windows without the drawn keypoints")
    deaf_to_picture: float = Field(0.1, ge=0.0, lt=1.0, description="share of windows without the person's picture")
    no_picture: Literal["zero_token", "grey_picture"] = Field(
        "zero_token", description="what stands for no picture: zeros, as in sampling, or as published a grey picture's"
    )
    gamma: float = Field(5.0, gt=0.0, description="of min-SNR: how much clean times count at most")
    noise_offset: float = Field(0.05, ge=0.0, description="noise that all of a channel shares")
    region_loss: RegionLoss = Field(RegionLoss(), description="where errors count more")
    recompute: bool = Field(False, description="gradient checkpointing: less memory, more time")


class ImageStageSettings(PictureTraining):
    """The training on pairs of pictures (the release's process 1)."""

    stride: int = Field(5, ge=1, description="frames between two pictures to be drawn")
    gap: int = Field(25, ge=0, description="least frames between the two pictures of a pair")
    crop: Crop = Field(Crop(scale=(0.9, 1.0), ratio=(0.9, 1.0)), description="what part of the pictures is shown")


class VideoStageSettings(PictureTraining):
    """The training on films (the release's process 2)."""

    stride: int = Field(6, ge=1, description="frames between the beginnings of two windows")
    gap: int = Field(0, ge=0, description="least frames between a window and the picture of the person")
    deaf_to_speech: float = Field(0.05, ge=0.0, lt=1.0, description="share of windows without speech")


class StartSettings(Settings):
    """Trained weights to begin with, instead of random ones; files and folders."""

    bundle: str | None = Field(None, description="folder of a model for films: everything begins as it is there")
    unet: str | None = Field(None, description="folder of Stable Diffusion's UNet, for denoiser and reference network")
    motion: str | None = Field(None, description="file of AnimateDiff's motion modules")
    pose_guider: str | None = Field(None, description="file of a ControlNet, whose first layers are the pose guider")
    autoencoder: str | None = Field(None, description="folder of sd-vae-ft-mse; needed where pictures go through it")
    image_encoder: str | None = Field(None, description="folder of CLIP's picture encoder; needed where it is used")
