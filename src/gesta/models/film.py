"""Trained keypoints and video networks behind the public door: they make films, or move the puppet of a picture."""

from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any, ClassVar, NoReturn

import numpy as np

from gesta.audio.video_features.cache import CachedVideoFeatures
from gesta.audio.video_features.config import VideoFeaturesConfig
from gesta.audio.video_features.make import make_video_features
from gesta.audio.video_features.protocol import VideoFeatures
from gesta.bundles.film_config import FilmBundleConfig, KeypointsModel, VideoModel
from gesta.bundles.film_folder import FilmBundle, VideoParts
from gesta.clip import Clip
from gesta.devices import torch_device
from gesta.errors import InputError
from gesta.film.diffusion import DiffusionFilm
from gesta.film.picture import read_picture
from gesta.film.points import SpokenPoints, points_of
from gesta.film.renderers import DIFFUSION, PUPPET, SMGA
from gesta.film.size import film_size
from gesta.keypoints.canvas import canvas_for
from gesta.mmgt.keypoint_speaker import KeypointSpeaker
from gesta.mmgt.latent_cache import fingerprint
from gesta.mmgt.sampling_config import SamplingConfig, sampling_config
from gesta.mmgt.smga import Smga
from gesta.mmgt.video_speaker import VideoSpeaker
from gesta.models.common import Audio, as_speech, provenance
from gesta.records import Keypoints, Speech

Picture = str | PathLike[str] | np.ndarray
FULL_SIDE_PX = 512
DWPOSE = "dwpose"
"""A folder of this name in a model's holds the pose estimator's files."""


@dataclass(frozen=True)
class FilmModel:
    """A trained SMGA and a trained video network.

    Attributes:
        name: of both.
        bundles: of one or two models that together make keypoints and video; where two make the same, the first does.
        device: where they run.
    """

    name: str
    bundles: tuple[FilmBundle, ...]
    device: str = "auto"
    has_network: ClassVar[bool] = True

    @property
    def renderers(self) -> tuple[str, ...]:
        """How it can draw, the best way first."""
        ways = {DIFFUSION: "video", PUPPET: "keypoints"}
        kinds = {kind for bundle in self.bundles for kind in bundle.config.kinds}
        return tuple(way for way, kind in ways.items() if kind in kinds)

    def film(
        self,
        audio: Audio,
        image: Picture,
        *,
        sample_rate: int | None = None,
        points: str | PathLike[str] | None = None,
        seed: int = 0,
        size: tuple[int, int] | None = None,
        sampling: str | SamplingConfig | None = None,
    ) -> Clip:
        """Make ready to film a person who speaks.

        Args:
            audio: a sound or video file, a `Speech`, or samples (S,) or (S, channels) with `sample_rate`.
            image: a picture of the person: a file, or (H, W, 3) uint8 RGB.
            sample_rate: of the samples, Hz; for arrays only.
            points: a file with the 134 points of the person in the picture, or a folder with the two files of DWPose,
                which finds them; none: DWPose if its folder is `dwpose` in the model's, else the networks that ship.
            seed: the same seed gives the same film.
            size: width and height of the film in pixels; none: as the network draws it.
            sampling: how pictures are made: "official", "gesta" or "quick", with changes as in "quick,steps=4"; what
                is not said is as in the model.

        A model that makes keypoints and no video moves the puppet of the picture (`models.puppet.puppet_clip`).

        Raises:
            InputError: the recording, the picture or a setting cannot be used, or the models lack a part.
        """
        if self.renderers == (PUPPET,):
            if sampling is not None:
                raise InputError(f"The model '{self.name}' draws no pictures; leave sampling away.")
            from gesta.models.puppet import puppet_clip

            return puppet_clip(self, audio, image, sample_rate=sample_rate, points=points, seed=seed, size=size)
        speech = as_speech(audio, sample_rate)
        picture = image if isinstance(image, np.ndarray) else read_picture(Path(image))
        how = sampling if isinstance(sampling, SamplingConfig) else self.checked_sampling(sampling)
        dimensions = (picture.shape[1], picture.shape[0])
        canvas = canvas_for(dimensions, self.video[0].network.picture.side)
        at_512 = canvas_for(dimensions)
        chosen = film_size(canvas.cut_size, size)
        person = points_of(picture, points, self.beside(DWPOSE))
        initial = at_512.to_canvas(person.points)
        film = DiffusionFilm(
            speaker=self._video_speaker(how),
            features=self._heard(self.video[0].features),
            speech=speech,
            picture=canvas.place(picture),
            canvas=canvas,
            points=self.spoken_points(speech, initial, seed),
            seed=seed,
            size=chosen,
        )
        return Clip(film, at_512, self._provenance(speech, seed, how), person.notes)

    @property
    def full_size(self) -> bool:
        """Whether it draws pictures as large as the published model does."""
        return self.video[0].network.picture.side >= FULL_SIDE_PX

    def checked_style(self, *_: Any) -> NoReturn:
        """InputError: no body comes of it."""
        self.speak()

    def speak(self, *_: Any, **__: Any) -> NoReturn:
        """InputError: no body comes of it."""
        raise InputError(f"The model '{self.name}' makes films and moves no body; name a model that makes motion.")

    def stream(self, *_: Any, **__: Any) -> NoReturn:
        """InputError: no body comes of it."""
        self.speak()

    def checked_sampling(self, sampling: str | None = None) -> SamplingConfig:
        """How pictures are made: as the model says, changed by what the user wrote."""
        usual = self.video[0].sampling
        if sampling is None:
            return usual
        first, *rest = [part.strip() for part in sampling.split(",")]
        if "=" not in first:
            return sampling_config(first).with_changes(rest)
        return usual.with_changes([first, *rest])

    @cached_property
    def keypoints(self) -> tuple[KeypointsModel, Smga, FilmBundleConfig]:
        """What makes keypoints; InputError where nothing does."""
        for bundle in self.bundles:
            if bundle.config.keypoints is not None and bundle.smga is not None:
                bundle.smga.to(torch_device(self.device))
                return bundle.config.keypoints, bundle.smga, bundle.config
        raise self._lacks("keypoints")

    @cached_property
    def video(self) -> tuple[VideoModel, VideoParts, FilmBundleConfig]:
        """What makes video; InputError where nothing does."""
        for bundle in self.bundles:
            if bundle.config.video is not None and bundle.video is not None:
                return bundle.config.video, bundle.video, bundle.config
        raise self._lacks("video")

    def _lacks(self, kind: str) -> InputError:
        return InputError(f"The model '{self.name}' makes no {kind}; name one that does with a further --model.")

    def _video_speaker(self, how: SamplingConfig) -> VideoSpeaker:
        model, parts, config = self.video
        identity = _identity(config, model.network.model_dump(mode="json"))
        return VideoSpeaker(
            parts.network, parts.autoencoder, parts.image_token, how, device=self.device, identity=identity
        )

    def spoken_points(self, speech: Speech, initial: Keypoints, seed: int) -> SpokenPoints:
        """The points that the speech moves, from one frame on the 512 canvas; InputError where none can be made."""
        model, smga, config = self.keypoints
        features = self._heard(model.features)
        if features.layers * features.size != model.network.audio_size:
            raise InputError(
                f"The speech features '{features.name}' have {features.layers * features.size} numbers a frame, but "
                f"'{config.name}' hears {model.network.audio_size}; give it those it was trained with."
            )
        identity = _identity(config, model.network.model_dump(mode="json"))
        return SpokenPoints(KeypointSpeaker(smga), features, speech, initial, seed, identity, model.smooth)

    def _heard(self, config: VideoFeaturesConfig) -> VideoFeatures:
        """Features of speech; those of networks are kept on disk, since they take long."""
        features = make_video_features(config)
        return CachedVideoFeatures(features) if config.network else features

    def beside(self, name: str) -> Path | None:
        """A folder that came with one of the models."""
        folders = [bundle.folder / name for bundle in self.bundles if bundle.folder is not None]
        return next((folder for folder in folders if folder.is_dir()), None)

    def _provenance(self, speech: Speech, seed: int, how: SamplingConfig) -> dict[str, Any]:
        (_, _, keypoints), (_, _, video) = self.keypoints, self.video
        licences = list(dict.fromkeys((keypoints.licence, video.licence)))
        return provenance(self.name, speech, seed, "; ".join(licences), None) | {
            "renderer": DIFFUSION,
            "motion": SMGA,
            "sampling": how.model_dump(mode="json"),
            "models": {
                "keypoints": {"name": keypoints.name, "files": dict(keypoints.files)},
                "video": {"name": video.name, "files": dict(video.files)},
            },
        }

    def points_provenance(self, speech: Speech, seed: int) -> dict[str, Any]:
        """Where a puppet that these keypoints move comes from."""
        _, _, config = self.keypoints
        return provenance(self.name, speech, seed, config.licence, None) | {
            "renderer": PUPPET,
            "motion": SMGA,
            "models": {"keypoints": {"name": config.name, "files": dict(config.files)}},
        }


def _identity(config: FilmBundleConfig, network: dict[str, Any]) -> str:
    """Tells a model's weights from all others; one that was made on the spot follows from its provenance."""
    return fingerprint(name=config.name, files=dict(config.files), made=config.provenance, network=network)
