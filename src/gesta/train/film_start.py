"""Weights that the trainings on pictures and on films begin with: a model's, published ones, or random ones."""

from collections.abc import Mapping
from pathlib import Path

from torch import Tensor, nn

from gesta.audio.video_features.config import VideoFeaturesConfig
from gesta.bundles.film_config import VideoModel
from gesta.bundles.film_folder import VideoParts, load_film_bundle
from gesta.errors import InputError
from gesta.foreign import check_names, read_tensors, read_torch_file
from gesta.mmgt.autoencoder_base import Autoencoder
from gesta.mmgt.autoencoders import KlAutoencoder, PatchAutoencoder, check_autoencoder
from gesta.mmgt.convolutional_autoencoder import ConvolutionalAutoencoder
from gesta.mmgt.image_token import ClipToken, GridToken, ImageToken, check_image_token
from gesta.mmgt.sampling_config import SamplingConfig
from gesta.mmgt.smga import Smga
from gesta.mmgt.smga_config import SmgaConfig
from gesta.mmgt.video_config import VideoConfig
from gesta.mmgt.video_network import VideoNetwork
from gesta.mmgt.video_trainable import film_parameters, is_of_films
from gesta.train.film_settings import StartSettings

IMAGE_FILE = "image.safetensors"
"""What the stage image makes: tensors by our names."""
UNET_FILES = ("diffusion_pytorch_model.safetensors", "diffusion_pytorch_model.bin")
CONTROLNET_GUIDER = "controlnet_cond_embedding."
MOTION_MODULES = ".motion_modules."
POSITION_TABLE = ".pos_encoder.pe"
"""Tables of positions in files of motion modules, which our network computes."""


def begun_smga(config: SmgaConfig, folder: str | None) -> Smga:
    """SMGA as a training begins with it: a model's, or with random weights.

    Raises:
        InputError: the folder holds no model for keypoints, or one of another network.
    """
    network = Smga(config)
    if folder is not None:
        found = load_film_bundle(folder).smga
        if found is None:
            raise InputError(f"'{folder}' makes no keypoints; name a model that does in keypoints_stage.start.")
        _begin(network, found.state_dict(), Path(folder), "model", network.state_dict())
    return network


def begun_parts(
    config: VideoConfig, start: StartSettings, *, films: bool, trained_autoencoder: Path | None = None
) -> VideoParts:
    """Everything of stage 2 as a training begins with it; what `start` does not name is random.

    Args:
        config: of the network.
        start: where weights are.
        films: whether what moves and what hears is trained; if not, it may be of another size in the model.
        trained_autoencoder: folder of what the stage autoencoder has made, where pictures go through that.

    Raises:
        InputError: a file is missing or does not fit the settings, or what pictures go through is not named.
    """
    network = VideoNetwork(config)
    if start.bundle is not None:
        found = _video_of(start.bundle, "start.bundle")
        _begin_whole(network, found.network, start.bundle, films=films)
        return VideoParts(network, found.autoencoder, found.image_token)
    if start.unet is not None:
        _begin_unets(network, Path(start.unet))
    if start.motion is not None:
        _begin_motion(network.denoiser, Path(start.motion))
    if start.pose_guider is not None:
        _begin_guider(network.pose_guider, Path(start.pose_guider))
    return VideoParts(network, _autoencoder(config, start, trained_autoencoder), _image_token(config, start))


def picture_state(network: VideoNetwork) -> dict[str, Tensor]:
    """What the training on pictures hands on: all tensors but those that the training on films makes."""
    return {name: value for name, value in network.state_dict().items() if not is_of_films(name)}


def load_picture_state(network: VideoNetwork, folder: Path) -> None:
    """Put what the training on pictures has made, or the same of a model for films, into a network.

    Raises:
        InputError: the files are missing, damaged, or of another network.
    """
    path = folder / IMAGE_FILE
    if path.is_file():
        kind = "result of the stage image"
        _begin(network, read_tensors(path, kind), path, kind, picture_state(network))
    else:
        _begin_whole(network, _video_of(str(folder), "image_model").network, str(folder), films=False)


def _video_of(folder: str, setting: str) -> VideoParts:
    found = load_film_bundle(folder).video
    if found is None:
        raise InputError(f"'{folder}' makes no pictures; name a model that does in {setting}.")
    return found


def _begin_whole(network: VideoNetwork, found: VideoNetwork, folder: str, *, films: bool) -> None:
    """Another network's weights, or what of them the training on pictures hands on."""
    take = VideoNetwork.state_dict if films else picture_state
    _begin(network, take(found), Path(folder), "model", take(network))


def _begin_unets(network: VideoNetwork, folder: Path) -> None:
    """Stable Diffusion's UNet for both networks; the reference network has no exit."""
    path = next((path for name in UNET_FILES if (path := folder / name).is_file()), None)
    if path is None:
        raise InputError(f"'{folder}' holds no {UNET_FILES[0]}; name the folder of Stable Diffusion's UNet.")
    state = _read(path, "UNet")
    of_films = {name.removeprefix("denoiser.") for name in film_parameters(network)}
    for part in (network.denoiser, network.reference):
        expected = {name: value for name, value in part.state_dict().items() if name not in of_films}
        _begin(part, {name: state[name] for name in expected if name in state}, path, "UNet", expected)


def _begin_motion(denoiser: nn.Module, path: Path) -> None:
    """AnimateDiff's motion modules, version 2."""
    found = {
        name: value
        for name, value in _read(path, "file of motion modules").items()
        if MOTION_MODULES in name and not name.endswith(POSITION_TABLE)
    }
    expected = {name: value for name, value in denoiser.state_dict().items() if MOTION_MODULES in name}
    _begin(denoiser, found, path, "file of motion modules", expected)


def _begin_guider(guider: nn.Module, path: Path) -> None:
    """A ControlNet's first layers."""
    state = _read(path, "ControlNet")
    named = {name.removeprefix(CONTROLNET_GUIDER): v for name, v in state.items() if name.startswith(CONTROLNET_GUIDER)}
    _begin(guider, named, path, "ControlNet", guider.state_dict())


def _begin(part: nn.Module, state: Mapping[str, Tensor], path: Path, kind: str, expected: Mapping[str, Tensor]) -> None:
    """Put tensors, which have to be those that are expected, into a network."""
    check_names(state, expected, path, kind)
    part.load_state_dict(dict(state), strict=False)


def _read(path: Path, kind: str) -> dict[str, Tensor]:
    if path.suffix == ".safetensors":
        return read_tensors(path, kind)
    found = read_torch_file(path, kind)
    table = found.get("state_dict", found) if isinstance(found, Mapping) else {}
    tensors = {_plain(name): value for name, value in table.items() if isinstance(value, Tensor)}
    if not tensors:
        raise InputError(f"The {kind} '{path}' holds no tensors by name; check the name of the file.")
    return tensors


def _plain(name: str) -> str:
    """A name without what several processes put before it."""
    return name.removeprefix("module.")


def _autoencoder(config: VideoConfig, start: StartSettings, trained: Path | None) -> Autoencoder:
    if config.picture.autoencoder == "patches":
        return PatchAutoencoder(config.picture.factor)
    if config.picture.autoencoder == "convolutional":
        if trained is None:
            raise InputError("Pictures go through an autoencoder of their own: name its folder in autoencoder_model.")
        own = ConvolutionalAutoencoder.from_folder(trained)
        check_autoencoder(own, config.picture)
        return own
    if start.autoencoder is None:
        raise InputError("Pictures go through an autoencoder: name the folder of sd-vae-ft-mse in start.autoencoder.")
    made = KlAutoencoder.from_folder(start.autoencoder)
    check_autoencoder(made, config.picture)
    return made


def _image_token(config: VideoConfig, start: StartSettings) -> ImageToken:
    if config.picture.image_token == "grid":
        return GridToken(config.sizes.image_token)
    if start.image_encoder is None:
        raise InputError("The person's picture goes through CLIP: name the folder of it in start.image_encoder.")
    made = ClipToken.from_folder(start.image_encoder)
    check_image_token(made, config)
    return made


def video_model(parts: VideoParts, features: VideoFeaturesConfig, sampling: SamplingConfig) -> VideoModel:
    """The settings of a model whose parts have been trained, as its bundle holds them."""
    return VideoModel(
        network=parts.network.config,
        features=features,
        sampling=sampling,
        autoencoder=parts.autoencoder.config if isinstance(parts.autoencoder, KlAutoencoder) else None,
        convolutional=parts.autoencoder.config if isinstance(parts.autoencoder, ConvolutionalAutoencoder) else None,
        image_encoder=parts.image_token.config if isinstance(parts.image_token, ClipToken) else None,
    )
